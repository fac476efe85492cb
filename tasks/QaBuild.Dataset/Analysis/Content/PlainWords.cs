namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Counts what is surely words of a language and no identifier or keyword.</summary>
/// <param name="Latin">Words in small letters, the first of which may be a capital.</param>
/// <param name="Han">Han characters.</param>
/// <param name="Letters">Letters of the Latin words.</param>
/// <param name="Characters">All characters but blanks.</param>
internal readonly record struct PlainWords(int Latin, int Han, int Letters, int Characters)
{
    /// <summary>Whether they make up the text: in a program, names and marks do.</summary>
    public bool AreMost => (Letters + Han) * 2 > Characters;

    public static PlainWords Of(ReadOnlySpan<char> text)
    {
        int latin = 0, han = 0, letters = 0, characters = 0;
        for (var i = 0; i < text.Length;)
        {
            if (IsWordPart(text[i]))
            {
                var start = i;
                var plain = true;
                for (; i < text.Length && IsWordPart(text[i]); i++)
                {
                    plain &= char.IsAsciiLetterLower(text[i]) || (i == start && char.IsAsciiLetter(text[i])) || text[i] is '\'' or '’' || (text[i] == '.' && (i + 1 == text.Length || !IsWordPart(text[i + 1])));
                }

                characters += i - start;
                if (plain && i - start > 1)
                {
                    latin++;
                    letters += i - start;
                }
            }
            else
            {
                han += IsHan(text[i]) ? 1 : 0;
                characters += char.IsWhiteSpace(text[i]) ? 0 : 1;
                i++;
            }
        }

        return new PlainWords(latin, han, letters, characters);
    }

    /// <summary>Those of a text's prose.</summary>
    public static PlainWords OfProse(ReadOnlySpan<char> text)
    {
        var all = default(PlainWords);
        for (var prose = new Prose(text); prose.MoveNext();)
        {
            var words = Of(prose.Current);
            all = new PlainWords(all.Latin + words.Latin, all.Han + words.Han, all.Letters + words.Letters, all.Characters + words.Characters);
        }

        return all;
    }

    public static bool IsHan(char c) => c is >= '\u3400' and <= '\u9fff';

    // What is written together with an underscore, a digit or a dot is an identifier.
    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '\'' or '’' or '.' or '/' or '(' or '=' or '-' or '$' or '@' or '\\' or (>= '\u00c0' and <= '\u024f');
}
