using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Linking;

public sealed class LinkTests
{
    private const string Here = "job_dba/skill_sql/qa_m_001.md";
    private const string Beside = "job_dba/skill_sql/qa_l_001.md";
    private const string Blank = "job_dba/skill_my sql/qa_l_007.md";
    private const string Elsewhere = "job_dev/skill_go/qa_l_042.md";
    private const string Comma = "job_dba/skill_a, b/qa_l_009.md";

    private static readonly Dictionary<string, string> Others = new()
    {
        [Beside] = Qa.Text(question: "beside"),
        ["job_dba/skill_sql/qa_l_002.md"] = Qa.Text(question: "beside 2"),
        [Blank] = Qa.Text(question: "blank", skill: "my sql"),
        [Comma] = Qa.Text(question: "comma", skill: "a, b"),
        [Elsewhere] = Qa.Text(question: "elsewhere", job: "dev", skill: "go"),
        ["job_dev/skill_go/qa_l_001.md"] = Qa.Text(question: "same name as beside", job: "dev", skill: "go"),
        ["job_dev/skill_go/qa_l_003.md"] = Qa.Text(question: "same name 1", job: "dev", skill: "go"),
        ["job_dev/skill_js/qa_l_003.md"] = Qa.Text(question: "same name 2", job: "dev", skill: "js"),
        ["job_dev/skill_js/qa_l_004.md"] = Qa.Text(question: "named", job: "dev", skill: "js", front: "id: mvcc/概述"),
    };

    [Theory]
    [InlineData("qa_l_001.md", Beside)]
    [InlineData("qa_l_001", Beside)]
    [InlineData("./qa_l_001.md", Beside)]
    [InlineData("../skill_sql/qa_l_001.md", Beside)]
    [InlineData("../../job_dev/skill_go/qa_l_042.md", Elsewhere)]
    [InlineData("job_dev/skill_go/qa_l_042.md", Elsewhere)]
    [InlineData("/job_dev/skill_go/qa_l_042.md", Elsewhere)]
    [InlineData("job_dev/skill_go/qa_l_042", Elsewhere)]
    [InlineData("qa_l_042.md", Elsewhere)]
    [InlineData("qa_l_042", Elsewhere)]
    [InlineData("mvcc/概述", "job_dev/skill_js/qa_l_004.md")]
    [InlineData("`qa_l_001.md`", Beside)]
    [InlineData("<qa_l_001.md>", Beside)]
    [InlineData("[why](qa_l_001.md)", Beside)]
    [InlineData("[why]( <../skill_my sql/qa_l_007.md> )", Blank)]
    [InlineData("[why](../skill_my%20sql/qa_l_007.md)", Blank)]
    [InlineData("../skill_my sql/qa_l_007.md", Blank)]
    [InlineData("[why](qa_l_001.md \"a title\")", Beside)]
    [InlineData("[why](qa_l_001.md 'a title')", Beside)]
    [InlineData("[why](qa_l_001.md#答案)", Beside)]
    [InlineData("qa_l_001.md#answer", Beside)]
    [InlineData("See also [why](qa_l_001.md), please.", Beside)]
    [InlineData("job_dba/skill_a, b/qa_l_009.md", Comma)]
    [InlineData("- qa_l_001.md", Beside)]
    [InlineData("* qa_l_001.md", Beside)]
    [InlineData("+ qa_l_001.md", Beside)]
    [InlineData("1. qa_l_001.md", Beside)]
    [InlineData("2) qa_l_001.md", Beside)]
    [InlineData("3、qa_l_001.md", Beside)]
    public void A_link_may_be_written_as(string related, string target) => Assert.Equal([target], Parents(related));

    [Theory]
    [InlineData("qa_l_001.md, qa_l_042.md")]
    [InlineData("qa_l_001，qa_l_042")]
    [InlineData("qa_l_001、qa_l_042")]
    [InlineData("qa_l_001; qa_l_042；")]
    [InlineData("qa_l_001\nqa_l_042")]
    [InlineData("- qa_l_001\n\n- qa_l_042\n")]
    [InlineData("[a](qa_l_001.md) and [b](qa_l_042.md)")]
    [InlineData("[a](qa_l_001.md)\n- qa_l_042\n- qa_l_001.md")]
    public void Several_links_keep_their_order(string related) => Assert.Equal([Beside, Elsewhere], Parents(related));

