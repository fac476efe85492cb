using System.Text;

namespace QaBuild.Dataset.Importing;

/// <summary>A name of a job or a skill, and the folder it may safely have.</summary>
/// <param name="Text">As the section has it.</param>
/// <param name="Folder">Without anything that a path reads otherwise; the compiler takes it for the same name.</param>
internal readonly record struct SafeName(string Text, string Folder)
{
    // A folder's name has at most 255 bytes, and a prefix goes before it.
    private const int LongestInBytes = 200;

    /// <summary>The name made safe, or null when nothing of it is left.</summary>
    public static SafeName? Of(string? name)
    {
        var text = new StringBuilder();
        var bytes = 0;
        foreach (var rune in (name ?? "").EnumerateRunes())
        {
            var kept = rune.Value switch
            {
                '\t' or '\n' or '\u2028' or '\u2029' => new Rune(' '),
                '<' or '>' or '"' or '|' or '?' or '*' => new Rune('_'),
                _ => rune,
            };
            if (Rune.IsControl(kept) || kept == Rune.ReplacementChar)
            {
                continue;
            }

            bytes += kept.Utf8SequenceLength;
            if (bytes > LongestInBytes)
            {
                break;
            }

            text.Append(kept.ToString());
        }

        var trimmed = text.ToString().TrimStart('.', ' ').Trim().TrimEnd('.', ' ');
        return trimmed.Length == 0 ? null : new SafeName(trimmed, string.Concat(trimmed.Select(c => c is '/' or '\\' or ':' ? '_' : c)));
    }
}
