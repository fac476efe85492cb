using System.Text.Json;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>A pull request's worth of edits in a repository of its own: what Diff says of it, and what Verify, Accept and sign-offs make of it.</summary>
public sealed class PullRequestTests
{
    private const string Sql = "kb/job_dba/skill_sql/";

    [Fact]
    public async Task Diff_says_what_a_pull_request_does_and_Accept_approves_it()
    {
        using var project = Base(out var git);
        (await project.Build("-t:Accept")).Exits(0);
        var against = git.Commit();
        Edit(project);
        var index = await File.ReadAllBytesAsync(project.Place(".git/index"));
        var sources = project.Outputs(project.Place("kb"));

        (await project.Build("-t:Diff", "-p:Against=main", "-p:DuplicateAction=warn", "-p:BenchmarkFile=benchmark.jsonl")).Exits(0)
            .Says("Rows: 4 added, 1 removed, 2 changed, 1 moved, 0 in another split. New duplicates: 1, contradictions: 0, leaks: 1. Findings: 2 introduced, 0 fixed.").Says("diff.md");

        Assert.Contains($"`{against[..12]}`", await File.ReadAllTextAsync(project.Place("artifacts/diff/diff.md")), StringComparison.Ordinal);
        Snapshot.Match((await File.ReadAllTextAsync(project.Place("artifacts/diff/diff.md"))).Replace(against[..12], "{commit}", StringComparison.Ordinal), "md");
        using (var json = JsonDocument.Parse(await File.ReadAllBytesAsync(project.Place("artifacts/diff/diff.json"))))
        {
            Assert.Equal(["added 4", "changed 2", "moved 1", "removed 1", "resplit 0"], Lists(json, "added", "changed", "moved", "removed", "resplit"));
        }

        // Nothing of the repository is other than the author left it.
        Assert.Equal(index, await File.ReadAllBytesAsync(project.Place(".git/index")));
        Assert.Equal(sources, project.Outputs(project.Place("kb")));
        Assert.Equal(against, git.Git("rev-parse", "HEAD").Trim());
        Assert.Empty(Directory.GetDirectories(project.Place("artifacts/dataset/obj"), "before*"));

        string[] options = ["-p:DuplicateAction=warn", "-p:BenchmarkFile=benchmark.jsonl"];
        (await project.Build(["-t:Verify", .. options])).Exits(1).Says("error QA6001").Says("5 rows added, 2 removed, 2 changed, 0 moved").Says("dotnet msbuild -t:Accept");
        (await project.Build(["-t:Accept", .. options])).Exits(0);
        (await project.Build(["-t:Verify", .. options])).Exits(0);
        var accepted = File.GetLastWriteTimeUtc(project.Place("kb/dataset.verified.txt"));
        (await project.Build(["-t:Accept", .. options])).Exits(0);
        Assert.Equal(accepted, File.GetLastWriteTimeUtc(project.Place("kb/dataset.verified.txt")));
    }

