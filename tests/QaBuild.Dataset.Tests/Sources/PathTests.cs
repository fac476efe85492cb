using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Sources;

public sealed class PathTests
{
    [Theory]
    [InlineData("job_dba/skill_sql/notes.md", "QA1001")]
    [InlineData("job_dba/skill_sql/deeper/qa_l_001.md", "QA1001")]
    [InlineData("job_dba/qa_l_001.md", "QA1001")]
    [InlineData("qa_l_001.md", "QA1001")]
    [InlineData("dba/skill_sql/qa_l_001.md", "QA1001")]
    [InlineData("job_dba/sql/qa_l_001.md", "QA1001")]
    [InlineData("job_/skill_sql/qa_l_001.md", "QA1001")]
    [InlineData("job_dba/skill_/qa_l_001.md", "QA1001")]
    [InlineData("job_dba/skill_sql/qa_l.md", "QA1001")]
    [InlineData("job_dba/skill_sql/qa_x_001.md", "QA1002")]
    [InlineData("job_dba/skill_sql/qa_L_001.md", "QA1002")]
    [InlineData("job_dba/skill_sql/qa__001.md", "QA1002")]
    [InlineData("job_dba/skill_sql/qa_l_.md", "QA1003")]
    [InlineData("job_dba/skill_sql/qa_l_1a.md", "QA1003")]
    [InlineData("job_dba/skill_sql/qa_l_-1.md", "QA1003")]
    [InlineData("job_dba/skill_sql/qa_l_99999999999.md", "QA1003")]
    [InlineData("job_dba/skill_sql/qa_l_１.md", "QA1003")]
    [InlineData("job_dba/skill_sql/qa_x_y.md", "QA1002 QA1003")]
    public void A_path_of_another_shape_is_reported(string path, string codes) =>
        Assert.Equal(codes.Split(' '), Compiled.Of(new Dictionary<string, string> { [path] = Qa.Text() }).Codes.Where(c => c.StartsWith("QA100", StringComparison.Ordinal)));

    [Theory]
    [InlineData("dba", "dba")]
    [InlineData("数据库管理员", "数据库管理员")]
    [InlineData("Datenbankprüferin", "Datenbankprüferin")]
    [InlineData("Application Developer", "Application Developer")]
    [InlineData("администратор", "администратор")]
    [InlineData("JSON_Full", "JSON Full")]
    [InlineData("CI-CD", "CI/CD")]
    [InlineData("dba", "DBA")]
    [InlineData("it's #1 100%", "it's #1 100%")]
    [InlineData("emoji 😀", "emoji 😀")]
    public void Names_may_be_of_any_script_and_hold_blanks(string folder, string name)
    {
        var compiled = Compiled.Of(new Dictionary<string, string> { [$"job_{folder}/skill_{folder}/qa_l_1.md"] = Qa.Text(job: name, skill: name) });
        Assert.Empty(compiled.Found);
        Assert.Equal((name, name), (compiled.Unit.Job, compiled.Unit.Skill));
    }

    [Theory]
    [InlineData("dev", "sql", "l", "QA1008(3,1)")]
    [InlineData("dba", "nosql", "l", "QA1008(7,1)")]
    [InlineData("dba", "sql", "h", "QA1008(11,1)")]
    [InlineData("dev", "nosql", "h", "QA1008(3,1) QA1008(7,1) QA1008(11,1)")]
    public void Section_and_path_must_agree(string job, string skill, string level, string found) =>
        Assert.Equal(found.Split(' '), Compiled.Of(Qa.Text(job: job, skill: skill, level: level)).Found);

    [Fact]
    public void A_disagreement_a_bad_level_a_bad_key_and_an_empty_section_are_reported_at_once() =>
        Assert.Equal(["QA1022(2,1)", "QA1008(6,1)", "QA1009(14,1)", "QA1006(24,1)"], Compiled.Of(Qa.Text(job: "dev", level: "x", answer: "", front: "foo: 1")).Found);

    [Fact]
    public void The_message_of_a_disagreement_names_both() =>
        Assert.Contains("'## Job' says 'dev' but the path says 'dba'", Compiled.Of(Qa.Text(job: "dev")).Report, StringComparison.Ordinal);

    [Fact]
    public void Other_Markdown_is_none_of_ours() =>
        Assert.Equal(["QA1026"], Compiled.Of(new Dictionary<string, string> { ["notes.md"] = "x", ["README.md"] = "y", ["job_dba/skill_sql/README.md"] = "z" }).Codes);

    [Fact]
    public void Hidden_folders_artifacts_and_packages_are_passed_over() =>
        Assert.Equal(
            ["job_dba/skill_sql/qa_l_001"],
            Compiled.Of(new Dictionary<string, string>
            {
                [Qa.Path] = Qa.Text(), [".git/qa_l_1.md"] = "", ["artifacts/qa_l_1.md"] = "", ["node_modules/qa_l_1.md"] = "", ["job_dba/.hidden/qa_l_1.md"] = "",
            }).Units.Select(u => u.Id));
}
