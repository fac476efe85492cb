using System.Text;
using QaBuild.Model.Evaluation;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Evaluation;

public sealed class EvaluationReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string CachePath => Path.Combine(_folder.Path, "evaluation.cache");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_report_for_people_shows_models_side_by_side_and_what_is_wrong() => Snapshot.Match(Report().ToMarkdown(), "md");

    [Fact]
    public async Task The_report_for_machines_holds_every_answer_and_keeps_its_schema()
    {
        var json = Encoding.UTF8.GetString(Report().ToJson());

        Snapshot.Match(json, "json");
        Assert.Empty((await NJsonSchema.JsonSchema.FromFileAsync(Repository.Path("schema", "evaluation.schema.json"))).Validate(json));
    }

    [Fact]
    public void The_loss_of_a_set_is_the_mean_over_its_tokens_and_text_without_a_question_is_no_answer()
    {
        var rows = new[] { Row("q", "a"), Row("", "") };

        var found = ModelEvaluation.Of(rows, [new RowResult("a", true, 3, 2), new RowResult("", false, 5, 2)]);

        Assert.Equal((2.0, Math.Exp(2), 1), (found.Loss, found.Perplexity, found.Answers.Count));
    }

    [Theory]
    [InlineData(0.5, 1.0, 0.5, true)]
    [InlineData(0.51, 1.0, 0.5, false)]
    [InlineData(0.5, 0.99, 0.5, false)]
    [InlineData(0.5, 1.0, 0.51, false)]
    public void A_gate_lets_its_very_limit_pass(double exact, double loss, double stop, bool passes)
    {
        var found = new ModelEvaluation(1, new AnswerMetrics(2, 0.5, 1, 1, 0.5), []);

        var results = new EvaluationGates(exact, loss, stop).Judge(found);

        Assert.Equal(["MinExactMatch", "MaxTestLoss", "MinStopRate"], results.Select(r => r.Name));
        Assert.Equal(passes, results.All(r => r.Passed));
    }

    [Fact]
    public void A_gate_that_is_not_set_judges_nothing_and_a_loss_that_is_no_number_passes_none()
    {
        var found = new ModelEvaluation(double.NaN, new AnswerMetrics(2, 0.5, 1, 1, 0.5), []);

        Assert.Empty(new EvaluationGates(null, null, null).Judge(found));
        Assert.False(Assert.Single(new EvaluationGates(null, 1e9, null).Judge(found)).Passed);
    }

    [Fact]
    public void A_cache_survives_a_kill_in_the_middle_of_a_line()
    {
        using (var cache = new EvaluationCache(CachePath))
        {
            cache.Add("a", new RowResult("答案", true, 1.25, 3));
            cache.Add("b", new RowResult("b", false, 2, 1));
        }

        var bytes = File.ReadAllBytes(CachePath);
        File.WriteAllBytes(CachePath, bytes[..^20]);

        using (var cut = new EvaluationCache(CachePath))
        {
            Assert.Equal(new RowResult("答案", true, 1.25, 3), cut.Find("a"));
            Assert.Null(cut.Find("b"));
            cut.Add("c", new RowResult("c", true, 0, 1));
        }

        using var whole = new EvaluationCache(CachePath);
        Assert.NotNull(whole.Find("a"));
        Assert.NotNull(whole.Find("c"));
    }

    [Fact]
    public void A_cache_keeps_what_was_asked_for_and_nothing_else()
    {
        using (var cache = new EvaluationCache(CachePath))
        {
            cache.Add("a", new RowResult("a", true, 1, 1));
            cache.Add("b", new RowResult("b", true, 1, 1));
        }

        using (var cache = new EvaluationCache(CachePath))
        {
            cache.Find("b");
            cache.Keep();
        }

        using var kept = new EvaluationCache(CachePath);
        Assert.Null(kept.Find("a"));
        Assert.NotNull(kept.Find("b"));
    }

    [Fact]
    public void Keys_differ_wherever_what_decides_differs() =>
        Assert.Equal(3, new[] { EvaluationCache.KeyOf("ab", "c"), EvaluationCache.KeyOf("a", "bc"), EvaluationCache.KeyOf("a", "b", "c") }.Distinct().Count());

    private static EvaluationRow Row(string prompt, string expected) => new(1, "", prompt, expected, [1, 2], [false, true], 1);

    private static EvaluationReport Report()
    {
        EvaluationRow[] rows = [new(1, "job_dba/skill_sql/qa_l_001", "What is `MVCC`?\n", "Many versions of a row.", [1, 2, 3], [false, true, true], 2), new(3, "", "什么是 VACUUM？\n", "清理死元组。", [1, 4], [false, true], 1)];
        var before = ModelEvaluation.Of(rows, [new("<b>x</b> | y\n# z", false, 6, 2), new("", false, 3, 1)]);
        var few = ModelEvaluation.Of(rows, [new("Many versions.", true, 2, 2), new("清理元组。", true, 1, 1)]);
        var after = ModelEvaluation.Of(rows, [new("Many versions of a row.", true, 0.02, 2), new("清理元组。", true, 0.5, 1)]);
        return new EvaluationReport(
            "tiny", "adapter.gguf", new EvaluationData("test", rows, 5, new FewShot(3, "…", [1])), [(EvaluationReport.Before, before), (EvaluationReport.FewShot, few), (EvaluationReport.After, after)],
            new EvaluationGates(0.8, 1, null).Judge(after));
    }
}
