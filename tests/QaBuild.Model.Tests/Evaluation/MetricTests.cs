using QaBuild.Model.Evaluation;

namespace QaBuild.Model.Tests.Evaluation;

/// <summary>Metrics against values computed by hand.</summary>
public sealed class MetricTests
{
    [Theory]
    [InlineData("It's VACUUM FULL.", "It|'|s|VACUUM|FULL|.")]
    [InlineData("用VACUUM清理表。", "用|VACUUM|清|理|表|。")]
    [InlineData("max_wal_size = 1GB", "max_wal_size|=|1GB")]
    [InlineData("データ\u3000ベース", "デ|ー|タ|ベ|ー|ス")]
    [InlineData("𠮷野\ncafé", "𠮷|野|café")]
    [InlineData("  \n", "")]
    public void Words_are_compared_whole_and_Chinese_by_character(string text, string tokens) =>
        Assert.Equal(tokens, string.Join('|', MetricTokens.Of(text)));

    [Theory]
    [InlineData("police killed the gunman", "police kill the gunman", 0.75)]
    [InlineData("police killed the gunman", "the gunman kill police", 0.5)]
    [InlineData("a b c d", "a c", 2.0 * 2 / 6)]
    [InlineData("删除死元组", "清理死元组", 3.0 / 5)]
    [InlineData("Yes", "yes", 1.0)]
    [InlineData("", "", 1.0)]
    [InlineData("a", "", 0.0)]
    [InlineData("a", "b", 0.0)]
    public void Rouge_L_is_the_longest_common_subsequence_of_both(string expected, string given, double score) =>
        Assert.Equal(score, RougeL.Of(expected, given), 1e-12);

    [Fact]
    public void Bleu_of_the_same_texts_is_one_however_short_they_are()
    {
        Assert.Equal(1, Bleu.Of([("the cat is on the mat", "the cat is on the mat")]), 1e-12);
        Assert.Equal(1, Bleu.Of([("是", "是")]), 1e-12);
    }

    [Fact]
    public void Bleu_counts_a_gram_no_oftener_than_it_is_wanted()
    {
        // Papineni's example: 'the' stands twice in the reference, so that 2 of 7 count; no 2-gram fits: 1 ÷ (2·6), 1 ÷ (4·5), 1 ÷ (8·4).
        var expected = Math.Pow((2.0 / 7) * (1.0 / 12) * (1.0 / 20) * (1.0 / 32), 0.25);

        Assert.Equal(expected, Bleu.Of([("the cat is on the mat", "the the the the the the the")]), 1e-12);
    }

    [Fact]
    public void Bleu_takes_all_answers_together_and_punishes_short_ones()
    {
        // 1-grams 4 + 2 of 6, 2-grams 3 + 1 of 4, 3-grams 2 of 2, 4-grams 1 of 1; six tokens where eight are wanted.
        var score = Bleu.Of([("a b c d", "a b c d"), ("e f g h", "e f")]);

        Assert.Equal(Math.Exp(1 - (8.0 / 6)), score, 1e-12);
    }

    [Fact]
    public void Bleu_goes_by_character_in_Chinese()
    {
        // 清理死元组 against 删除死元组: 3 of 5, 2 of 4, 1 of 3, none of 2 (smoothed to 1 ÷ 4).
        Assert.Equal(Math.Pow((3.0 / 5) * (2.0 / 4) * (1.0 / 3) * (1.0 / 4), 0.25), Bleu.Of([("删除死元组", "清理死元组")]), 1e-12);
    }

    [Fact]
    public void Bleu_of_nothing_in_common_or_nothing_said_is_zero()
    {
        Assert.Equal(0, Bleu.Of([("a b", "c d")]));
        Assert.Equal(0, Bleu.Of([("a b", "")]));
        Assert.Equal(0, Bleu.Of([]));
    }

    [Fact]
    public void Answers_are_exact_to_the_character_white_space_at_their_ends_apart()
    {
        Assert.True(new GivenAnswer("a b", " a b\n", true).IsExact);
        Assert.False(new GivenAnswer("a b", "a  b", true).IsExact);
        Assert.False(new GivenAnswer("Yes", "yes", true).IsExact);
    }

    [Fact]
    public void A_set_of_answers_is_measured_as_a_whole()
    {
        var metrics = AnswerMetrics.Of([new("a b c d", "a b c d", true), new("e f g h", "e f", false)]);

        Assert.Equal((2, 0.5, 0.5), (metrics.Count, metrics.ExactMatch, metrics.StopRate));
        Assert.Equal((1 + (2.0 * 2 / 6)) / 2, metrics.RougeL, 1e-12);
        Assert.Equal(Bleu.Of([("a b c d", "a b c d"), ("e f g h", "e f")]), metrics.Bleu);
        Assert.Equal(new AnswerMetrics(0, 0, 0, 0, 0), AnswerMetrics.Of([]));
    }
}
