using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Importing;

/// <summary>Texts of a record: with line feeds only, and such as a UTF-8 text file can hold.</summary>
internal static class ImportedText
{
    /// <exception cref="NotTakenException">The text holds a NUL or half a surrogate pair.</exception>
    public static string Of(string text)
    {
        if (text.Contains('\0'))
        {
            throw new NotTakenException("ImportNul");
        }

        if (CompatibleForm.HasLoneSurrogate(text))
        {
            throw new NotTakenException("ImportSurrogate");
        }

        return TextLines.WithLineFeeds(text);
    }

    /// <summary>Whether nothing of such a text would be left in a section.</summary>
    public static bool IsBlank(string? text) => SourceBody.WithoutBlankEdges(text, out _).IsEmpty;
}
