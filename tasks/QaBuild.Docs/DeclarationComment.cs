using System.Text;

namespace QaBuild.Docs;

/// <summary>The keys of a comment that explains a declaration: <c>default: …</c>, <c>en: …</c>, <c>zh: …</c>; a text may go on in the next line.</summary>
internal sealed class DeclarationComment
{
    private static readonly string[] Keys = ["property", "item", "target", "group", "group zh", "default", "default zh", "en", "zh"];
    private readonly Dictionary<string, string> _texts = [];

    private DeclarationComment()
    {
    }

    public string? this[string key] => _texts.GetValueOrDefault(key);

    /// <summary>Null for a comment of any other kind, which begins with none of the keys.</summary>
    public static DeclarationComment? Parse(string comment)
    {
        var parsed = new DeclarationComment();
        string? current = null;
        foreach (var line in comment.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && Keys.Contains(line[..colon]))
            {
                current = line[..colon];
                parsed._texts[current] = line[(colon + 1)..].Trim();
            }
            else if (current is null)
            {
                return null;
            }
            else
            {
                parsed._texts[current] = Joined(parsed._texts[current], line);
            }
        }

        return current is null ? null : parsed;
    }

    // Chinese is written without blanks between its words.
    private static string Joined(string first, string second) =>
        first.Length > 0 && second.Length > 0 && !(Rune.GetRuneAt(first, first.Length - 1).IsAscii || Rune.GetRuneAt(second, 0).IsAscii) ? first + second : $"{first} {second}".Trim();
}
