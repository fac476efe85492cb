using System.Collections.Concurrent;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>
/// Finds all pairs of texts that are alike, without comparing all with all. Of two texts that share enough weight, the rarest features of the one and of the
/// other have one in common (prefix filter); only texts found so are compared. What is found is what comparing all with all would find, with two
/// bounds for texts that come in masses: of texts of equal signature only the first is compared, and the others are paired with it; of a text with more than
/// <see cref="MostPairs"/> partners the best are kept, and those without which a cluster would fall apart. Only when tens of thousands of texts are made from
/// one template (<see cref="MostSteps"/>), so that nearly every pair would have to be compared, a text is compared with those next to it in weight alone.
/// </summary>
internal sealed class SimilarityJoin
{
    /// <summary>Partners of one text that are all kept.</summary>
    public const int MostPairs = 32;

    private const long FewestSteps = 300_000_000;
    private const long StepsOfText = 4_000;
    private const int BlockSize = 2048;

    private readonly TextSignature[] _signatures;
    private readonly int _boundary;
    private readonly double _threshold;
    private readonly ParallelOptions _options;
    private readonly List<SimilarPair> _pairs = [];

    private SimilarityJoin(TextSignature[] signatures, int boundary, double threshold, ParallelOptions options) =>
        (_signatures, _boundary, _threshold, _options) = (signatures, boundary, threshold, options);

    /// <summary>The pairs within one set, in ascending order of their indices.</summary>
    /// <param name="signatures">Of one kind.</param>
    /// <param name="threshold">Above 0, at most 1.</param>
    /// <param name="options">Threads and cancellation; they do not change the result.</param>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public static IReadOnlyList<SimilarPair> Find(IReadOnlyList<TextSignature> signatures, double threshold, ParallelOptions options) =>
        new SimilarityJoin([.. signatures], 0, threshold, options).Run();

    /// <summary>The pairs of a text of one set and a text of another: <c>First</c> is an index of the one, <c>Second</c> of the other.</summary>
    /// <param name="one">Of one kind.</param>
    /// <param name="other">Of the same kind.</param>
    /// <param name="threshold">Above 0, at most 1.</param>
    /// <param name="options">Threads and cancellation; they do not change the result.</param>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public static IReadOnlyList<SimilarPair> FindAcross(
        IReadOnlyList<TextSignature> one, IReadOnlyList<TextSignature> other, double threshold, ParallelOptions options)
    {
        var pairs = new SimilarityJoin([.. one, .. other], one.Count, threshold, options).Run();
        return [.. pairs.Select(p => p with { Second = p.Second - one.Count })];
    }

    private bool IsAcross => _boundary > 0;

    // Looking at an entry and comparing takes some nanoseconds. 130,000 questions and sentences of an ordinary set need 150 million steps, 52,000 questions 20.
    private static long MostSteps(int texts) => Math.Max(FewestSteps, StepsOfText * texts);

    private List<SimilarPair> Run()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_threshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_threshold, 1);
        var distinct = Distinct();
        if (distinct.Length > 0)
        {
            // Texts that differ in a fact that always counts cannot be pairs, and need not even meet in the index.
            var index = new FeatureIndex(_signatures, distinct, _threshold, factsTellApart: _threshold > TextSimilarity.MostOfTwins, MostSteps(distinct.Length), _options);
            Join(index);
        }

        _pairs.Sort((p, q) => p.First != q.First ? p.First.CompareTo(q.First) : p.Second.CompareTo(q.Second));
        return _pairs;
    }

    // The first of each content in each set; the others are paired with it.
    private int[] Distinct()
    {
        var order = new int[_signatures.Length];
        var keys = new ulong[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            (order[i], keys[i]) = (i, _signatures[i].ContentHash);
        }

        Array.Sort(keys, order);
        var isCopy = new bool[order.Length];
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && keys[to] == keys[from]; to++)
            {
            }

            if (to - from > 1)
            {
                Array.Sort(order, from, to - from);
                PairCopies(order.AsSpan(from, to - from), isCopy);
            }
        }

        return Array.FindAll(Enumerable.Range(0, order.Length).ToArray(), i => !isCopy[i] && _signatures[i].Weight > 0);
    }

    // Texts of one hash, ascending; nearly always of one content. A copy is paired with the first of its content, or in two sets with the first of the other set.
    private void PairCopies(ReadOnlySpan<int> texts, bool[] isCopy)
    {
        while (!texts.IsEmpty)
        {
            var same = new List<int>();
            var others = new List<int>();
            foreach (var text in texts)
            {
                (_signatures[texts[0]].HasContentOf(_signatures[text]) ? same : others).Add(text);
            }

            var second = same.FindIndex(t => Meet(same[0], t));
            for (var i = 1; i < same.Count; i++)
            {
                var first = Meet(same[0], same[i]) ? same[0] : second < 0 ? -1 : same[second];
                if (first >= 0 && _signatures[same[i]].Weight > 0)
                {
                    _pairs.Add(new SimilarPair(Math.Min(first, same[i]), Math.Max(first, same[i]), 1));
                }

                isCopy[same[i]] = !IsAcross || i != second;
            }

            texts = others.ToArray();
        }
    }

    private bool Meet(int first, int second) => !IsAcross || (first < _boundary) != (second < _boundary);

    private void Join(FeatureIndex index)
    {
        var clusters = new DisjointSets(_signatures.Length);
        foreach (var pair in _pairs)
        {
            clusters.Join(pair.First, pair.Second);
        }

        var probes = new ConcurrentBag<Probe>();
        var found = new List<SimilarPair>?[BlockSize];
        for (var start = 0; start < index.Texts.Length; start += BlockSize)
        {
            var size = Math.Min(BlockSize, index.Texts.Length - start);
            Chunks.For(size, _options, (from, to) =>
            {
                var probe = probes.TryTake(out var free) ? free : new Probe(index, _signatures, Meet);
                for (var x = from; x < to; x++)
                {
                    found[x] = probe.PartnersOf(start + x);
                }

                probes.Add(probe);
            });
            for (var x = 0; x < size; x++)
            {
                Keep(found[x], clusters);
            }
        }
    }

    // In the order of the index, whatever the threads did.
    private void Keep(List<SimilarPair>? pairs, DisjointSets clusters)
    {
        if (pairs is null)
        {
            return;
        }

        if (pairs.Count > MostPairs)
        {
            pairs.Sort((p, q) => p.Score != q.Score ? q.Score.CompareTo(p.Score) : p.First != q.First ? p.First.CompareTo(q.First) : p.Second.CompareTo(q.Second));
        }

        for (var i = 0; i < pairs.Count; i++)
        {
            var pair = pairs[i];
            if (i < MostPairs || clusters.Find(pair.First) != clusters.Find(pair.Second))
            {
                clusters.Join(pair.First, pair.Second);
                _pairs.Add(pair);
            }
        }
    }
}
