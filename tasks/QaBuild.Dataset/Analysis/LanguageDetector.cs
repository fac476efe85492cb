using System.Runtime.CompilerServices;

namespace QaBuild.Dataset.Analysis;

/// <summary>Tells Chinese from other text by its script.</summary>
internal static class LanguageDetector
{
    /// <summary>Whether at least a tenth of the letters of two texts are Han characters.</summary>
    public static bool IsChinese(ReadOnlySpan<char> text, ReadOnlySpan<char> more)
    {
        const int OneIn = 10;
        int letters = 0, han = 0;
        Count(text, ref letters, ref han);
        Count(more, ref letters, ref han);
        return han > 0 && han * OneIn >= letters;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(ReadOnlySpan<char> text, ref int letters, ref int han)
    {
        foreach (var c in text)
        {
            if (c < '\x80')
            {
                letters += (uint)((c | 0x20) - 'a') <= 'z' - 'a' ? 1 : 0;
            }
            else if (c is >= '\u3400' and <= '\u9fff')
            {
                han++;
                letters++;
            }
            else if (char.IsLetter(c))
            {
                letters++;
            }
        }
    }
}
