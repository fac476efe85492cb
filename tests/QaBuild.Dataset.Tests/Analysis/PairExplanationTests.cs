using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Tests.Analysis;

public class PairExplanationTests
{
    [Fact]
    public void English_words_are_shown_whole()
    {
        var explanation = PairExplanation.Of("How do I create an index on a large table?", "How do I build an Index on a very large table?");
        Assert.Equal(new PairExplanation("index, large, table", "create", "build, very"), explanation);
    }

    [Fact]
    public void Chinese_is_shown_in_runs()
    {
        var explanation = PairExplanation.Of("部分索引在什么情况下比普通索引更合适？", "部分索引在什么场景下比普通索引更合适？");
        Assert.Equal(new PairExplanation("部分索引在什么, 下比普通索引更合适", "情况", "场景"), explanation);
    }

    [Fact]
    public void A_word_in_another_place_is_shared()
    {
        var explanation = PairExplanation.Of("Does VACUUM 会不会锁表", "会不会锁表 does vacuum");
        Assert.Equal(("", ""), (explanation.OnlyFirst, explanation.OnlySecond));
    }

    [Fact]
    public void Versions_and_identifiers_stay_whole() =>
        Assert.Equal(("work_mem, 9.6", "sort_mem, 10.1"), (PairExplanation.Of("work_mem in 9.6", "sort_mem in 10.1").OnlyFirst, PairExplanation.Of("work_mem in 9.6", "sort_mem in 10.1").OnlySecond));

    [Fact]
    public void Whatever_the_texts_the_explanation_is_short()
    {
        var random = new Random(2);
        string[] texts = [new('x', 4 << 20), new('表', 4 << 20), string.Concat(Enumerable.Repeat("a😀 ", 1 << 20)), "", new([.. Enumerable.Range(0, 100_000).Select(_ => (char)random.Next(0x10000))])];
        foreach (var first in texts)
        {
            foreach (var second in texts)
            {
                var (shared, one, other) = PairExplanation.Of(first, second);
                Assert.All([shared, one, other], part => Assert.InRange(part.Length, 0, 61));
            }
        }
    }
}
