using System.Globalization;
using System.Text.RegularExpressions;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Diagnostics;

public sealed class MessageTests
{
    private static readonly Diagnostic Finding = Compiled.Of(Qa.Text(level: "x")).Diagnostics.First(d => d.Code == "QA1009");

    [Theory]
    [InlineData("", "is not a level")]
    [InlineData("en-US", "is not a level")]
    [InlineData("tr-TR", "is not a level")]
    [InlineData("zh-CN", "不是")]
    [InlineData("zh-Hant-TW", "不是")]
    public void Messages_are_Chinese_for_Chinese_readers_and_English_for_all_others(string culture, string part) =>
        Assert.Contains(part, Finding.Message(CultureInfo.GetCultureInfo(culture)), StringComparison.Ordinal);

    [Theory]
    [InlineData("x\nkb/a.md(1,1): error QA9999: forged")]
    [InlineData("x\u2028y")]
    [InlineData("x\u0085y\u001B[31m")]
    public void A_message_is_one_line_whatever_the_source_holds(string level)
    {
        var compiled = Compiled.Of(Qa.Text(level: level, front: "\"a\\nb\\u2028\": 1"));
        Assert.True(compiled.Diagnostics.Count > 1);
        Assert.All(compiled.Diagnostics, d => Assert.DoesNotMatch("[\n\r\u0085\u2028\u2029\u001B]", d.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_message_quotes_no_more_than_a_few_hundred_characters() =>
        Assert.InRange(Compiled.Of(Qa.Text(level: new string('x', 100_000))).Report.Length, 300, 1500);

    [Fact]
    public void Placeholders_and_braces_in_the_source_are_text() =>
        Assert.Contains("'{0} {1:X} {'", Compiled.Of(Qa.Text(level: "{0} {1:X} {")).Report, StringComparison.Ordinal);

    [Fact]
    public void Every_rule_has_texts_in_both_languages_with_the_same_placeholders()
    {
        Assert.Equal(Enum.GetValues<Rule>().Order(), Catalogue.Default.Entries.Select(e => e.Rule));
        Assert.All(Catalogue.Default.Entries, e =>
        {
            Assert.Equal(Placeholders(e.Message.En), Placeholders(e.Message.Zh));
            Assert.All([e.Title, e.Message], t => Assert.True(t.En.Length > 0 && Regex.IsMatch(t.Zh, @"\p{IsCJKUnifiedIdeographs}"), e.Code));
        });
    }

    private static IEnumerable<string> Placeholders(string message) => Regex.Matches(message, @"\{\d\}").Select(m => m.Value).Distinct().Order();
}
