using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
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
    private const int AsciiCharacters = 128;

    private static readonly short[] OfAscii = Table();

    /// <summary>What wordings about one passage share; of no passage, the key itself.</summary>
    public TextKey About(TextKey passage) => new(High ^ passage.Low, Low ^ passage.High);

    public static TextKey Of(ReadOnlySpan<char> text)
    {
        const int Usual = 2048;
        var isAscii = Ascii.IsValid(text);
        var compatible = isAscii ? text : CompatibleForm.Of(text);

        // The loop for ASCII writes a character behind the last one before it knows whether that stays.
        var buffer = compatible.Length < Usual ? stackalloc char[Usual] : new char[compatible.Length + 1];
        var length = isAscii ? NormalizeAscii(compatible, buffer) : Normalize(compatible, buffer);
        var (high, low) = MurmurHash.Of(MemoryMarshal.AsBytes(buffer[..length]));
        return new TextKey(high, low);
    }

    // Without a branch for blanks, which stand where no processor foresees them.
    private static int NormalizeAscii(ReadOnlySpan<char> text, Span<char> buffer)
    {
        int length = 0, pendingBlank = 0, first = 0;
        var ascii = OfAscii;
        while (first < text.Length && (ascii[text[first]] == Blank || (ascii[text[first]] == Mark && EndsSentence(text, first))))
        {
            first++;
        }

        ref var from = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text));
        ref var to = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(buffer));
        for (var i = first; i < text.Length;)
        {
            // Words with one blank between them, eight characters at once; there is room, since no more is written than was read.
            if (text.Length - i >= Vector128<ushort>.Count)
            {
                var block = Vector128.LoadUnsafe(ref from, (nuint)i);
                var isBlank = Vector128.Equals(block, Vector128.Create((ushort)' '));
                var isPlain = isBlank | Vector128.GreaterThanOrEqual(block, Vector128.Create((ushort)'@')) | Vector128.LessThan(block - Vector128.Create((ushort)'0'), Vector128.Create((ushort)10));
                var blanks = isBlank.ExtractMostSignificantBits();
                if (isPlain == Vector128<ushort>.AllBitsSet && (blanks & ((blanks << 1) | (uint)pendingBlank)) == 0)
                {
                    var isUpper = Vector128.LessThan(block - Vector128.Create((ushort)'A'), Vector128.Create((ushort)26));
                    buffer[length] = ' ';
                    length += pendingBlank;
                    (block | (isUpper & Vector128.Create((ushort)0x20))).StoreUnsafe(ref to, (nuint)length);
                    pendingBlank = (int)(blanks >> (Vector128<ushort>.Count - 1));
                    length += Vector128<ushort>.Count - pendingBlank;
                    i += Vector128<ushort>.Count;
                    continue;
                }
            }

            for (var end = Math.Min(i + Vector128<ushort>.Count, text.Length); i < end; i++)
            {
                int lower = ascii[text[i] & (AsciiCharacters - 1)];
                if (lower == Mark)
                {
                    lower = EndsSentence(text, i) ? Blank : text[i];
                }

                var blank = lower >>> 31;
                var between = pendingBlank & ~blank;
                buffer[length] = ' ';
                buffer[length + between] = (char)lower;
                length += between + 1 - blank;
                pendingBlank = blank;
            }
        }

        return length;
    }

    private static int Normalize(ReadOnlySpan<char> text, Span<char> buffer)
    {
        var length = 0;
        var pendingBlank = false;
        var ascii = OfAscii;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            int lower = c < ascii.Length ? ascii[c] : char.IsWhiteSpace(c) ? Blank : char.ToLowerInvariant(c);
            if (lower == Blank || ((lower == Mark || c >= ascii.Length) && EndsSentence(text, i)))
            {
                pendingBlank = true;
                continue;
            }

            // Chinese is written with or without blanks around Latin words, and without any between words.
            if (pendingBlank && length > 0 && !IsIdeographic(c) && !IsIdeographic(buffer[length - 1]))
            {
                buffer[length++] = ' ';
            }

            pendingBlank = false;
            buffer[length++] = lower == Mark ? c : (char)lower;
        }

        return length;
    }

    private static short[] Table()
    {
        var table = new short[AsciiCharacters];
        for (var c = '\0'; c < table.Length; c++)
        {
            table[c] = char.IsWhiteSpace(c) ? Blank : IsMark(c) ? Mark : (short)char.ToLowerInvariant(c);
        }

        return table;
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
