namespace QaBuild.Sdk.Tests;

/// <summary>Clean and Rebuild.</summary>
public sealed class CleanTests
{
    [Fact]
    public async Task Clean_removes_what_builds_made_and_nothing_else()
    {
        using var project = SdkProject.WithSixQuestions();
        project.Write("kb/docs/vacuum.md", "# VACUUM\n\nIt reclaims the room of dead rows.\n");
        (await project.Build("-p:ErrorLog=findings.sarif")).Exits(0);
        Assert.Contains("documents/train.jsonl", project.Outputs().Keys.Select(k => k.Replace('\\', '/')));
        Assert.True(File.Exists(project.Place("findings.sarif")));

        // Left by a build that was killed.
        project.Write("artifacts/dataset/train.jsonl.tmp", "{");
        project.Write("artifacts/dataset/notes.txt", "mine");
        project.Write("artifacts/other.txt", "mine too");
        (await project.Build("-t:Clean", "-p:ErrorLog=findings.sarif")).Exits(0);

        Assert.Equal(["notes.txt"], project.Outputs().Keys);
        Assert.False(Directory.Exists(Path.Combine(project.Dataset, "obj")));
        Assert.False(File.Exists(project.Place("findings.sarif")));
        Assert.True(File.Exists(project.Place("artifacts/other.txt")));
        Assert.True(File.Exists(project.Place("kb/job_dba/skill_sql/qa_l_001.md")));
        (await project.Build("-t:Clean")).Exits(0);
        Assert.False(await project.IsUpToDate());
    }

    [Fact]
    public async Task Rebuild_makes_the_same_bytes_again()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build()).Exits(0);
        var before = project.Outputs(times: false);

        project.Write("artifacts/dataset/train.jsonl", "damaged\n");
        (await project.Build("-t:Rebuild")).Exits(0).Says("train.jsonl 4");

        Assert.Equal(before, project.Outputs(times: false));
        Assert.True(await project.IsUpToDate());
    }
}
