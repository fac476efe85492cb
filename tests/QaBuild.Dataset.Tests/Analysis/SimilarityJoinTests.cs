using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Tests.Analysis;

public class SimilarityJoinTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.6)]
    [InlineData(3, TextSimilarity.WarnThreshold)]
    [InlineData(4, TextSimilarity.ErrorThreshold)]
    [InlineData(5, 1)]
    public void The_join_finds_what_comparing_all_with_all_finds(int seed, double threshold)
    {
        var signatures = Questions(SimilarTexts.Make(seed, 500).Distinct());
        var expected = new List<SimilarPair>();
        for (var i = 0; i < signatures.Length; i++)
        {
            var all = Enumerable.Range(i + 1, signatures.Length - i - 1)
                .Select(j => new SimilarPair(i, j, TextSimilarity.Of(signatures[i], signatures[j]))).Where(p => p.Score >= threshold);
            expected.AddRange(all);
        }

        Assert.NotEmpty(expected);
        AssertSame(expected, signatures, SimilarityJoin.Find(signatures, threshold, Threads(2)));
    }

    [Fact]
    public void The_join_of_two_sets_finds_the_pairs_across_and_no_others()
    {
        var texts = SimilarTexts.Make(6, 800).Distinct().ToArray();
        var (one, other) = (Questions(texts[..300]), Questions(texts[300..]));
        var found = SimilarityJoin.FindAcross(one, other, 0.6, Threads(2));
        var within = SimilarityJoin.Find([.. one, .. other], 0.6, Threads(2));

        // Of texts of equal content one alone is compared in each set, and in one set fewer are left.
        var copies = one.Concat(other).GroupBy(s => s.ContentHash).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        bool IsSingle(int left, int right) => !copies.Contains(one[left].ContentHash) && !copies.Contains(other[right].ContentHash);
        Assert.NotEmpty(found);
        Assert.Equal(
            within.Where(p => p.First < 300 && p.Second >= 300).Select(p => p with { Second = p.Second - 300 }).Where(p => IsSingle(p.First, p.Second)),
            found.Where(p => IsSingle(p.First, p.Second)));
    }

    [Fact]
    public void Neither_threads_nor_the_order_of_the_texts_change_what_is_found()
    {
        var signatures = Questions(SimilarTexts.Make(7, 3000).Distinct());
        var once = SimilarityJoin.Find(signatures, 0.7, Threads(1));
        Assert.Equal(once, SimilarityJoin.Find(signatures, 0.7, Threads(8)));

        signatures = [.. signatures.DistinctBy(s => s.ContentHash)];
        once = SimilarityJoin.Find(signatures, 0.8, Threads(2));
        var backwards = SimilarityJoin.Find([.. signatures.Reverse()], 0.8, Threads(2));
        var last = signatures.Length - 1;
        Assert.Equal(once, backwards.Select(p => new SimilarPair(last - p.Second, last - p.First, p.Score)).OrderBy(p => p.First).ThenBy(p => p.Second));
    }

    [Fact]
    public void Copies_are_paired_with_the_first_of_them()
    {
        var found = SimilarityJoin.Find(Questions(["How do I drop a table?", "Unrelated words here", "how do I drop a table", "How do I drop a table???"]), 0.9, Threads(1));
        Assert.Equal([new SimilarPair(0, 2, 1), new SimilarPair(0, 3, 1)], found);
    }

    [Fact]
    public void In_two_sets_every_copy_is_paired_with_the_first_copy_in_the_other_set()
    {
        var (one, other) = (Questions(["Say hello", "Say hello!", "Alone here"]), Questions(["Something else", "say hello", "SAY hello"]));
        Assert.Equal([new(0, 1, 1), new(0, 2, 1), new SimilarPair(1, 1, 1)], SimilarityJoin.FindAcross(one, other, 0.9, Threads(1)));
    }

    [Fact]
    public void An_empty_set_shares_nothing_with_another()
    {
        var signatures = Questions(["Say hello", "Say hello!"]);
        Assert.Empty(SimilarityJoin.FindAcross([], signatures, 0.9, Threads(1)));
        Assert.Empty(SimilarityJoin.FindAcross(signatures, [], 0.9, Threads(1)));
    }

    [Fact]
    public void Texts_without_words_are_like_nothing()
    {
        Assert.Empty(SimilarityJoin.Find(Questions(["", "？？", "!!!", "   ", "\u0000"]), 0.5, Threads(1)));
    }

    private static TextSignature[] Questions(IEnumerable<string> texts) => [.. texts.Select(t => TextSignature.OfQuestion(t))];

    private static ParallelOptions Threads(int count) => new() { MaxDegreeOfParallelism = count };

    // All pairs but those of later copies, which stand for their first.
    private static void AssertSame(IEnumerable<SimilarPair> expected, TextSignature[] signatures, IReadOnlyList<SimilarPair> found)
    {
        var first = signatures.Select(s => Array.FindIndex(signatures, s.HasContentOf)).ToArray();
        Assert.Equal(expected.Where(p => first[p.First] == p.First && (first[p.Second] == p.Second || first[p.Second] == p.First)), found);
    }
}
