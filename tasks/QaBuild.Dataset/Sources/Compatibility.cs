using System.Text;

namespace QaBuild.Dataset.Sources;

/// <summary>Unicode's compatibility form NFKC, of any string.</summary>
internal static class Compatibility
{
    private const char Replacement = '\uFFFD';

    /// <summary>The NFKC of <paramref name="text"/>; what .NET refuses to normalise (lone surrogates, U+FFFE), though a file or a YAML escape may hold it, reads as U+FFFD.</summary>
    public static string Of(string text)
    {
        var valid = text;
        if (text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') || text.Contains('\uFFFE'))
        {
            // Runes of a lone surrogate are U+FFFD.
            valid = string.Concat(text.EnumerateRunes()).Replace('\uFFFE', Replacement);
        }

        return valid.IsNormalized(NormalizationForm.FormKC) ? valid : valid.Normalize(NormalizationForm.FormKC);
    }
}
