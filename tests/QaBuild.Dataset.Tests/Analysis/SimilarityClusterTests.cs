using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Tests.Analysis;

public class SimilarityClusterTests
{
    [Fact]
    public void Texts_that_hang_together_are_one_cluster_with_the_best_pair_of_each()
    {
        var weak = new SimilarPair(1, 4, 0.8);
        var strong = new SimilarPair(4, 6, 0.95);
        var other = new SimilarPair(2, 3, 0.9);
        var clusters = SimilarityCluster.Of(8, [weak, other, strong]);
        Assert.Equal([1, 2], clusters.Select(c => c.Representative));
        Assert.Equal([4, 6], clusters[0].Members);
        Assert.Equal([strong, strong], clusters[0].Best);
        Assert.Equal([3], clusters[1].Members);
        Assert.Equal([other], clusters[1].Best);
    }

    [Fact]
    public void Thousands_of_nearly_identical_texts_are_one_cluster_without_all_their_pairs()
    {
        const int Count = 4000;
        var words = Enumerable.Range(0, Count).Select(i => new string([.. i.ToString("D4", System.Globalization.CultureInfo.InvariantCulture).Select(d => (char)('a' + d - '0'))]));
        var texts = words.Select(w => $"Explain in simple words how the planner of a relational database chooses between several indexes of the same large table, {w}").ToArray();
        var pairs = SimilarityJoin.Find(Array.ConvertAll(texts, t => TextSignature.OfQuestion(t)), TextSimilarity.ErrorThreshold, new ParallelOptions());
        Assert.InRange(pairs.Count, Count - 1, Count * (SimilarityJoin.MostPairs + 1));
        Assert.Equal(Count - 1, Assert.Single(SimilarityCluster.Of(Count, pairs)).Members.Count);
    }

    [Fact]
    public void Thousands_of_copies_are_one_cluster()
    {
        var signatures = Enumerable.Repeat(TextSignature.OfQuestion("How do I drop a table?"), 20_000).ToArray();
        var pairs = SimilarityJoin.Find(signatures, TextSimilarity.WarnThreshold, new ParallelOptions());
        Assert.Equal(signatures.Length - 1, pairs.Count);
        Assert.Single(SimilarityCluster.Of(signatures.Length, pairs));
    }

    [Fact]
    public void Thousands_of_number_twins_are_no_cluster()
    {
        var signatures = Enumerable.Range(0, 20_000).Select(i => TextSignature.OfQuestion($"What does error code {i} of the database server mean to me?")).ToArray();
        Assert.Empty(SimilarityJoin.Find(signatures, TextSimilarity.WarnThreshold, new ParallelOptions()));
    }
}
