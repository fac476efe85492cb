using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>Texts that hang together by pairs.</summary>
/// <param name="Representative">The smallest index of the cluster.</param>
/// <param name="Members">The other indices, ascending.</param>
/// <param name="Best">For each member the best pair that it is in; of equals the first.</param>
internal sealed record SimilarityCluster(int Representative, IReadOnlyList<int> Members, IReadOnlyList<SimilarPair> Best)
{
    /// <summary>The clusters of a set of pairs, in ascending order of their representatives: each text is reported once, however many it is like.</summary>
    /// <param name="count">How many texts there are.</param>
    /// <param name="pairs">In ascending order.</param>
    public static IReadOnlyList<SimilarityCluster> Of(int count, IReadOnlyList<SimilarPair> pairs)
    {
        var sets = new DisjointSets(count);
        var best = new SimilarPair?[count];
        foreach (var pair in pairs)
        {
            sets.Join(pair.First, pair.Second);
            Improve(pair.First, pair);
            Improve(pair.Second, pair);
        }

        // The root of a set is its smallest member and so comes before the others.
        var byRoot = new List<int>?[count];
        var clusters = new List<SimilarityCluster>();
        for (var text = 0; text < count; text++)
        {
            if (best[text] is not null)
            {
                (byRoot[sets.Find(text)] ??= []).Add(text);
            }
        }

        foreach (var texts in byRoot)
        {
            if (texts is not null)
            {
                var members = texts.GetRange(1, texts.Count - 1);
                clusters.Add(new SimilarityCluster(texts[0], members, members.ConvertAll(m => best[m]!)));
            }
        }

        return clusters;

        void Improve(int text, SimilarPair pair)
        {
            if (best[text] is not { } known || pair.Score > known.Score)
            {
                best[text] = pair;
            }
        }
    }
}
