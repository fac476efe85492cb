using System.Security;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>Report: a page of a knowledge base.</summary>
public sealed class ReportTests
{
    private const string Page = "artifacts/report/index.html";

    [NpmFact]
    public async Task Report_writes_one_page_and_again_only_when_something_changed()
    {
        using var project = Project();
        (await project.Build("-t:Report")).Exits(0).Says("Kb -> ").Says("index.html (questions: 6, errors: 0, warnings: ").NeverSays("QA6020");
        var written = await Bytes(project);
        Assert.Equal([project.Place(Page)], Directory.GetFiles(project.Place("artifacts/report")));
        Assert.False(Directory.Exists(project.Dataset) && File.Exists(Path.Combine(project.Dataset, "train.jsonl")));

        Assert.True(await project.IsUpToDate("-t:Report"));
        (await project.Build("-t:Report")).Exits(0).Says("questions: 6");

        project.Ask(1, "Another answer.", split: "train");
        Assert.False(await project.IsUpToDate("-t:Report"));
        (await project.Build("-t:Report")).Exits(0);
        Assert.NotEqual(written, await Bytes(project));

        project.Write("artifacts/model/evaluation.json", "{\"loss\":1}");
        Assert.False(await project.IsUpToDate("-t:Report"));
        Assert.False(await project.IsUpToDate("-t:Report", "-p:DatasetFormat=chat"));
    }

    [NpmFact]
    public async Task A_knowledge_base_with_errors_has_a_report_beside_a_failed_build_and_Clean_takes_it_away()
    {
        using var project = Project();
        project.Ask(1, related: "qa_l_999.md");

        (await project.Build("-t:Build")).Exits(1).Says("error QA2001");
        (await project.Build("-t:Report")).Exits(0).Says("errors: 1").NeverSays("error QA");
        Assert.True(File.Exists(project.Place(Page)));

        (await project.Build("-t:Build;Report")).Exits(1).Says("error QA2001");
        project.Ask(1, split: "train");
        (await project.Build("-t:Build;Report")).Exits(0).Says("train.jsonl 4").Says("errors: 0");
        (await project.Build("-t:Clean")).Exits(0);
        Assert.False(File.Exists(project.Place(Page)));
    }

    [Fact]
    public async Task A_machine_without_npm_builds_the_dataset_and_is_told_what_a_report_needs()
    {
        using var project = SdkProject.WithSixQuestions(Properties(""));
        project.Environment["PATH"] = project.Folder;

        (await project.Build("-t:Build")).Exits(0);
        (await project.Build("-t:Report")).Exits(1).Says("error QA6020: The report cannot be made: npm, which restores its libraries, is not on the PATH").NeverSays("QA0000");
        project.Environment["DOTNET_CLI_UI_LANGUAGE"] = "zh-CN";
        (await project.Build("-t:Report")).Exits(1).Says("error QA6020: 无法生成报告：");

        Assert.False(File.Exists(project.Place(Page)));
    }

    // The page's libraries are restored once for all tests.
    private static SdkProject Project() =>
        SdkProject.WithSixQuestions(Properties($"<_ReportLibraries>{SecurityElement.Escape(Repository.Path("artifacts", "report-libraries"))}</_ReportLibraries>"));

    private static string Properties(string more) => $"<PropertyGroup><_QaBuildToolDir>{SecurityElement.Escape(Tasks.ToolFolder)}</_QaBuildToolDir>{more}</PropertyGroup>";

    private static Task<byte[]> Bytes(SdkProject project) => File.ReadAllBytesAsync(project.Place(Page));
}
