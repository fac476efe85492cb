using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>
/// Tells an answer that breaks off: it ends with a comma, a word that joins, an open bracket or quotation mark, a colon, a heading or an empty list item. An answer without a
/// full stop may well be whole, and so may a line of code, a greeting, a verse or a form: only a line with some words can break off at a comma, a word or a colon.
/// </summary>
internal static class CutOff
{
    private const int FewestWords = 5, FewestWordsAlone = 12;
    private static readonly string[] Joining = ["and", "or", "but", "because", "the", "a", "an", "of"];
    private static readonly string[] JoiningHan = ["以及", "并且", "而且", "但是", "因为", "如果", "例如", "比如", "或者", "其中包括"];

    /// <summary>Where the passage begins with which an answer breaks off; -1 when it does not.</summary>
    public static int Find(ReadOnlySpan<char> answer)
    {
        var text = answer.TrimEnd();
        var start = text.IsEmpty ? -1 : EndOf(text);
        return start >= 0 && !EndsInCode(text) ? start : -1;
    }

    private static int EndOf(ReadOnlySpan<char> text)
    {
        var lineStart = text.LastIndexOf('\n') + 1;
        var line = text[lineStart..];
        switch (text[^1])
        {
            case ',' or '，' or '、':
                return HasWords(line, lineStart > 0 ? FewestWords : FewestWordsAlone) ? text.Length - 1 : -1;
            case ':' or '：':
                return HasWords(line) && !IsForm(text[..lineStart]) ? text.Length - 1 : -1;
            case '（' or '【' or '「' or '『' or '《' or '“' or '‘' or '(' or '[':
                return lineStart > 0 || HasWords(line) ? text.Length - 1 : -1;
            case >= 'a' and <= 'z':
                return EndsInJoiningWord(line) ? lineStart + line.LastIndexOf(' ') + 1 : IsHeading(line) && lineStart > 0 ? lineStart : -1;
            case '-' or '*' or '+' or '.' or ')':
                return IsEmptyItem(text[..lineStart], line) ? lineStart : -1;
            default:
                return EndsInJoiningHan(line) is > 0 and var word ? text.Length - word : IsHeading(line) && lineStart > 0 ? lineStart : -1;
        }
    }

    private static bool HasWords(ReadOnlySpan<char> line, int fewest = FewestWords) => PlainWords.Of(line) is var words && words.Latin + (words.Han / 2) >= fewest;

    // Name: / Age: / Remarks:
    private static bool IsForm(ReadOnlySpan<char> before) => before.TrimEnd() is [.., ':' or '：' or '?' or '？'];

    private static bool EndsInJoiningWord(ReadOnlySpan<char> line)
    {
        var blank = line.LastIndexOf(' ');
        if (blank <= 0 || !char.IsAsciiLetterOrDigit(line[blank - 1]))
        {
            return false;
        }

        foreach (var word in Joining)
        {
            if (line[(blank + 1)..].SequenceEqual(word))
            {
                return HasWords(line);
            }
        }

        return false;
    }

    private static int EndsInJoiningHan(ReadOnlySpan<char> line)
    {
        foreach (var word in JoiningHan)
        {
            if (line.EndsWith(word) && HasWords(line))
            {
                return word.Length;
            }
        }

        return 0;
    }

    // A single mark may be a comment of a program.
    private static bool IsHeading(ReadOnlySpan<char> line) => line.StartsWith("##") && line.TrimStart('#') is [' ', ..];

    private static bool IsEmptyItem(ReadOnlySpan<char> before, ReadOnlySpan<char> line)
    {
        const int LongestMark = 4;
        var item = line.Trim();
        if (item.Length > LongestMark)
        {
            return false;
        }

        before = before.TrimEnd();
        var previous = before[(before.LastIndexOf('\n') + 1)..].TrimStart();
        return item.Length == 1
            ? previous.Length > 2 && previous[0] == item[0] && previous[1] == ' '
            : !item[..^1].ContainsAnyExceptInRange('0', '9') && previous.IndexOfAnyExceptInRange('0', '9') is > 0 and var digits && previous[digits] == item[^1];
    }

    private static bool EndsInCode(ReadOnlySpan<char> text)
    {
        if (text.IndexOf("```") < 0 && text.IndexOf("~~~") < 0)
        {
            return false;
        }

        var fence = default(CodeFence);
        foreach (var range in text.Split('\n'))
        {
            fence = fence.After(text[range]);
        }

        return fence.IsOpen;
    }
}
