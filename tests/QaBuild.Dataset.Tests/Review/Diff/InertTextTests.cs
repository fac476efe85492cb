using QaBuild.Dataset.Review.Diff;

namespace QaBuild.Dataset.Tests.Review.Diff;

public sealed class InertTextTests
{
    [Theory]
    [InlineData("plain", "`plain`")]
    [InlineData("@octocat fixes #1 <b>", "`@octocat fixes #1 <b>`")]
    [InlineData("a ` b", "``a ` b``")]
    [InlineData("`", "`` ` ``")]
    [InlineData("``` [x](javascript:alert(1))", "```` ``` [x](javascript:alert(1)) ````")]
    [InlineData("one\n\n# two\r\n", "`one  # two`")]
    [InlineData("", "` `")]
    [InlineData(" \u0007 ", "` `")]
    [InlineData("a\u202eb\u2028c", "`a\uFFFDb c`")]
    [InlineData("0123456789+", "`0123456789…`")]
    public void In_a_code_span_no_text_is_more_than_text(string text, string shown) => Assert.Equal(shown, InertText.Code(text, 28 - (text.StartsWith('0') ? 18 : 0)));

    [Fact]
    public void A_bar_does_not_end_a_cell_and_a_pair_of_surrogates_is_not_cut()
    {
        Assert.Equal("`a\\|b`", InertText.Cell("a|b"));
        Assert.Equal("`ab…`", InertText.Code("ab😀", 3));
    }

    [Fact]
    public void In_an_element_nothing_is_markup() => Assert.Equal("&lt;/pre&gt;&amp;lt;\n**x**", InertText.Html("</pre>&lt;\n**x**", 100));
}
