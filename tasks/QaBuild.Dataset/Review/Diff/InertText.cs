using System.Globalization;
using System.Text;

namespace QaBuild.Dataset.Review.Diff;

/// <summary>Puts text of a pull request into Markdown so that it is only shown: no link, no mention, no HTML comes of it.</summary>
internal static class InertText
{
    /// <summary>A code span of one line.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="longest">What is longer is cut.</param>
    public static string Code(string text, int longest = 200)
    {
        var line = Cut(Visible(text, keepLines: false).Trim(), longest);
        if (line.Length == 0)
        {
            return "` `";
        }

        var fence = new string('`', LongestRun(line, '`') + 1);
        return line[0] == '`' || line[^1] == '`' ? $"{fence} {line} {fence}" : fence + line + fence;
    }

    /// <summary>A code span for a table, whose cells a bar ends even there.</summary>
    public static string Cell(string text, int longest = 100) => Code(text, longest).Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>Text for a <c>pre</c> element, in which nothing is Markdown.</summary>
    public static string Html(string text, int longest) =>
        Cut(Visible(text, keepLines: true), longest).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Text for a terminal: a line, without what would move its cursor.</summary>
    public static string Line(string text, int longest = 200) => Cut(Visible(text, keepLines: false), longest);

    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)] + "…";

    // What turns the direction of a line around makes a reader see another text than the one that is there.
    private static string Visible(string text, bool keepLines)
    {
        var visible = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            visible.Append(c switch
            {
                '\n' when keepLines => '\n',
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => ' ',
                (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' or '\u061c' => '\uFFFD',
                _ when char.IsSurrogate(c) => c,
                _ => CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.OtherNotAssigned ? '\uFFFD' : c,
            });
        }

        return visible.ToString();
    }

    private static int LongestRun(string text, char mark)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
        {
            run = c == mark ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
