using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>Where the files of a project may stand.</summary>
public sealed class LayoutTests
{
    [Fact]
    public async Task Folders_may_have_blanks_and_chinese_names()
    {
        using var project = SdkProject.WithSixQuestions(below: "我的 知识库 (v1)");
        project.Write("kb/job_数据库管理员/skill_备份 与恢复/qa_h_001.md", Qa.Text("怎样备份?", "用 pg_basebackup。", "数据库管理员", "备份 与恢复", "h", front: "split: test"));

        (await project.Build()).Exits(0).Says("test.jsonl 2");

        Assert.Contains("{\"prompt\":\"怎样备份?\",\"completion\":\"用 pg_basebackup。<|endoftext|>\"}", project.Rows("test"));
        Assert.True(await project.IsUpToDate());
        (await project.Build("-t:Clean")).Exits(0);
        Assert.Empty(project.Outputs());
    }

    [Fact]
    public async Task The_kb_may_stand_elsewhere()
    {
        using var project = new SdkProject("<PropertyGroup><KbRoot>../elsewhere/my kb</KbRoot></PropertyGroup>", below: "project");
        project.Ask(1, split: "train", kb: "../elsewhere/my kb");
        project.Ask(2, split: "valid", kb: "../elsewhere/my kb");
        project.Ask(3, split: "test", kb: "../elsewhere/my kb");

        (await project.Build()).Exits(0).Says("(rows: train.jsonl 1, valid.jsonl 1, test.jsonl 1)");

        Assert.True(await project.IsUpToDate());
        Assert.Contains("\"source\":\"job_dba/skill_sql/qa_l_001.md\"", await File.ReadAllTextAsync(Path.Combine(project.Dataset, "manifest.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kb_may_be_the_projects_own_folder()
    {
        using var project = new SdkProject();
        project.Ask(1, split: "train", kb: ".");
        project.Ask(2, split: "valid", kb: ".");
        project.Ask(3, split: "test", kb: ".");

        // None of these is a source.
        project.Write("README.md", "# Questions\n");
        project.Write("job_dba/README.zh-CN.md", "# 问题\n");
        project.Write("artifacts/job_dba/skill_sql/qa_l_009.md", "not a source");
        project.Write(".git/job_dba/qa_l_009.md", "not a source");

        (await project.Build()).Exits(0).NeverSays("QA").Says("(rows: train.jsonl 1, valid.jsonl 1, test.jsonl 1)");
        Assert.True(await project.IsUpToDate());
    }

    [Fact]
    public async Task A_project_may_take_sources_away_and_choose_its_own()
    {
        using var project = SdkProject.WithSixQuestions("""<ItemGroup><Qa Remove="kb/job_dba/skill_sql/qa_l_001.md" /></ItemGroup>""");
        (await project.Build()).Exits(0).Says("train.jsonl 3");
        Assert.DoesNotContain(project.Rows("train"), r => r.Contains("number 1?", StringComparison.Ordinal));

        var chosen = project.AddProject("Chosen.proj", """
            <PropertyGroup><EnableDefaultQaItems>false</EnableDefaultQaItems><DatasetDir>chosen</DatasetDir></PropertyGroup>
            <ItemGroup><Qa Include="kb/**/qa_l_002.md;kb/**/qa_l_005.md;kb/**/qa_l_006.md" /></ItemGroup>
            """);
        using var build = Command.Dotnet(project.Folder, null, "build", chosen, "-nologo", "-tl:off");
        (await build.Ends()).Exits(0).Says("(rows: train.jsonl 1, valid.jsonl 1, test.jsonl 1)");
        Assert.Contains("number 2?", Assert.Single(await File.ReadAllLinesAsync(project.Place("chosen/train.jsonl"))), StringComparison.Ordinal);
    }
}
