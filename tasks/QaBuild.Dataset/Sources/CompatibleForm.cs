using System.Text;

namespace QaBuild.Dataset.Sources;

/// <summary>Unicode's compatibility form NFKC.</summary>
internal static class CompatibleForm
{
    /// <summary>As <see cref="Of(string)"/>; a text of common characters that are their own form is not copied.</summary>
    public static ReadOnlySpan<char> Of(ReadOnlySpan<char> text) => Ascii.IsValid(text) || IsSurelyOwn(text) ? text : Of(text.ToString());

    /// <summary>Whether a text surely is its own form; false says nothing. No two of these characters make one, nor is any of them made of others.</summary>
    public static bool IsSurelyOwn(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            var isOwn = c < '\x80'
                || c is >= '\u4e00' and <= '\u9fff' or >= '\u00c0' and <= '\u00ff'
                || c is '\u00a9' or '\u00ab' or '\u00ae' or '\u00b0' or '\u00b1' or '\u00b7' or '\u00bb'
                || c is '\u2013' or '\u2014' or '\u2018' or '\u2019' or '\u201c' or '\u201d' or '\u2022' or '\u20ac'
                || c is '、' or '。' or '《' or '》' or '「' or '」' or '【' or '】';
            if (!isOwn)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The form of any text: .NET refuses U+FFFE and lone surrogates, which here stand as U+FFFD.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var valid = Valid(text);
        return valid.IsNormalized(NormalizationForm.FormKC) ? valid : valid.Normalize(NormalizationForm.FormKC);
    }

    /// <summary>A text that .NET brings into any Unicode form.</summary>
    public static string Valid(string text) => text.Contains('\uFFFE') || HasLoneSurrogate(text)
        ? string.Concat(text.EnumerateRunes().Select(r => r.Value == 0xFFFE ? "\uFFFD" : r.ToString()))
        : text;

    /// <summary>Whether a text holds half of a surrogate pair, which UTF-8 cannot hold.</summary>
    public static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]) && (!char.IsHighSurrogate(text[at]) || ++at == text.Length || !char.IsLowSurrogate(text[at])))
            {
                return true;
            }
        }

        return false;
    }
}
