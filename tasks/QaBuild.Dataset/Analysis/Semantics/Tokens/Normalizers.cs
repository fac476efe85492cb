using System.Globalization;
using System.Text;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Semantics.Tokens;

/// <summary>What tokenizers do to a text before they cut it.</summary>
internal static class Normalizers
{
    /// <summary>A Unicode form; of any text, lone surrogates replaced.</summary>
    public static string Form(string text, NormalizationForm form) => Ascii.IsValid(text) ? text : CompatibleForm.Valid(text).Normalize(form);

    /// <summary>Letters without their accents, decomposed.</summary>
    public static string WithoutAccents(string text) =>
        Ascii.IsValid(text) ? text : Map(Form(text, NormalizationForm.FormD), (rune, result) => result.Append(Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark ? "" : rune.ToString()));

    /// <summary>BERT's cleaning: no control characters, and every white space a blank.</summary>
    public static string Clean(string text) => Map(text, (rune, result) =>
    {
        if (Rune.IsWhiteSpace(rune))
        {
            result.Append(' ');
        }
        else if (rune.Value is not (0 or 0xFFFD) && !IsControl(rune))
        {
            Append(result, rune);
        }
    });

    /// <summary>Blanks around every ideograph, which is thereby a word of its own.</summary>
    public static string ApartIdeographs(string text) => Ascii.IsValid(text) ? text : Map(text, (rune, result) =>
    {
        if (IsIdeograph(rune.Value))
        {
            Append(result.Append(' '), rune);
            result.Append(' ');
        }
        else
        {
            Append(result, rune);
        }
    });

    /// <summary>
    /// What SentencePiece's table <c>nmt_nfkc</c> does, by its rules rather than from the table in the file: the compatibility form, no control characters,
    /// every white space a blank.
    /// </summary>
    public static string Precompiled(string text) => Clean(Form(text, NormalizationForm.FormKC));

    private static string Map(string text, Action<Rune, StringBuilder> append)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            append(rune, result);
        }

        return result.ToString();
    }

    private static void Append(StringBuilder result, Rune rune)
    {
        Span<char> characters = stackalloc char[2];
        result.Append(characters[..rune.EncodeToUtf16(characters)]);
    }

    private static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;

    // The blocks that BERT's own code names.
    private static bool IsIdeograph(int c) =>
        c is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B81F
            or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}
