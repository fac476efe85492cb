using System.Reflection;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary><c>qabuild</c> as a process.</summary>
public sealed class ToolTests
{
    private static readonly string s_tool = typeof(ToolTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Tool").Value!;

    [Fact]
    public async Task Build_writes_the_same_dataset_as_dotnet_build()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build()).Exits(0);

        (await Run(project.Folder, null, "build", "--out", "by the tool")).Exits(0).Says("train.jsonl 4, valid.jsonl 1, test.jsonl 1");

        foreach (var name in new[] { "train.jsonl", "valid.jsonl", "test.jsonl" })
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(project.Dataset, name)), await File.ReadAllBytesAsync(project.Place("by the tool/" + name)));
        }
    }

    [Fact]
    public async Task Check_reports_every_finding_and_writes_nothing()
    {
        using var project = SdkProject.WithSixQuestions();
        (await Run(project.Folder, null, "check", "kb")).Exits(0).NeverSays("error");

        project.Ask(1, related: "qa_l_999.md");
        project.Write("kb/job_dba/skill_sql/qa_l_007.md", "");
        (await Run(project.Folder, null, "check", "kb")).Exits(1)
            .Says("kb/job_dba/skill_sql/qa_l_001.md(15,1): error QA2001: ")
            .Says("kb/job_dba/skill_sql/qa_l_007.md(1,1): error QA1018: ");
        (await Run(project.Folder, null, "build", "kb")).Exits(1).Says("error QA2001");
        Assert.False(Directory.Exists(project.Place("artifacts")));
    }

    [Fact]
    public async Task A_property_is_given_as_to_dotnet_build()
    {
        using var project = SdkProject.WithSixQuestions();

        (await Run(project.Folder, null, "build", "-p", "DatasetFormat=chat", "-p", "EosOn=none")).Exits(0);
        Assert.All(project.Rows("train"), r => Assert.StartsWith("{\"messages\":", r, StringComparison.Ordinal));

        (await Run(project.Folder, null, "build", "-p", "DatasetFromat=chat")).Exits(1).Says("error QA1027").Says("Did you mean DatasetFormat?");
        Assert.NotEqual(0, (await Run(project.Folder, null, "build", "-p", "chat")).Says("'chat' is not NAME=VALUE.").ExitCode);
    }

    [Fact]
    public async Task A_benchmark_is_given_as_a_file()
    {
        using var project = SdkProject.WithSixQuestions();
        project.Ask(1, "The answer is the one that all test sets ask for, word by word, and not another.");
        project.Write("tests/set.jsonl", """{"prompt":"A question.","completion":"the answer is the one that all test sets ask for, word by word"}""");
        project.Write("tests/other.txt", "An item.\n");

        (await Run(project.Folder, null, "check", "kb", "--benchmark", "tests/other.txt", "--benchmark", "tests/set.jsonl")).Exits(1)
            .Says("kb/job_dba/skill_sql/qa_l_001.md(23,1): error QA4005: ").Says("tests/set.jsonl:1, 14 words");
        (await Run(project.Folder, null, "check", "kb", "--benchmark", "tests/other.txt")).Exits(0).NeverSays("QA4005");
    }

    [Fact]
    public async Task Leaks_compares_two_files()
    {
        using var project = new SdkProject();
        project.Write("a.jsonl", """{"prompt":"怎样查看当前有哪些锁？","completion":"甲"}""" + "\n" + """{"prompt":"Who knows?","completion":"b"}""" + "\n");
        project.Write("b.json", """[{"instruction":"怎样查看当前有哪些锁?","input":"","output":"乙"}]""");
        project.Write("c.jsonl", """{"question":"How long is a page?","answer":"8 kB"}""");
        project.Write("d.jsonl", "");

        (await Run(project.Folder, null, "leaks", "a.jsonl", "b.json")).Exits(1).Says("a.jsonl(1,1): error QA4008: ").Says("b.json:1").Says("Of the 2 records of a.jsonl, 1 are");
        (await Run(project.Folder, null, "leaks", "a.jsonl", "c.jsonl")).Exits(0).NeverSays("error").Says("None of the 2 records of a.jsonl is among the 1 of c.jsonl.");
        (await Run(project.Folder, null, "leaks", "a.jsonl", "d.jsonl")).Exits(2).Says("d.jsonl: warning QA4006: ");
        (await Run(project.Folder, null, "leaks", "a.jsonl", "none.jsonl")).Exits(2).Says("none.jsonl: error QA1016: ");
        (await Run(project.Folder, null, "leaks", "a.jsonl")).Exits(2);
        (await Run(project.Folder, null, "leaks", "a.jsonl", "b.json", "--threshold", "7")).Exits(2).Says("The threshold must lie between 0.5 and 1.");
    }

    [Fact]
    public async Task Explain_shows_the_page_of_a_code()
    {
        (await Run(Path.GetTempPath(), null, "explain", "QA1004")).Exits(0).Says("QA1004").Says("Missing section");
        (await Run(Path.GetTempPath(), null, "explain", "qa1004")).Exits(0).Says("Missing section");
        (await Run(Path.GetTempPath(), null, "explain", "QA9999")).Exits(1).Says("There is no code 'QA9999'");
        (await Run(Path.GetTempPath(), null, "explain")).Exits(0).Says("QA1004").Says("QA0000");
    }

    [Theory]
    [InlineData("LANG", "zh_CN.UTF-8")]
    [InlineData("LC_ALL", "zh_TW.UTF-8")]
    [InlineData("DOTNET_CLI_UI_LANGUAGE", "zh-CN")]
    public async Task A_chinese_machine_reads_chinese(string variable, string value)
    {
        var environment = new Dictionary<string, string> { ["DOTNET_CLI_UI_LANGUAGE"] = "", [variable] = value };
        using var project = SdkProject.WithSixQuestions();
        project.Write("kb/job_dba/skill_sql/qa_l_007.md", "");

        (await Run(project.Folder, environment, "explain", "QA1004")).Exits(0).Says("缺少章节").NeverSays("Missing section");
        (await Run(project.Folder, environment, "check")).Exits(1).Says("error QA1018: 文件");
        (await Run(project.Folder, environment, "review", "--help")).Exits(0).Says("最多列出多少个").NeverSays("At most so many");
        (await Run(project.Folder, environment, "signoff", "--help")).Exits(0).Says("用法");
        (await Run(project.Folder, environment, "check", "-p", "chat")).Exits(2).Says("'chat' 不是 NAME=VALUE 的形式。");
    }

    private static async Task<Ran> Run(string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var tool = Command.Dotnet(folder, environment, [s_tool, .. arguments]);
        return await tool.Ends();
    }
}
