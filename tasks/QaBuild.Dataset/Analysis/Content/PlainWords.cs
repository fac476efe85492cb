namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Counts what is surely words of a language and no identifier or keyword: Latin words in small letters, and Han characters.</summary>
internal readonly record struct PlainWords(int Latin, int Han)
{
    public static PlainWords Of(ReadOnlySpan<char> text)
    {
        int latin = 0, han = 0;
        for (var i = 0; i < text.Length;)
        {
            if (IsHan(text[i]))
            {
                han++;
                i++;
            }
            else if (IsWordPart(text[i]))
            {
                var start = i;
                var plain = true;
                for (; i < text.Length && IsWordPart(text[i]); i++)
                {
                    plain &= char.IsAsciiLetterLower(text[i]) || (i == start && char.IsAsciiLetter(text[i])) || text[i] is '\'' or '’' || (text[i] == '.' && (i + 1 == text.Length || !IsWordPart(text[i + 1])));
                }

                latin += plain && i - start > 1 ? 1 : 0;
            }
            else
            {
                i++;
            }
        }

        return new PlainWords(latin, han);
    }

    /// <summary>Those of a text's prose.</summary>
    public static PlainWords OfProse(ReadOnlySpan<char> text)
    {
        int latin = 0, han = 0;
        for (var prose = new Prose(text); prose.MoveNext();)
        {
            var words = Of(prose.Current);
            (latin, han) = (latin + words.Latin, han + words.Han);
        }

        return new PlainWords(latin, han);
    }

    public static bool IsHan(char c) => c is >= '\u3400' and <= '\u9fff';

    // What is written together with an underscore, a digit or a dot is an identifier.
    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '\'' or '’' or '.' or '/' or '(' or '=' or '-' or '$' or '@' or '\\' or (>= '\u00c0' and <= '\u024f');
}
