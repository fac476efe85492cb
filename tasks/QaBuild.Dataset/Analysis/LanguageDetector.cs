namespace QaBuild.Dataset.Analysis;

/// <summary>Tells Chinese from other text by its script.</summary>
internal static class LanguageDetector
{
    /// <summary>Whether at least a tenth of the letters of two texts are Han characters.</summary>
    public static bool IsChinese(MarkedText text, MarkedText more)
    {
        const int OneIn = 10;
        var han = text.Han + more.Han;
        return han > 0 && han * OneIn >= text.Letters + more.Letters;
    }
}
