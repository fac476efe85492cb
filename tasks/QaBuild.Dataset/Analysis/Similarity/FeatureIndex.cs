namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>
/// Texts in ascending order of weight, each as the ranks of those of its features that another text has too, rarest first; and for each feature the texts
/// that hold it in their prefix.
/// </summary>
internal sealed class FeatureIndex
{
    private const double Slack = 1e-9;
    private const int FractionBits = 24;

    private readonly long _leastOfSum;
    private readonly int[] _starts;
    private readonly int[] _postingTexts;
    private readonly int[] _postingRests;
    private readonly byte[] _weights;

    /// <param name="signatures">All texts.</param>
    /// <param name="texts">The texts to index; ordered by weight here.</param>
    /// <param name="threshold">The least similarity that matters.</param>
    /// <param name="factsTellApart">Whether texts with other numbers never matter: their features are then kept apart.</param>
    /// <param name="mostSteps">Entries of features to look at, all texts together.</param>
    /// <param name="options">Threads and cancellation.</param>
    public FeatureIndex(TextSignature[] signatures, int[] texts, double threshold, bool factsTellApart, long mostSteps, ParallelOptions options)
    {
        Texts = ByWeight(signatures, texts);
        TotalWeights = Array.ConvertAll(Texts, t => signatures[t].Weight);
        Threshold = threshold;
        _leastOfSum = (long)((threshold / (1 + threshold) * (1 << FractionBits)) - Slack);
        Ranks = new int[Texts.Length][];
        RankedWeights = new int[Texts.Length];
        var vocabulary = new FeatureRanks(signatures, Texts, factsTellApart, options);
        _weights = vocabulary.Weights;
        Chunks.For(Texts.Length, options, (from, to) =>
        {
            for (var x = from; x < to; x++)
            {
                Ranks[x] = vocabulary.RanksOf(x);
                foreach (var rank in Ranks[x])
                {
                    RankedWeights[x] += _weights[rank];
                }
            }
        });
        (_starts, _postingTexts, _postingRests) = Postings();
        Window = WindowFor(mostSteps);
    }

    public double Threshold { get; }

    /// <summary>The index of each text among all signatures.</summary>
    public int[] Texts { get; }

    /// <summary>The weight of all features of each text.</summary>
    public int[] TotalWeights { get; }

    /// <summary>Ascending; a higher rank is a commoner feature.</summary>
    public int[][] Ranks { get; }

    /// <summary>The weight of the ranked features of each text.</summary>
    public int[] RankedWeights { get; }

    /// <summary>Entries of a feature that are looked at; <see cref="int.MaxValue"/> but for masses of one template.</summary>
    public int Window { get; }

    public int WeightOf(int rank) => _weights[rank];

    /// <summary>The texts from <paramref name="lowest"/> up to <paramref name="text"/> that hold a feature in their prefix: a range of entries.</summary>
    public (int From, int To) Entries(int rank, int lowest, int text)
    {
        var (start, end) = (_starts[rank], _starts[rank + 1]);
        var to = LowerBound(_postingTexts, start, end, text);
        return (Math.Max(LowerBound(_postingTexts, start, to, lowest), to - Math.Min(Window, to)), to);
    }

    public int TextOf(int entry) => _postingTexts[entry];

    /// <summary>The weight of the text's features from this one on.</summary>
    public int RestOf(int entry) => _postingRests[entry];

    /// <summary>The first text that is heavy enough to be like one of this weight.</summary>
    public int LowestPartner(int weight) => LowerBound(TotalWeights, 0, TotalWeights.Length, (int)Math.Ceiling((Threshold * weight) - Slack));

    /// <summary>What two texts must share at least.</summary>
    public int LeastShared(int weight, int otherWeight) => (int)(((_leastOfSum * (weight + otherWeight)) + (1 << FractionBits) - 1) >> FractionBits);

    private static int[] ByWeight(TextSignature[] signatures, int[] texts)
    {
        var keys = Array.ConvertAll(texts, t => ((long)signatures[t].Weight << 32) | (uint)t);
        Array.Sort(keys);
        return Array.ConvertAll(keys, k => (int)k);
    }

    private static int LowerBound(int[] ascending, int from, int to, int value)
    {
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (ascending[middle] < value)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        return from;
    }

    private (int[] Starts, int[] Texts, int[] Rests) Postings()
    {
        var starts = new int[_weights.Length + 2];
        for (var y = 0; y < Ranks.Length; y++)
        {
            var length = Prefix(y, LeastShared(TotalWeights[y], TotalWeights[y]));
            for (var j = 0; j < length; j++)
            {
                starts[Ranks[y][j] + 2]++;
            }
        }

        for (var rank = 2; rank < starts.Length; rank++)
        {
            starts[rank] += starts[rank - 1];
        }

        var (texts, rests) = (new int[starts[^1]], new int[starts[^1]]);
        for (var y = 0; y < Ranks.Length; y++)
        {
            var (length, rest) = (Prefix(y, LeastShared(TotalWeights[y], TotalWeights[y])), RankedWeights[y]);
            for (var j = 0; j < length; j++)
            {
                var rank = Ranks[y][j];
                var entry = starts[rank + 1]++;
                (texts[entry], rests[entry]) = (y, rest);
                rest -= _weights[rank];
            }
        }

        return (starts, texts, rests);
    }

    // How many of a text's features come before what is left weighs too little to be shared.
    private int Prefix(int text, int least)
    {
        var (length, rest) = (0, RankedWeights[text]);
        while (length < Ranks[text].Length && rest >= least)
        {
            rest -= _weights[Ranks[text][length++]];
        }

        return length;
    }

    private int WindowFor(long mostSteps)
    {
        for (var window = int.MaxValue; ; window = Math.Min(window, Texts.Length) / 2)
        {
            long steps = 0;
            for (var x = 0; x < Ranks.Length; x++)
            {
                var length = Prefix(x, (int)Math.Ceiling((Threshold * TotalWeights[x]) - Slack));
                for (var i = 0; i < length; i++)
                {
                    steps += Math.Min(window, _starts[Ranks[x][i] + 1] - _starts[Ranks[x][i]]);
                }
            }

            if (steps <= mostSteps || window <= 1)
            {
                return window;
            }
        }
    }
}