    [Theory]
    [InlineData("")]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("无")]
    [InlineData("没有")]
    [InlineData("N/A")]
    [InlineData("-")]
    [InlineData("—")]
    [InlineData("- 无")]
    [InlineData("\n\n")]
    public void A_question_may_have_no_link(string related) => Assert.Empty(Parents(related));

    [Theory]
    [InlineData("qa_l_000.md", "Did you mean qa_l_001.md, qa_l_002.md")]
    [InlineData("job_dev/skill_go/qa_l_043.md", "Did you mean job_dev/skill_go/qa_l_003.md, job_dev/skill_go/qa_l_042.md")]
    [InlineData("mvcc/概要", "Did you mean mvcc/概述?")]
    public void A_dangling_link_names_the_nearest_files(string related, string suggestion)
    {
        var compiled = Compile("- " + related);
        Assert.Equal(["QA2001(15,3)"], compiled.Found);
        Assert.Contains(suggestion, compiled.Report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../qa_l_001.md")]
    [InlineData("../../../../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("[x](%2e%2e/%2e%2e/%2e%2e/job_dba/skill_sql/qa_l_001.md)")]
    [InlineData("https://example.org/qa_l_001.md")]
    [InlineData("QA_L_001.md")]
    public void A_link_out_of_the_knowledge_base_or_to_nothing_dangles(string related) => Assert.Equal([Rule.DanglingLink], Compile(related).Diagnostics.Where(d => d.Location.Path.Length > 0).Select(d => d.Rule));

    [Fact]
    public void Every_dangling_link_is_reported_at_its_own_place() =>
        Assert.Equal(["QA2001(15,1)", "QA2001(15,8)", "QA2001(17,3)"], Compile("first, second\nqa_l_001\n- third").Found);

    [Theory]
    [InlineData("qa_m_001.md")]
    [InlineData("job_dba/skill_sql/qa_m_001")]
    public void A_link_to_itself_is_reported(string related) => Assert.Equal(["QA2002(15,1)"], Compile(related).Found);

    [Fact]
    public void A_bare_name_of_several_files_elsewhere_is_ambiguous()
    {
        var compiled = Compile("qa_l_003.md");
        Assert.Equal(["QA2003(15,1)"], compiled.Found);
        Assert.Contains("job_dev/skill_go/qa_l_003.md, job_dev/skill_js/qa_l_003.md", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_a_file_that_has_errors_of_its_own_does_not_dangle()
    {
        var compiled = Compiled.Of(new Dictionary<string, string> { [Here] = Qa.Text(level: "m", related: "qa_l_001.md"), [Beside] = "broken" });
        Assert.DoesNotContain("QA2001", compiled.Codes);
        Assert.Contains("QA1004", compiled.Codes);
    }

    [Fact]
    public void A_follow_up_that_is_easier_is_a_warning()
    {
        var compiled = Compiled.Of(new Dictionary<string, string> { [Beside] = Qa.Text(related: "qa_m_001"), [Here] = Qa.Text(question: "b", level: "m") });
        Assert.Equal(["QA2004(15,1)"], compiled.Found);
        Assert.NotNull(compiled.Emitted);
    }

    [Theory]
    [InlineData("qa_m_001")]
    [InlineData("none")]
    public void Mutual_links_and_harder_follow_ups_are_fine(string related) =>
        Assert.Empty(Compiled.Of(new Dictionary<string, string> { [Beside] = Qa.Text(related: related), [Here] = Qa.Text(question: "b", level: "m", related: "qa_l_001") }).Found);

    private static Compiled Compile(string related) => Compiled.Of(new Dictionary<string, string>(Others) { [Here] = Qa.Text(question: "here", level: "m", related: related) });

    private static IEnumerable<string> Parents(string related)
    {
        var compiled = Compile(related);
        Assert.Empty(compiled.Found);
        var graph = compiled.Compilation.Graph;
        return graph.Parents[graph.Units.IndexOf(graph.Units.Single(u => u.File.RelativePath == Here))].Select(p => graph.Units[p].File.RelativePath);
    }
}
