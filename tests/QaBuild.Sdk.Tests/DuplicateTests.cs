using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>Builds of sources that say something twice.</summary>
public sealed class DuplicateTests
{
    private const string Question = "How do I find out which of the larger tables need cleaning most urgently before the nightly backup starts?";

    [Fact]
    public async Task A_leak_by_pins_fails_the_build_and_leaves_the_last_dataset()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build()).Exits(0);
        var before = project.Outputs();

        Ask(project, 7, Question, "train");
        Ask(project, 8, Question.Replace("need", "want", StringComparison.Ordinal), "test");
        (await project.Build("-p:DuplicateAction=warn")).Exits(1).Says("qa_l_008.md(2,1): error QA4004:");
        Assert.Equal(before, project.Outputs());
        Assert.False(await project.IsUpToDate("-p:DuplicateAction=warn"));

        Ask(project, 8, Question.Replace("need", "want", StringComparison.Ordinal), "train");
        (await project.Build("-p:DuplicateAction=warn")).Exits(0).Says("train.jsonl 6");
    }

    [Fact]
    public async Task Duplicates_that_are_dropped_are_listed_beside_the_dataset_until_Clean()
    {
        using var project = SdkProject.WithSixQuestions("<PropertyGroup><DuplicateAction>drop</DuplicateAction></PropertyGroup>");
        Ask(project, 7, Question, "train");
        Ask(project, 8, Question.ToUpperInvariant(), "test");
        (await project.Build()).Exits(0).Says("train.jsonl 5, valid.jsonl 1, test.jsonl 1");
        Assert.Contains("\"id\":\"job_dba/skill_sql/qa_l_008\"", Assert.Single(project.Rows("dropped")), StringComparison.Ordinal);
        Assert.True(await project.IsUpToDate());

        // A list that somebody deleted is made again, and one of nothing is empty.
        project.Delete("artifacts/dataset/dropped.jsonl");
        (await project.Build()).Exits(0);
        Assert.Single(project.Rows("dropped"));
        project.Delete("kb/job_dba/skill_sql/qa_l_008.md");
        (await project.Build()).Exits(0);
        Assert.Empty(project.Rows("dropped"));

        (await project.Build("-t:Clean")).Exits(0);
        Assert.Empty(project.Outputs());
    }

    private static void Ask(SdkProject project, int number, string question, string split) =>
        project.Write($"kb/job_dba/skill_sql/qa_l_{number:d3}.md", Qa.Text(question, $"It is {number}.", front: $"split: {split}"));
}
