using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Diagnostics;

public sealed class HelpPageTests
{
    [Fact]
    public void A_page_in_English_explains_a_code_and_shows_the_fault_and_its_mend() => Snapshot.Match(Page(Rule.MissingSection, "en"), "md");

    [Fact]
    public void A_page_in_Chinese_explains_a_code_and_shows_the_fault_and_its_mend() => Snapshot.Match(Page(Rule.MissingSection, "zh-CN"), "md");

    [Fact]
    public void An_option_that_is_the_fault_stands_before_the_files_and_files_are_not_repeated()
    {
        var page = Page(Rule.BadOption, "en");

        Assert.Contains("## Example\n\nCompiled with `-p:DatasetFormat=chatml`\n", page, StringComparison.Ordinal);
        Assert.Contains("## Mended\n\nCompiled with `-p:DatasetFormat=chat`\n\nAs before: `", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Rule.ByteOrderMark, "\n[U+FEFF]## 职业\n")]
    [InlineData(Rule.CarriageReturn, "\n## Job␍\n")]
    [InlineData(Rule.ControlCharacter, "␛[31mERROR:")]
    public void What_no_reader_would_see_is_shown_as_a_mark(Rule rule, string expected)
    {
        var page = Page(rule, "en");

        Assert.Contains(expected, page, StringComparison.Ordinal);
        Assert.DoesNotContain(page, c => c is '\ufeff' || (char.IsControl(c) && c is not '\n'));
    }

    [Fact]
    public void Every_code_gets_a_page_in_each_language()
    {
        using var folder = new TemporaryFolder();

        HelpPage.WriteAll(folder.Path);

        var expected = Enum.GetValues<Rule>().Select(Catalogue.CodeOf).SelectMany(c => new[] { $"{c}.md", $"{c}.zh-CN.md" });
        Assert.Equal(expected.Order(StringComparer.Ordinal), Directory.GetFiles(folder.Path).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Equal(Page(Rule.SelfLink, "zh"), File.ReadAllText(Path.Combine(folder.Path, "QA2002.zh-CN.md")));
    }

    private static string Page(Rule rule, string culture) => HelpPage.Write(Catalogue.Default[rule], CultureInfo.GetCultureInfo(culture));
}
