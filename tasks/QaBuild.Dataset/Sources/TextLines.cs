namespace QaBuild.Dataset.Sources;

/// <summary>Lines and places in text.</summary>
internal static class TextLines
{
    /// <summary>The 1-based place just after <paramref name="text"/>.</summary>
    public static (int Line, int Column) End(this ReadOnlySpan<char> text)
    {
        var last = text.LastIndexOf('\n');
        return (text.Count('\n') + 1, text.Length - last);
    }

    /// <summary>Turns every <c>\r\n</c> and lone <c>\r</c> into <c>\n</c>.</summary>
    public static string WithLineFeeds(string text) =>
        text.Contains('\r') ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : text;

    /// <summary>Whether a line holds nothing but blanks and tabs.</summary>
    public static bool IsBlank(this ReadOnlySpan<char> line) => line.IndexOfAnyExcept(' ', '\t') < 0;
}
