using QaBuild.Dataset.Importing;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Importing;

/// <summary>A new file stands where the KB expects it, and takes nobody's place.</summary>
public sealed class NewQaTests
{
    [Fact]
    public void The_next_number_of_any_level_is_taken_and_nothing_is_overwritten()
    {
        using var kb = new TemporaryFolder();
        kb.Write("job_dba/skill_sql/qa_l_001.md", Qa.Text());
        kb.Write("job_dba/skill_sql/qa_h_007.md", Qa.Text(level: "h"));

        Assert.Equal("qa_l_008.md", Path.GetFileName(Write(kb, "dba", "sql").Path));
        Assert.Equal("qa_l_009.md", Path.GetFileName(Write(kb, "dba", "sql").Path));
    }

    [Fact]
    public void A_job_and_skill_in_another_spelling_are_the_ones_that_are_there()
    {
        using var kb = new TemporaryFolder();
        kb.Write("job_Application Developer/skill_SQL/qa_l_001.md", Qa.Text(job: "Application Developer", skill: "SQL"));

        var written = Write(kb, "application  developer", "sql");

        Assert.Equal(Path.Combine(kb.Path, "job_Application Developer", "skill_SQL", "qa_l_002.md"), written.Path);
        Assert.StartsWith("## Job\n\nApplication Developer\n\n## Skill\n\nSQL\n\n## Difficulty\n\nl\n\n", File.ReadAllText(written.Path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_question_and_answer_are_missing_and_their_lines_are_told(bool chinese)
    {
        using var kb = new TemporaryFolder();
        var written = NewQa.Write(kb.Path, "CI/CD", "备份", Level.High, chinese, default);

        var compiled = Compiled.At(kb.Path);

        Assert.Equal(Path.Combine(kb.Path, "job_CI_CD", "skill_备份", "qa_h_001.md"), written.Path);
        Assert.Equal(["QA1006", "QA1006"], compiled.Codes.Where(c => c.StartsWith("QA1", StringComparison.Ordinal)));
        Assert.Equal([written.QuestionLine, written.AnswerLine], compiled.Diagnostics.Where(d => d.Code == "QA1006").Select(d => d.Location.Line));
        Assert.Equal(chinese ? "## 问题" : "## Question", File.ReadAllLines(written.Path)[written.QuestionLine - 1]);
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("/etc")]
    [InlineData("..\\..\\x")]
    public void No_name_leads_out_of_the_kb(string name)
    {
        using var kb = new TemporaryFolder();

        Assert.StartsWith(kb.Path + Path.DirectorySeparatorChar, Path.GetFullPath(Write(kb, name, name).Path), StringComparison.Ordinal);
        Assert.False(NewQa.IsName(".."));
        Assert.False(NewQa.IsName(" "));
    }

    [Fact]
    public void A_folder_that_leads_elsewhere_gets_no_file()
    {
        using var kb = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        Directory.CreateSymbolicLink(Path.Combine(kb.Path, "job_dba"), elsewhere.Path);

        Assert.Throws<IOException>(() => Write(kb, "dba", "sql"));

        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere.Path));
    }

    private static NewQa Write(TemporaryFolder kb, string job, string skill) => NewQa.Write(kb.Path, job, skill, Level.Low, chinese: false, default);
}
