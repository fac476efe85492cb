using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Content;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Content;

/// <summary>Texts made to be slow to judge, a million characters each. What takes quadratic time does not come back from these.</summary>
public sealed class HostileTextTests
{
    private const int Size = 1 << 20;

    public static TheoryData<string> Pieces =>
    [
        "a@", "a@b.cc ", "4", "4 ", "139 ", "4539 ", "eyJ", "eyJ.", "eyJhbGciOiJIUzI1NiJ9.eyJ.eyJ ", "sk-", "ghp_", "AKIA", "xoxb-", "AccountKey=",
        "-----BEGIN PRIVATE KEY-----", "://", "://a:b", "http://u:pQ7x@", "password=", "user= password=aB3#xyzz ", "`", "`a``b", "](", "[a](b.cc) ", "[](<", "```\n", "\n", "#\n", "- \n", "中", "中 aa ", ".", " ", "\ud800", "\udc00@", "1.\n", "，",
    ];

    [Theory]
    [MemberData(nameof(Pieces))]
    public void A_long_text_is_judged_and_nothing_is_thrown(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, Size / piece.Length));
        using var folder = new TemporaryFolder();
        var checks = new ContentChecks(new CompilationOptions { KbRoot = folder.Path }, new KbFiles(folder.Path).Holds);
        foreach (var question in (string[])["这是什么问题？", text])
        {
            var unit = Unit(folder.Path, question, text);
            var bag = new DiagnosticBag();
            checks.Check(unit, bag);

            Assert.True(!checks.IsClean(new MarkedText(question), new MarkedText(text)) || bag.Paths().Count == 0);
            Assert.Equal(AnswerFacts.Of(new MarkedText(text)), AnswerFacts.Of(new MarkedText(text)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("a@")]
    [InlineData("@a.b")]
    [InlineData("://")]
    [InlineData("eyJ")]
    [InlineData("sk-")]
    [InlineData("password")]
    [InlineData("password=")]
    [InlineData("host= password='")]
    [InlineData("AccountKey=")]
    [InlineData("-----BEGIN")]
    [InlineData("](")]
    [InlineData("[](<")]
    [InlineData("`")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData("##")]
    [InlineData("：")]
    [InlineData(" ")]
    public void A_text_that_ends_where_more_is_expected_is_clean(string text)
    {
        var checks = new ContentChecks(new CompilationOptions { KbRoot = "kb" }, _ => false);
        var bag = new DiagnosticBag();
        checks.Check(Unit("kb", "?", text), bag);

        Assert.Empty(bag.Sorted());
        Assert.True(checks.IsClean(new MarkedText("?"), new MarkedText(text)));
    }

    private static QaUnit Unit(string root, string question, string answer) =>
        new(new UnitText("dba", "sql", new SectionText(question, 1, 1, 2), new SectionText(answer, 3, 1, 4), new SectionText("", 5, 1, 5)))
        {
            File = new SourceList(root, [Path.Combine(root, Qa.Path)], []).Sources[0],
            Id = "x",
            Level = Level.Low,
            Related = new SectionText("", 1, 1, 1),
            FrontMatter = FrontMatter.Empty,
        };
}
