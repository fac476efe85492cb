using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>For each text of one set, the one of another set that is most like it.</summary>
internal static class MostAlike
{
    /// <summary>Null for a text that none is like.</summary>
    /// <param name="texts">Of one kind.</param>
    /// <param name="others">Of the same kind.</param>
    /// <param name="threshold">Above 0, at most 1.</param>
    /// <param name="parallel">Threads and cancellation; they do not change the result.</param>
    public static SimilarPair?[] Of(TextSignature[] texts, TextSignature[] others, double threshold, ParallelOptions parallel)
    {
        var best = new SimilarPair?[texts.Length];
        if (texts.Length == 0 || others.Length == 0)
        {
            return best;
        }

        foreach (var pair in SimilarityJoin.FindAcross(texts, others, threshold, parallel))
        {
            if (best[pair.First] is not { } earlier || earlier.Score < pair.Score)
            {
                best[pair.First] = pair;
            }
        }

        // Of texts that are the same to the join it compares the first.
        var first = new Dictionary<ulong, int>();
        for (var i = 0; i < texts.Length; i++)
        {
            if (!first.TryAdd(texts[i].ContentHash, i) && first[texts[i].ContentHash] is var same && texts[i].HasContentOf(texts[same]))
            {
                best[i] ??= best[same] is { } pair ? pair with { First = i } : null;
            }
        }

        return best;
    }
}
