using System.Text;
using System.Text.Json;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>Faults of the sources as <c>dotnet build</c> tells them.</summary>
public sealed class DiagnosticsTests
{
    // Where TwelveFaults are, and what a message in any language names.
    private static readonly (string Place, string Names)[] s_faults =
    [
        ("job_dba/sql/qa_l_001.md(1,1): error QA1001:", "'job_dba/sql/qa_l_001.md'"),
        ("job_dba/skill_sql/qa_x_002.md(1,1): error QA1002:", "'x'"),
        ("job_dba/skill_sql/qa_l_three.md(1,1): error QA1003:", "'three'"),
        ("job_dba/skill_sql/qa_l_014.md(21,1): error QA1004:", "'## 答案'"),
        ("job_dba/skill_sql/qa_l_015.md(29,1): error QA1005:", "'## Answer'"),
        ("job_dba/skill_sql/qa_l_016.md(1,1): error QA1019:", "'---'"),
        ("job_dba/skill_sql/qa_l_017.md(3,1): error QA1008:", "'dev'"),
        ("job_dba/skill_sql/qa_l_018.md(11,1): error QA1009:", "'expert'"),
        ("job_dba/skill_sql/qa_l_019.md(3,7): error QA1011:", "0xFF"),
        ("job_dba/skill_sql/qa_l_020.md(1,1): error QA1018:", "qa_l_020.md"),
        ("job_dba/skill_sql/qa_l_021.md(2,1): error QA1022:", "'splt'"),
        ("job_dba/skill_sql/qa_l_022.md(15,1): error QA2001:", "'qa_l_999.md'"),
    ];

