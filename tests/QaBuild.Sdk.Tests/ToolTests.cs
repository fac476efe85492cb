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
            .Says("kb/job_dba/skill_sql/qa_l_007.md: error QA1018: ");
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
    }

    private static async Task<Ran> Run(string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var tool = Command.Dotnet(folder, environment, [s_tool, .. arguments]);
        return await tool.Ends();
    }
}
