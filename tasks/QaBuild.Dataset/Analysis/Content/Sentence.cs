using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>The first and the last sentence of a text of several.</summary>
internal static class Sentence
{
    private const int Longest = 200;

    // What a character of ASCII is: a table is sooner asked than each of the characters that are looked for.
    private const byte NoPart = 0, Letter = 1, Digit = 2, Code = 3, End = 4;
    private static readonly byte[] Kinds = Table();

    /// <summary>The range of the first sentence; empty when the first line holds no whole one, or there is nothing else.</summary>
    public static Range First(ReadOnlySpan<char> text)
    {
        var line = text[..Math.Min(text.Length, Longest)];
        line = line.IndexOf('\n') is >= 0 and var feed ? line[..feed] : line;
        for (var i = 0; i < line.Length; i++)
        {
            if (MayEnd(text[i]) && IsEnd(text, i))
            {
                return i + 1 < text.Length ? ..(i + 1) : ..0;
            }
        }

        return ..0;
    }

    /// <summary>The range of the last sentence; empty when it has no end, or there is nothing else.</summary>
    public static Range Last(ReadOnlySpan<char> text)
    {
        var end = text.TrimEnd().Length;
        if (end == 0 || !IsEnd(text, end - 1))
        {
            return ..0;
        }

        for (var i = end - 2; i >= 0 && i > end - Longest; i--)
        {
            if (MayEnd(text[i]) && (text[i] == '\n' || IsEnd(text, i)))
            {
                return (i + 1)..end;
            }
        }

        return ..0;
    }

    /// <summary>The same for sentences that differ only in letter case, blanks and punctuation; 0 for what is too short to be a phrase, or code.</summary>
    public static ulong Hash(ReadOnlySpan<char> sentence)
    {
        const int FewestLetters = 12;
        Span<char> parts = stackalloc char[Longest];
        int length = 0, letters = 0;
        var kinds = Kinds;
        foreach (var c in sentence[..Math.Min(sentence.Length, Longest)])
        {
            var kind = c < kinds.Length ? kinds[c] : char.IsDigit(c) ? Digit : char.IsLetter(c) ? Letter : NoPart;
            if (kind == Code)
            {
                return 0;
            }

            // What is no part is written over.
            parts[length] = c >= kinds.Length ? char.ToLowerInvariant(c) : kind == Letter ? (char)(c | 0x20) : c;
            length += kind is Letter or Digit ? 1 : 0;
            letters += kind != Letter ? 0 : PlainWords.IsHan(c) ? 2 : 1;
        }

        return letters >= FewestLetters ? MurmurHash.Of(MemoryMarshal.AsBytes(parts[..length])).Low : 0;
    }

    private static byte[] Table()
    {
        var table = new byte[128];
        for (var c = '\0'; c < table.Length; c++)
        {
            table[c] = "=;{}()<>[]_`#|\\".Contains(c) ? Code : ".!?:\n".Contains(c) ? End : char.IsAsciiLetter(c) ? Letter : char.IsAsciiDigit(c) ? Digit : NoPart;
        }

        return table;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool MayEnd(char c) => c < Kinds.Length ? Kinds[c] == End : c is '。' or '！' or '？' or '：';

    // A dot within 1.5 ends nothing; a colon ends what leads to the next line.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsEnd(ReadOnlySpan<char> text, int at) => text[at] switch
    {
        '。' or '！' or '？' => true,
        '.' or '!' or '?' => at + 1 == text.Length || char.IsWhiteSpace(text[at + 1]),
        ':' or '：' => at + 1 < text.Length && text[at + 1] == '\n',
        _ => false,
    };
}
