using System.Globalization;
using System.Text;

namespace QaBuild.Dataset.Review;

/// <summary>The name of a reviewer: letters of any script, digits, blanks and what stands in names, so that a line of 校对信息 can hold no Markdown, no markup and no second line.</summary>
internal static class ReviewerName
{
    private const int Longest = 100;
    private const string Marks = ".-_'’·@&()";

    /// <summary>The name without blanks around it; null when it is none.</summary>
    public static string? Of(string text)
    {
        var name = text.Trim();
        return name.Length is > 0 and <= Longest && (char.IsLetterOrDigit(name, 0) || name[0] == '@') && name.EnumerateRunes().All(IsOfName) && !SignOff.AreIn(name) ? name : null;
    }

    private static bool IsOfName(Rune rune) => rune.Value != Rune.ReplacementChar.Value && Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => true,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber => true,
        _ => rune.Value == ' ' || (rune.IsBmp && Marks.Contains((char)rune.Value, StringComparison.Ordinal)),
    };
}
