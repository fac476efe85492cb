using System.Text;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Content;

namespace QaBuild.Dataset.Tests.Analysis;

/// <summary>A mark that is missing keeps a check from looking, so none may be.</summary>
public sealed class MarkedTextTests
{
    private static readonly string[] Pieces =
    [
        .. Secrets.Marks, .. Refusal.Confessions, "@", "](", "]", "(", "12", "123", "1", "７８９", " ", "\n", "a", "K", "中", "文，", "é", "ß", "😀", "\u212a", "\u017f", "past", "as an a", "limit", "-----", "BEGIN", "s", "k-",
    ];

    [Fact]
    public void A_text_has_the_marks_of_just_what_it_holds()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var text = Text(random);
            var marked = new MarkedText(text);
            var expected = Of(Marks.Secret, Secrets.Marks.Any(m => text.Contains(m, StringComparison.OrdinalIgnoreCase)))
                | Of(Marks.Confession, Refusal.Confessions.Any(m => text.Contains(m, StringComparison.OrdinalIgnoreCase)))
                | Of(Marks.At, text.Contains('@'))
                | Of(Marks.Link, text.Contains("](", StringComparison.Ordinal))
                | Of(Marks.Digits, Enumerable.Range(0, text.Length).Any(at => at + 3 <= text.Length && text[at..(at + 3)].All(char.IsAsciiDigit)));
            Assert.True(expected == marked.Marks, $"'{text}' has {marked.Marks}, not {expected}");
            Assert.Equal(text.Count(char.IsLetter), marked.Letters);
            Assert.Equal(text.Count(c => c is >= '\u3400' and <= '\u9fff'), marked.Han);
        }
    }

    private static Marks Of(Marks mark, bool has) => has ? mark : Marks.None;

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var pieces = random.Next(12); pieces >= 0; pieces--)
        {
            var piece = Pieces[random.Next(Pieces.Length)];
            piece = random.Next(3) == 0 ? piece.ToUpperInvariant() : piece;
            text.Append(random.Next(4) == 0 ? piece[..random.Next(piece.Length + 1)] : piece);
        }

        return text.ToString();
    }
}
