using System.Buffers;
using System.Text;

namespace QaBuild.Dataset.Sources;

/// <summary>Unicode's compatibility form NFKC.</summary>
internal static class CompatibleForm
{
    /// <summary>As <see cref="Of(string)"/>; ASCII, which is its own form, is not copied.</summary>
    public static ReadOnlySpan<char> Of(ReadOnlySpan<char> text) => Ascii.IsValid(text) ? text : Of(text.ToString());

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
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is var at and >= 0)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var length) != OperationStatus.Done)
            {
                return true;
            }

            text = text[(at + length)..];
        }

        return false;
    }
}
