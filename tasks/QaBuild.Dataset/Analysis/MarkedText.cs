using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
        var (marks, digits, at) = (Marks.None, 0, 0);
        (letters, han) = (0, 0);
        ref var first = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text));
        while (at < text.Length)
        {
            if (text.Length - at >= Vector128<byte>.Count && CountAscii(ref Unsafe.Add(ref first, at), ref digits, ref letters) is { } ofBlock)
            {
                marks |= ofBlock | (text[at] == '(' && at > 0 && text[at - 1] == ']' ? Marks.Link : Marks.None);
                at += Vector128<byte>.Count;
                continue;
            }

            for (var end = Math.Min(at + Vector128<byte>.Count, text.Length); at < end; at++)
            {
                marks |= CountOne(text, at, ref digits, ref letters, ref han);
            }
        }

        return marks;
    }

    /// <summary>The marks within sixteen characters; null when they are not all ASCII.</summary>
    /// <param name="first">The first of them. A vector as a parameter would keep the method from being precompiled.</param>
    /// <param name="digits">How many digits, at most two, stand right before the block; then right before what follows it.</param>
    /// <param name="letters">Gets those of the block added.</param>
    private static Marks? CountAscii(ref ushort first, ref int digits, ref int letters)
    {
        const uint Two = 3;
        var (low, high) = (Vector128.LoadUnsafe(ref first), Vector128.LoadUnsafe(ref first, (nuint)Vector128<ushort>.Count));
        if (Vector128.LessThan(low | high, Vector128.Create((ushort)0x80)) != Vector128<ushort>.AllBitsSet)
        {
            return null;
        }

        var block = Vector128.Narrow(low, high);
        letters += BitOperations.PopCount(Vector128.LessThanOrEqual((block | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a'), Vector128.Create((byte)('z' - 'a'))).ExtractMostSignificantBits());
        var isDigit = Vector128.LessThanOrEqual(block - Vector128.Create((byte)'0'), Vector128.Create((byte)9)).ExtractMostSignificantBits();
        var marks = Vector128.EqualsAny(block, Vector128.Create((byte)'@')) ? Marks.At : Marks.None;
        var opens = Vector128.Equals(block, Vector128.Create((byte)'(')).ExtractMostSignificantBits();
        marks |= opens != 0 && (opens & (Vector128.Equals(block, Vector128.Create((byte)']')).ExtractMostSignificantBits() << 1)) != 0 ? Marks.Link : Marks.None;

        // The digits before the block stand below its bits.
        var run = (isDigit << 2) | (Two & (uint)((1 << digits) - 1) << (2 - digits));
        marks |= (run & (run >> 1) & (run >> 2)) != 0 ? Marks.Digits : Marks.None;
        digits = Math.Min(2, BitOperations.LeadingZeroCount(~(isDigit << 16)));
        return marks;
    }

    private static Marks CountOne(ReadOnlySpan<char> text, int at, ref int digits, ref int letters, ref int han)
    {
        var c = text[at];
        var isDigit = (uint)(c - '0') <= 9;
        var marks = isDigit && digits == 2 ? Marks.Digits : c == '@' ? Marks.At : c == '(' && at > 0 && text[at - 1] == ']' ? Marks.Link : Marks.None;
        digits = isDigit ? Math.Min(digits + 1, 2) : 0;
        var isHan = c is >= '\u3400' and <= '\u9fff';
        han += isHan ? 1 : 0;
        letters += isHan || (c < '\x80' ? char.IsAsciiLetter(c) : char.IsLetter(c)) ? 1 : 0;
        return marks;
    }
}