    [Fact]
    public async Task One_build_reports_all_faults_with_their_places_in_either_language_and_keeps_the_last_good_dataset()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build()).Exits(0);
        var good = project.Outputs();
        TwelveFaults(project);

        var english = (await project.Build()).Exits(1);
        project.Environment["DOTNET_CLI_UI_LANGUAGE"] = "zh-CN";
        var chinese = (await project.Build()).Exits(1);

        foreach (var (place, names) in s_faults)
        {
            Assert.Contains(names, TheLine(english, place), StringComparison.Ordinal);
            Assert.Contains(names, TheLine(chinese, place), StringComparison.Ordinal);

            // Sentences end with another mark in Chinese.
            Assert.DoesNotContain('。', TheLine(english, place));
            Assert.Contains('。', TheLine(chinese, place));
        }

        Assert.Equal(s_faults.Length, Errors(english).Length);
        Assert.Equal(s_faults.Length, Errors(chinese).Length);
        Assert.Equal(good, project.Outputs());

        // The summary repeats the errors.
        static string[] Errors(Ran build) => [.. build.Output.Split('\n').Where(l => l.Contains(": error ", StringComparison.Ordinal)).Distinct()];

        string TheLine(Ran build, string place) =>
            Assert.Single(Errors(build.Says(project.Place("kb/" + place))), l => l.StartsWith(project.Place("kb/" + place), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fault_that_is_mended_leads_to_a_good_build()
    {
        using var project = SdkProject.WithSixQuestions();
        project.Ask(1, "");
        (await project.Build()).Exits(1).Says("error QA1006");
        Assert.Empty(project.Outputs());
        (await project.Build()).Exits(1).Says("error QA1006");

        project.Ask(1, split: "train");
        (await project.Build()).Exits(0).Says("train.jsonl 4");
    }

    [Fact]
    public async Task Warnings_obey_NoWarn_TreatWarningsAsErrors_and_their_kin()
    {
        using var project = SdkProject.WithSixQuestions();
        project.Write("kb/job_dba/skill_sql/qa_l_007.md", Qa.Text(question: "What is `a`?", answer: "```sql\nSELECT 1;\n", front: "split: train"));
        (await project.Build()).Exits(0).Says("qa_l_007.md(").Says("warning QA5001").Says("1 Warning(s)");
        var dataset = project.Outputs(times: false);

        (await project.Build("-p:NoWarn=QA5001")).Exits(0).NeverSays("QA5001").Says("0 Warning(s)");
        (await project.Build("-p:TreatWarningsAsErrors=true")).Exits(1).Says("error QA5001");
        (await project.Build("-p:WarningsAsErrors=QA5001")).Exits(1).Says("error QA5001");
        (await project.Build("-p:TreatWarningsAsErrors=true", "-p:WarningsNotAsErrors=QA5001")).Exits(0).Says("warning QA5001");
        (await project.Build("-p:TreatWarningsAsErrors=true", "-p:NoWarn=QA5001")).Exits(0).NeverSays("QA5001");
        (await project.Build()).Exits(0);
        Assert.Equal(dataset, project.Outputs(times: false));
    }

    [Fact]
    public async Task The_findings_are_written_as_sarif_whether_the_build_succeeds_or_fails()
    {
        using var project = SdkProject.WithSixQuestions("<PropertyGroup><ErrorLog>logs/findings.sarif</ErrorLog></PropertyGroup>");
        (await project.Build()).Exits(0);
        Assert.Empty(Results());
        project.Delete("logs/findings.sarif");
        Assert.False(await project.IsUpToDate());

        project.Ask(1, related: "qa_l_999.md");
        (await project.Build()).Exits(1);
        var result = Assert.Single(Results());
        Assert.Equal("QA2001", result.GetProperty("ruleId").GetString());
        Assert.Equal(
            "kb/job_dba/skill_sql/qa_l_001.md",
            result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString());

        List<JsonElement> Results()
        {
            using var log = JsonDocument.Parse(File.ReadAllBytes(project.Place("logs/findings.sarif")));
            return [.. log.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(r => r.Clone())];
        }
    }

    [Fact]
    public async Task A_dataset_folder_that_cannot_be_made_is_said_so()
    {
        using var project = SdkProject.WithSixQuestions();
        project.Write("artifacts/dataset", "a file stands here");

        (await project.Build()).Exits(1).Says("error QA1028").Says(project.Dataset).NeverSays("QA0000").NeverSays("   at ");

        Assert.Equal("a file stands here", await File.ReadAllTextAsync(project.Dataset));
    }

    [Fact]
    public async Task An_empty_kb_is_said_so()
    {
        using var project = new SdkProject();
        Directory.CreateDirectory(project.Place("kb"));

        (await project.Build()).Exits(1).Says("error QA1026").Says(project.Place("kb"));

        Assert.Empty(project.Outputs());
    }

    [Fact]
    public async Task A_benchmark_that_the_sources_share_a_passage_with_fails_the_build_until_one_of_them_changes()
    {
        using var project = SdkProject.WithSixQuestions("""<ItemGroup><Benchmark Include="benchmarks/*.jsonl" /></ItemGroup>""");
        project.Write("benchmarks/set.jsonl", """{"question":"Is there an item that no source shares?"}""");
        (await project.Build()).Exits(0);
        Assert.True(await project.IsUpToDate());

        project.Write("benchmarks/new.jsonl", """{"question":"A new item","choices":["it says that a row lock is kept in the row itself and nowhere else"]}""");
        project.Ask(1, "A row lock is kept in the row itself.", "train");
        Assert.False(await project.IsUpToDate());
        (await project.Build()).Exits(0).NeverSays("QA4005");
        project.Ask(1, "It says that a row lock is kept in the row itself, and nowhere else.", "train");
        (await project.Build()).Exits(1).Says("qa_l_001.md(26,1): error QA4005").Says(project.Place("benchmarks/new.jsonl") + ":1, 15 words");

        project.Write("benchmarks/new.jsonl", """{"question":"What is number 5?"}""");
        (await project.Build()).Exits(0).Says("qa_l_005.md(22,1): warning QA4007");
    }

    [Fact]
    public async Task A_dataset_that_passes_its_limits_is_a_warning_and_the_manifest_has_the_table()
    {
        using var project = SdkProject.WithSixQuestions("<PropertyGroup><MaxShareOfOpening>50</MaxShareOfOpening></PropertyGroup>");

        (await project.Build()).Exits(0).Says("Kb.proj : warning QA5016: Questions of the form 'what': 6 of 6 (100%), more than the 50% of MaxShareOfOpening.");
        Assert.Contains("""{"name":"what","questions":6,"share":1.0}""", await File.ReadAllTextAsync(Path.Combine(project.Dataset, "manifest.json")), StringComparison.Ordinal);
        Assert.True(await project.IsUpToDate());
        Assert.False(await project.IsUpToDate("-p:MaxShareOfOpening=100"));
        (await project.Build("-p:MaxShareOfOpening=100")).Exits(0).NeverSays("QA5016");
    }

    [Fact]
    public async Task A_bad_option_lists_the_good_ones()
    {
        using var project = SdkProject.WithSixQuestions();

        (await project.Build("-p:DatasetFormat=chatty")).Exits(1).Says("error QA1027").Says("completions, chat, text, alpaca, sharegpt, tools");
    }

    private static void TwelveFaults(SdkProject project)
    {
        void Write(string path, string text) => project.Write("kb/job_dba/" + path, text);
        Write("sql/qa_l_001.md", Qa.Text());
        Write("skill_sql/qa_x_002.md", Qa.Text());
        Write("skill_sql/qa_l_three.md", Qa.Text());
        Write("skill_sql/qa_l_014.md", "## 职业\n\ndba\n\n## 知识点\n\nsql\n\n## 问题难度\n\nl\n\n## 关联问题\n\n无\n\n## 问题\n\n什么?\n\n## 校对信息\n");
        Write("skill_sql/qa_l_015.md", Qa.Text() + "\n## Answer\n\nAnother.\n");
        Write("skill_sql/qa_l_016.md", "---\nsplit: train\n" + Qa.Text());
        Write("skill_sql/qa_l_017.md", Qa.Text(job: "dev"));
        Write("skill_sql/qa_l_018.md", Qa.Text(level: "expert"));
        Write("skill_sql/qa_l_019.md", "");
        File.WriteAllBytes(project.Place("kb/job_dba/skill_sql/qa_l_019.md"), [.. Encoding.UTF8.GetBytes("## 职业\n\ndba 中文"), 0xFF]);
        Write("skill_sql/qa_l_020.md", "\n");
        Write("skill_sql/qa_l_021.md", Qa.Text(front: "splt: train"));
        Write("skill_sql/qa_l_022.md", Qa.Text(question: "Where does a row live?", related: "qa_l_999.md"));
    }
}