    [Fact]
    public async Task The_findings_of_a_side_that_does_not_compile_stand_in_place_of_its_rows()
    {
        using var project = Base(out var git);
        git.Commit();
        Edit(project);

        (await project.Build("-t:Diff", "-p:Against=HEAD")).Exits(0).Says("It does not compile: its findings stand in place of its rows.");
        var text = await File.ReadAllTextAsync(project.Place("artifacts/diff/diff.md"));
        Assert.Contains("- error QA3001 `job_dba/skill_sql/qa_l_013.md(", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Rows added", text, StringComparison.Ordinal);

        git.Commit();
        project.Delete(Sql + "qa_l_013.md");
        (await project.Build("-t:Diff", "-p:Against=HEAD")).Exits(0).Says("What it is compared with does not compile: its findings stand in place of its rows.").Says("Findings: 0 introduced, 1 fixed.");
    }

    [Theory]
    [InlineData("maim", "error QA6008: 'maim' names no commit. Did you mean main?")]
    [InlineData("--upload-pack=touch x", "error QA6008: '--upload-pack=touch x' names no commit. A name of a commit is not empty, has no control characters and does not begin with '-'.")]
    [InlineData("HEAD:kb", "error QA6008: 'HEAD:kb' names no commit.")]
    public async Task A_ref_that_names_no_commit_is_a_finding(string against, string said)
    {
        using var project = Base(out var git);
        git.Commit();

        (await project.Build("-t:Diff", "-p:Against=" + against)).Exits(1).Says(said);
    }

    [Fact]
    public async Task The_tool_has_the_same_verbs()
    {
        using var project = Base(out var git);
        git.Commit();
        project.Ask(1, "It is quite another answer, which nobody has read.", split: "train");
        (await Run(project, "signoff", Sql + "qa_l_002.md", "--reviewer", "J. Smith", "--date", "2027-01-15")).Exits(0).Says("1 files signed off; 0 were already, as they are.");
        git.Commit();
        project.Write(Sql + "qa_l_002.md", (await File.ReadAllTextAsync(project.Place(Sql + "qa_l_002.md"))).Replace("It is answer 2.", "It is number 2.", StringComparison.Ordinal));

        (await Run(project, "diff", "HEAD~1")).Exits(0).Says("Rows: 0 added, 0 removed, 2 changed, 0 moved, 0 in another split.").Says(Path.Combine("artifacts", "diff", "diff.md"));
        (await Run(project, "review", "-n", "1")).Exits(0)
            .Says(Path.Combine("kb", "job_dba", "skill_sql", "qa_l_002.md") + "(28): train, l; no sign-off holds; edited since J. Smith signed off on 2027-01-15")
            .Says("    answer: It is [-answer-]{+number+} 2.")
            .Says("… and 5 more: --limit 0 shows all").Says("6 of 6 questions wait for a reviewer.");
        (await Run(project, "diff", "nowhere")).Exits(1).Says("qabuild: error QA6008: 'nowhere' names no commit.");
        (await Run(project, "signoff", Sql + "qa_l_002.md", "--reviewer", "## Answer")).Exits(1).Says("error QA6007");
    }

    [Fact]
    public async Task The_build_says_that_a_sign_off_is_stale_and_by_whom()
    {
        using var project = SdkProject.WithSixQuestions();
        project.Ask(1, split: "train", related: "qa_l_002.md, qa_l_003.md");
        (await project.Build()).Exits(0);
        var rows = project.Outputs();

        (await project.Build("-t:SignOff", "-p:Reviewer=J. Smith", "-p:SignOffFiles=" + Sql + "qa_l_001.md|" + Sql + "qa_l_002.md")).Exits(0).Says("2 files signed off");
        (await project.Build("-p:RequireReviews=train:1")).Exits(1).NeverSays("qa_l_001.md(").NeverSays("qa_l_002.md(").Says("qa_l_003.md(28,1): error QA6005");
        (await project.Build()).Exits(0).NeverSays("QA6004");
        Assert.Equal((rows["train.jsonl"], rows["valid.jsonl"], rows["test.jsonl"]), (project.Outputs()["train.jsonl"], project.Outputs()["valid.jsonl"], project.Outputs()["test.jsonl"]));

        var path = project.Place(Sql + "qa_l_001.md");
        var signed = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, signed.Replace("qa_l_002.md, qa_l_003.md", "qa_l_003.md, qa_l_002.md", StringComparison.Ordinal));
        (await project.Build()).Exits(0).NeverSays("QA6004");
        await File.WriteAllTextAsync(path, signed.Replace("It is answer 1.", "It is number 1.", StringComparison.Ordinal));
        (await project.Build()).Exits(0).Says("qa_l_001.md(30,1): warning QA6004: J. Smith signed off another text on ");

        (await project.Build("-t:SignOff", "-p:Reviewer=J. Smith")).Exits(1).Says("error QA1027");
        (await project.Build("-t:SignOff", "-p:SignOffFiles=" + Sql + "qa_l_001.md")).Exits(1).Says("error QA6007");
    }

    private static SdkProject Base(out GitFolder git)
    {
        var project = SdkProject.WithSixQuestions("""<ItemGroup><Benchmark Include="$(BenchmarkFile)" Condition="'$(BenchmarkFile)' != ''" /></ItemGroup>""");
        project.Ask(7, "It goes away.", split: "train");
        project.Delete(Sql + "qa_l_007.md");
        project.Write(".gitignore", "artifacts/\n");
        git = new GitFolder(project.Folder);
        return project;
    }

    // Adds three, edits two, deletes one, moves one to another skill, and plants a duplicate and a leak.
    private static void Edit(SdkProject project)
    {
        string Text(string question, string answer, string skill = "sql") => Qa.Text(question, answer, skill: skill, front: "split: train");
        project.Write(Sql + "qa_l_010.md", Text("Which view lists the locks of a session?", "The view pg_locks does; join it with pg_stat_activity for the statement."));
        project.Write(Sql + "qa_l_011.md", Text("怎样查看表的膨胀程度？", "用 pgstattuple 扩展，它会读整张表并返回死元组的比例。"));
        project.Write(Sql + "qa_l_012.md", Text("When does autovacuum look at a table?", "Once its dead rows exceed a threshold | a `share` of <b>all</b> rows, @everyone."));
        project.Ask(1, "It is answer 1, with a reason.", split: "train");
        project.Ask(2, "It was answer two.", split: "train");
        project.Delete(Sql + "qa_l_003.md");
        project.Delete(Sql + "qa_l_004.md");
        project.Write("kb/job_dba/skill_backup/qa_l_001.md", Text("What is number 4?", "It is answer 4.", "backup"));
        project.Write(Sql + "qa_l_013.md", Qa.Text("what is number 5", "The fifth of them all."));
        project.Write("benchmark.jsonl", """{"prompt":"Which view lists the locks of one session?","completion":"none of ours"}""" + "\n");
    }

    private static IEnumerable<string> Lists(JsonDocument json, params string[] names) => names.Select(n => $"{n} {json.RootElement.GetProperty(n).GetArrayLength()}");

    private static async Task<Ran> Run(SdkProject project, params string[] arguments)
    {
        using var tool = Command.Dotnet(project.Folder, null, [Path.Combine(Tasks.ToolFolder, "qabuild.dll"), .. arguments]);
        return await tool.Ends();
    }
}
