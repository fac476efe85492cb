namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>Looks up the partners of one text after another; what it needs for that is as long as the index, and used again.</summary>
internal sealed class Probe(FeatureIndex index, TextSignature[] signatures, Func<int, int, bool> meet)
{
    private const int Hopeless = -1;

    // What each text was seen to share so far.
    private readonly int[] _shared = new int[index.Texts.Length];
    private int[] _seen = new int[256];
    private int _seenCount;

    /// <summary>The pairs of a text and those before it in the index, or null when there are none.</summary>
    public List<SimilarPair>? PartnersOf(int text)
    {
        Collect(text);
        List<SimilarPair>? pairs = null;
        for (var i = 0; i < _seenCount; i++)
        {
            var other = _seen[i];
            if (_shared[other] != Hopeless && Compare(text, other) is { } pair)
            {
                (pairs ??= []).Add(pair);
            }

            _shared[other] = 0;
        }

        return pairs;
    }

    private void Collect(int text)
    {
        _seenCount = 0;
        var (ranks, weight, rest) = (index.Ranks[text], index.TotalWeights[text], index.RankedWeights[text]);
        var lowest = index.LowestPartner(weight);
        var least = index.LeastShared(weight, index.TotalWeights[lowest]);
        foreach (var rank in ranks)
        {
            if (rest < least)
            {
                break;
            }

            var own = index.WeightOf(rank);
            var (from, to) = index.Entries(rank, lowest, text);
            for (var entry = from; entry < to; entry++)
            {
                See(index.TextOf(entry), own, Math.Min(rest, index.RestOf(entry)), weight);
            }

            rest -= own;
        }
    }

    private void See(int other, int own, int most, int weight)
    {
        var shared = _shared[other];
        if (shared == Hopeless)
        {
            return;
        }

        if (shared == 0)
        {
            if (_seenCount == _seen.Length)
            {
                Array.Resize(ref _seen, _seenCount * 2);
            }

            _seen[_seenCount++] = other;
        }

        _shared[other] = shared + most >= index.LeastShared(weight, index.TotalWeights[other]) ? shared + own : Hopeless;
    }

    private SimilarPair? Compare(int text, int other)
    {
        var (first, second) = (Math.Min(index.Texts[text], index.Texts[other]), Math.Max(index.Texts[text], index.Texts[other]));
        var (one, two) = (signatures[first], signatures[second]);
        if (!meet(first, second) || one.HasContentOf(two) || Shared(text, other) is not (>= 0 and var shared))
        {
            return null;
        }

        var score = one.Facts == two.Facts ? TextSimilarity.Of(one, two, shared) : TextSimilarity.Of(one, two);
        return score >= index.Threshold ? new SimilarPair(first, second, score) : null;
    }

    // -1 as soon as it is clear that it is too little.
    private int Shared(int text, int other)
    {
        var (a, b) = (index.Ranks[text], index.Ranks[other]);
        var (restA, restB) = (index.RankedWeights[text], index.RankedWeights[other]);
        var least = index.LeastShared(index.TotalWeights[text], index.TotalWeights[other]);
        int i = 0, j = 0, shared = 0;
        while (i < a.Length && j < b.Length)
        {
            if (shared + Math.Min(restA, restB) < least)
            {
                return -1;
            }

            if (a[i] == b[j])
            {
                var weight = index.WeightOf(a[i]);
                (shared, restA, restB) = (shared + weight, restA - weight, restB - weight);
                i++;
                j++;
            }
            else if (a[i] < b[j])
            {
                restA -= index.WeightOf(a[i++]);
            }
            else
            {
                restB -= index.WeightOf(b[j++]);
            }
        }

        return shared >= least ? shared : -1;
    }
}
