using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Tests.Analysis;

public sealed class HandMadePairTests
{
    [Fact]
    public void The_set_is_large_and_mixed_enough_to_judge_by()
    {
        string[] twins = ["number", "version", "negated", "name", "opposite"];

        Assert.True(HandMadePairs.All.Length >= 200);
        Assert.True(HandMadePairs.With("duplicate").Length >= 60);
        Assert.True(HandMadePairs.All.Count(p => twins.Contains(p.Kind)) >= 70);
        Assert.True(HandMadePairs.With("paraphrase").Length >= 15);
        Assert.True(HandMadePairs.All.Count(p => p.Kind is "unrelated" or "short") >= 20);
        Assert.True(HandMadePairs.With("contradiction").Length >= 14);
        Assert.True(HandMadePairs.With("agreeing").Length >= 10);
        Assert.Equal(["en", "mixed", "zh"], HandMadePairs.All.Where(p => p.Topic is "postgresql" or "daily").Select(p => p.Language).Distinct().Order());
        Assert.Equal(HandMadePairs.All.Length, HandMadePairs.All.DistinctBy(p => (p.A, p.B)).Count());
    }

    [Fact]
    public void Duplicates_are_at_least_warned_about() => AssertNone("duplicate", score => score < TextSimilarity.WarnThreshold);

    [Fact]
    public void Twins_and_unrelated_questions_are_not_reported() => AssertNone("different", score => score >= TextSimilarity.WarnThreshold);

    [Fact]
    public void Paraphrases_never_block_a_build() => AssertNone("paraphrase", score => score >= TextSimilarity.ErrorThreshold);

    [Fact]
    public void Questions_whose_answers_are_judged_are_found_alike()
    {
        AssertNone("contradiction", score => score < TextSimilarity.WarnThreshold);
        AssertNone("agreeing", score => score < TextSimilarity.WarnThreshold);
    }

    private static void AssertNone(string verdict, Func<double, bool> isWrong)
    {
        var wrong = HandMadePairs.With(verdict).Select(p => (Pair: p, Score: Score(p.A, p.B))).Where(p => isWrong(p.Score)).ToArray();
        Assert.True(wrong.Length == 0, string.Join('\n', wrong.Select(p => $"{p.Score:0.000} {p.Pair.Kind}: {p.Pair.A} | {p.Pair.B}")));
    }

    private static double Score(string a, string b) => TextSimilarity.Of(TextSignature.OfQuestion(a), TextSignature.OfQuestion(b));
}
