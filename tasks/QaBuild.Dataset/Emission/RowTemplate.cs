using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace QaBuild.Dataset.Emission;

/// <summary>
/// The row of a question and an answer without anything else, with gaps for the two: what the format makes of two marks, cut at the marks. A gap is
/// filled by escaping UTF-8, without decoding it.
/// </summary>
internal sealed class RowTemplate
{
    // Private-use characters: nothing that the format adds, escapes or changes.
    private const string QuestionMark = "\uE000\uE001";
    private const string AnswerMark = "\uE001\uE000";
    private readonly byte[] _before;
    private readonly byte[] _between;
    private readonly byte[] _after;

    private RowTemplate(byte[] before, byte[] between, byte[] after, int characters) =>
        (_before, _between, _after, Characters) = (before, between, after, characters);

    /// <summary>Characters of the row besides question and answer.</summary>
    public int Characters { get; }

    /// <summary>The template, or null when the format does more with the two than to write each once, the question first.</summary>
    /// <param name="row">Makes a row, with its line end, of a question and an answer, and counts its characters.</param>
    public static RowTemplate? Of(Func<string, string, (byte[] Json, int Characters)> row)
    {
        var (json, characters) = row(QuestionMark, AnswerMark);
        var text = Encoding.UTF8.GetString(json);
        var (question, answer) = (text.IndexOf(QuestionMark, StringComparison.Ordinal), text.IndexOf(AnswerMark, StringComparison.Ordinal));
        if (question < 0 || answer < question || text.LastIndexOf(QuestionMark, StringComparison.Ordinal) != question || text.LastIndexOf(AnswerMark, StringComparison.Ordinal) != answer)
        {
            return null;
        }

        return new RowTemplate(
            Encoding.UTF8.GetBytes(text[..question]),
            Encoding.UTF8.GetBytes(text[(question + QuestionMark.Length)..answer]),
            Encoding.UTF8.GetBytes(text[(answer + AnswerMark.Length)..]),
            characters - QuestionMark.Length - AnswerMark.Length);
    }

    /// <summary>Bytes that <see cref="Fill"/> needs at most for texts without control characters other than tabs and line ends.</summary>
    public int MostBytes(ReadOnlySpan<byte> question, ReadOnlySpan<byte> answer) => _before.Length + _between.Length + _after.Length + (2 * (question.Length + answer.Length));

    /// <summary>Writes the row.</summary>
    /// <returns>Its bytes.</returns>
    public int Fill(ReadOnlySpan<byte> question, ReadOnlySpan<byte> answer, Span<byte> row)
    {
        _before.CopyTo(row);
        var at = _before.Length;
        at += Escape(question, row[at..]);
        _between.CopyTo(row[at..]);
        at += _between.Length;
        at += Escape(answer, row[at..]);
        _after.CopyTo(row[at..]);
        return at + _after.Length;
    }

    private static int Escape(ReadOnlySpan<byte> text, Span<byte> escaped)
    {
        ref var from = ref MemoryMarshal.GetReference(text);
        ref var to = ref MemoryMarshal.GetReference(escaped[..(2 * text.Length)]);
        int read = 0, written = 0;
        while (read < text.Length)
        {
            // Blocks of plain text; what stands after the first character to escape is written over.
            while (text.Length - read >= Vector128<byte>.Count && escaped.Length - written >= Vector128<byte>.Count)
            {
                var block = Vector128.LoadUnsafe(ref from, (nuint)read);
                block.StoreUnsafe(ref to, (nuint)written);
                var special = Vector128.Equals(block, Vector128.Create((byte)'"')) | Vector128.Equals(block, Vector128.Create((byte)'\\')) | Vector128.LessThan(block, Vector128.Create((byte)' '));
                if (special != Vector128<byte>.Zero)
                {
                    var plain = System.Numerics.BitOperations.TrailingZeroCount(special.ExtractMostSignificantBits());
                    read += plain;
                    written += plain;
                    break;
                }

                read += Vector128<byte>.Count;
                written += Vector128<byte>.Count;
            }

            if (read < text.Length)
            {
                var c = text[read++];
                if (c is (byte)'"' or (byte)'\\' or < (byte)' ')
                {
                    escaped[written++] = (byte)'\\';
                    c = c switch { (byte)'\n' => (byte)'n', (byte)'\t' => (byte)'t', _ => c };
                }

                escaped[written++] = c;
            }
        }

        return written;
    }
}
