using System.Globalization;
using System.Text;

namespace QaBuild.Model.Evaluation;

/// <summary>
/// What texts are compared by: words of letters and digits, each character of Chinese and Japanese script, and each other mark by itself. White space only parts.
/// </summary>
public static class MetricTokens
{
    /// <summary>The tokens of a text, in the text's own case.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<string>();
        var word = new StringBuilder();
        void EndWord()
        {
            if (word.Length > 0)
            {
                tokens.Add(word.ToString());
                word.Clear();
            }
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                EndWord();
            }
            else if (!IsOfAWord(rune) || StandsAlone(rune))
            {
                EndWord();
                tokens.Add(rune.ToString());
            }
            else
            {
                word.Append(rune.ToString());
            }
        }

        EndWord();
        return tokens;
    }

    private static bool IsOfAWord(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation;

    // Scripts that put no space between words: Han with its extensions, and kana.
    private static bool StandsAlone(Rune rune) => rune.Value is (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF) or (>= 0x3040 and <= 0x30FF);
}
