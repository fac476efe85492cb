namespace QaBuild.Sdk.Tests;

/// <summary>Verify and Accept.</summary>
public sealed class SnapshotReviewTests
{
    private const string Snapshot = "kb/dataset.verified.txt";
    private const string Received = "kb/dataset.received.txt";

    [Fact]
    public async Task What_was_accepted_verifies_until_a_row_changes_and_then_the_log_names_each_row()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build("-t:Verify")).Exits(1).Says("error QA6002").Says("-t:Accept");
        (await project.Build("-t:Accept")).Exits(0);
        (await project.Build("-t:Verify")).Exits(0);
        Assert.False(File.Exists(project.Place(Received)));

        project.Ask(1, answer: "Another answer.", split: "train");
        project.Ask(7, split: "train");
        project.Ask(2, split: "test");
        project.Delete("kb/job_dba/skill_sql/qa_l_003.md");
        (await project.Build("-t:Verify")).Exits(1)
            .Says("- job_dba/skill_sql/qa_l_003 (train,")
            .Says("+ job_dba/skill_sql/qa_l_007 (train,")
            .Says("~ job_dba/skill_sql/qa_l_001 (train,")
            .Says("> job_dba/skill_sql/qa_l_002 (train -> test, was moved)")
            .Says("error QA6001: The dataset is not the approved one: 1 rows added, 1 removed, 1 changed, 1 moved");
        Assert.True(File.Exists(project.Place(Received)));

        (await project.Build("-t:Accept")).Exits(0);
        (await project.Build("-t:Verify")).Exits(0);
        Assert.False(File.Exists(project.Place(Received)));
    }

    [Fact]
    public async Task A_second_Accept_touches_nothing()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build("-t:Accept")).Exits(0);
        var written = File.GetLastWriteTimeUtc(project.Place(Snapshot));

        (await project.Build("-t:Accept")).Exits(0);

        Assert.Equal(written, File.GetLastWriteTimeUtc(project.Place(Snapshot)));
    }

    [Fact]
    public async Task A_dataset_that_does_not_compile_is_not_accepted()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build("-t:Accept")).Exits(0);
        var accepted = await File.ReadAllTextAsync(project.Place(Snapshot));
        project.Write("kb/job_dba/skill_sql/qa_l_001.md", "no section at all\n");

        (await project.Build("-t:Accept")).Exits(1);

        Assert.Equal(accepted, await File.ReadAllTextAsync(project.Place(Snapshot)));
    }

    [Theory]
    [InlineData("QaBuild snapshot 1\n", "<<<<<<< ours\nQaBuild snapshot 1\n", "(1,1): error QA6003: The snapshot cannot be read: it has the markers of a merge conflict.")]
    [InlineData("QaBuild snapshot 1\n", "QaBuild snapshot 99\n", "(1,1): error QA6003: The snapshot cannot be read: its format is version '99', this tool reads version 1.")]
    [InlineData("QaBuild snapshot 1\n", "hello\n", "(1,1): error QA6003: The snapshot cannot be read: it is no snapshot of a dataset.")]
    [InlineData("  test ", "  test many ", "error QA6003: The snapshot cannot be read: this line is none of a snapshot.")]
    public async Task A_snapshot_that_cannot_be_read_says_where_and_why(string text, string instead, string said)
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build("-t:Accept")).Exits(0);
        var accepted = await File.ReadAllTextAsync(project.Place(Snapshot));
        await File.WriteAllTextAsync(project.Place(Snapshot), accepted.Replace(text, instead, StringComparison.Ordinal));

        (await project.Build("-t:Verify")).Exits(1).Says(said);
    }
}
