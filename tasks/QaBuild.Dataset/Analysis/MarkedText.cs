using QaBuild.Dataset.Analysis.Content;

namespace QaBuild.Dataset.Analysis;

/// <summary>A text with what one pass over it tells the checks: most texts have no mark, and most checks need not read them again.</summary>
internal readonly ref struct MarkedText
{
    private static readonly PhraseTable Phrases = new((Marks.Secret, Secrets.Marks), (Marks.Confession, Refusal.Confessions));

    public MarkedText(ReadOnlySpan<char> text)
    {
        Text = text;
        Marks = Phrases.In(text) | Count(text, out var letters, out var han);
        (Letters, Han) = (letters, han);
    }

    public ReadOnlySpan<char> Text { get; }

    public Marks Marks { get; }

    /// <summary>Letters of any script.</summary>
    public int Letters { get; }

    /// <summary>Han characters.</summary>
    public int Han { get; }

    public bool Has(Marks mark) => (Marks & mark) != 0;

    private static Marks Count(ReadOnlySpan<char> text, out int letters, out int han)
    {
        var marks = Marks.None;
        (letters, han) = (0, 0);
        int counted = 0, digits = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if ((uint)((c | 0x20) - 'a') <= 'z' - 'a')
            {
                counted++;
                digits = 0;
            }
            else if (c < '\x80')
            {
                digits = (uint)(c - '0') <= 9 ? digits + 1 : 0;
                marks |= digits == 3 ? Marks.Digits : c == '@' ? Marks.At : c == '(' && i > 0 && text[i - 1] == ']' ? Marks.Link : Marks.None;
            }
            else
            {
                digits = 0;
                var isHan = c is >= '\u3400' and <= '\u9fff';
                han += isHan ? 1 : 0;
                counted += isHan || char.IsLetter(c) ? 1 : 0;
            }
        }

        letters = counted;
        return marks;
    }
}
