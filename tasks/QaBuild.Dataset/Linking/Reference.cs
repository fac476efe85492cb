using System.Text.RegularExpressions;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Linking;

/// <summary>What an author wrote to name a related question.</summary>
/// <param name="Target">As written, without bullet, brackets, title or fragment.</param>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based.</param>
internal sealed record Reference(string Target, int Line, int Column);

/// <summary>Reads the text of 关联问题: one reference a line or separated by commas, as bullet or not, plain or as Markdown link.</summary>
internal static partial class References
{
    private static readonly AsciiSet NotPlain = new("()<>%#`\"' \t\n");

    /// <summary>The target of a text that is one plain link and nothing else, as in most files of a large KB; empty for any other text.</summary>
    public static ReadOnlySpan<char> Only(string text) => PlainLink(text.AsSpan(text.StartsWith("- [", StringComparison.Ordinal) ? 2 : 0));

    public static List<Reference> In(SectionText section, Vocabulary vocabulary, Func<string, bool> isKnown)
    {
        var references = new List<Reference>();
        if (!section.Text.Contains('\n'))
        {
            AddThoseOf(section.Text, section.BodyLine, vocabulary, isKnown, references);
            return references;
        }

        var number = section.BodyLine;
        foreach (var line in section.Text.Split('\n'))
        {
            AddThoseOf(line, number++, vocabulary, isKnown, references);
        }

        return references;
    }

    private static void AddThoseOf(string line, int number, Vocabulary vocabulary, Func<string, bool> isKnown, List<Reference> references)
    {
        if (string.IsNullOrWhiteSpace(line) || vocabulary.SaysNone(line))
        {
            return;
        }

        var start = line.StartsWith("- [", StringComparison.Ordinal) ? 2 : Bullet().Match(line).Length;
        var item = line[start..].TrimEnd();
        if (item.Length == 0 || vocabulary.SaysNone(item))
        {
            return;
        }

        if (PlainLink(item) is { IsEmpty: false } plain)
        {
            references.Add(new Reference(plain.ToString(), number, start + 1));
            return;
        }

        var links = MarkdownLink().Matches(item);
        if (links.Count > 0)
        {
            foreach (Match link in links)
            {
                var target = link.Groups["angle"].Success ? link.Groups["angle"] : link.Groups["plain"];
                references.Add(new Reference(Clean(target.Value), number, start + link.Index + 1));
            }

            return;
        }

        // A name may itself hold a comma, so the whole line goes first.
        if (isKnown(Clean(item)))
        {
            references.Add(new Reference(Clean(item), number, start + 1));
            return;
        }

        foreach (Match part in Part().Matches(item))
        {
            if (!vocabulary.SaysNone(part.Value))
            {
                references.Add(new Reference(Clean(part.Value), number, start + part.Index + 1));
            }
        }
    }

    // Without anything in its target to take off or decode.
    private static ReadOnlySpan<char> PlainLink(ReadOnlySpan<char> item)
    {
        var middle = item.IndexOf("](");
        return middle > 0 && item[0] == '[' && item[^1] == ')'
            && item[1..middle].IndexOfAny('[', ']', '\n') < 0
            && item[(middle + 2)..^1] is var target
            && NotPlain.First(target) < 0
                ? target
                : default;
    }

    private static string Clean(string target)
    {
        var bare = target.Trim().Trim('`').Trim('<', '>').Trim();
        var fragment = bare.IndexOf(".md#", StringComparison.OrdinalIgnoreCase);
        bare = fragment < 0 ? bare : bare[..(fragment + 3)];
        return bare.Contains('%') ? Uri.UnescapeDataString(bare) : bare;
    }

    [GeneratedRegex(@"^\s*(?:[-*+]\s+|\d{1,9}[.)、]\s*)?", RegexOptions.CultureInvariant)]
    private static partial Regex Bullet();

    [GeneratedRegex("""\[[^\[\]]*\]\(\s*(?:<(?<angle>[^<>]*)>|(?<plain>[^\s()]+))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)""", RegexOptions.CultureInvariant)]
    private static partial Regex MarkdownLink();

    [GeneratedRegex(@"[^\s,，、;；](?:[^,，、;；]*[^\s,，、;；])?", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
