using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis;

/// <summary>
/// What two wordings share that differ only in Unicode compatibility forms, letter case, blanks or sentence punctuation: a hash of 128 bits of the
/// normalised text.
/// </summary>
internal readonly record struct TextKey(ulong High, ulong Low)
{
    public bool Equals(TextKey other) => High == other.High && Low == other.Low;

    public override int GetHashCode() => (int)Low;

    // What becomes of a character of ASCII: itself in lower case, or one of the two below.
    private const short Blank = -1, Mark = -2;

    private static readonly short[] OfAscii = Array.ConvertAll(Enumerable.Range(0, 128).ToArray(), c => char.IsWhiteSpace((char)c) ? Blank : IsMark((char)c) ? Mark : (short)char.ToLowerInvariant((char)c));

    /// <summary>What wordings about one passage share; of no passage, the key itself.</summary>
    public TextKey About(TextKey passage) => new(High ^ passage.Low, Low ^ passage.High);

    public static TextKey Of(ReadOnlySpan<char> text)
    {
        var compatible = CompatibleForm.Of(text);
        var buffer = compatible.Length <= 512 ? stackalloc char[512] : new char[compatible.Length];
        var length = 0;
        var pendingBlank = false;
        var ascii = OfAscii;
        for (var i = 0; i < compatible.Length; i++)
        {
            var c = compatible[i];
            int lower = c < ascii.Length ? ascii[c] : char.IsWhiteSpace(c) ? Blank : char.ToLowerInvariant(c);
            if (lower == Blank || ((lower == Mark || c >= ascii.Length) && EndsSentence(compatible, i)))
            {
                pendingBlank = true;
                continue;
            }

            // Chinese is written with or without blanks around Latin words, and without any between words.
            if (pendingBlank && length > 0 && !IsIdeographic(c) && !IsIdeographic(buffer[length - 1]))
            {
                buffer[length++] = ' ';
                if (length == buffer.Length)
                {
                    break;
                }
            }

            pendingBlank = false;
            buffer[length++] = lower == Mark ? c : (char)lower;
        }

        var (high, low) = MurmurHash.Of(MemoryMarshal.AsBytes(buffer[..length]));
        return new TextKey(high, low);
    }

    // A dot inside 1.5 or a colon inside ::text is no punctuation of a sentence.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool EndsSentence(ReadOnlySpan<char> text, int at) =>
        text[at] is '。' or '、' or '“' or '”' or '‘' or '’' or '…' or '《' or '》'
        || (IsMark(text[at]) && (at + 1 == text.Length || char.IsWhiteSpace(text[at + 1]) || IsIdeographic(text[at + 1]) || text[at + 1] is '"' or '”' or '’'));

    private static bool IsMark(char c) => c is '.' or ',' or ';' or ':' or '!' or '?' or '"';

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsIdeographic(char c) => c is >= '\u2e80' and <= '\u9fff' or >= '\uf900' and <= '\ufaff' or >= '\ud840' and <= '\ud8ff';
}
