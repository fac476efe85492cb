namespace QaBuild.Dataset.Analysis;

/// <summary>Tells Chinese from other text by its script.</summary>
internal static class LanguageDetector
{
    /// <summary><c>zh</c> when at least a tenth of the letters are Han characters, else <c>en</c>.</summary>
    public static string Of(string text)
    {
        const int OneIn = 10;
        int letters = 0, han = 0;
        foreach (var c in text)
        {
            if (c is >= '\u3400' and <= '\u9fff')
            {
                han++;
                letters++;
            }
            else if (char.IsLetter(c))
            {
                letters++;
            }
        }

        return han > 0 && han * OneIn >= letters ? "zh" : "en";
    }
}
