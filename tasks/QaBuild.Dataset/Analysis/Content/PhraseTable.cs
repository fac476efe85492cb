using System.Runtime.CompilerServices;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>
/// Finds which of many phrases a text holds, in any letter case, in one pass. Of each phrase the three characters are known that ordinary text has least often;
/// where these stand the phrase itself is compared. Letters are known by five bits, as is each class of other characters.
/// </summary>
internal sealed class PhraseTable
{
    private const int BitsOfCharacter = 5, Characters = 3, Mask = (1 << (BitsOfCharacter * Characters)) - 1;

    // Rare last; what is no letter and no blank is rarer than any letter.
    private const string ByFrequency = " etaoinshrdlucmfwypvbgkjqxz";

    private readonly byte[] _classes = new byte[128];
    private readonly ulong[] _known = new ulong[(Mask + 1) / 64];
    private readonly Dictionary<int, Phrase[]> _phrases = [];
    private int _longest;

    /// <param name="groups">Phrases of ASCII, of three characters at least, and the mark of a text that holds one of them.</param>
    public PhraseTable(params (Marks Mark, string[] Phrases)[] groups)
    {
        for (var c = '\0'; c < _classes.Length; c++)
        {
            _classes[c] = (byte)(char.IsAsciiLetter(c) ? (c & 31) : c == ' ' ? 27 : char.IsAsciiDigit(c) ? 28 : c is '-' or '_' ? 29 : c is '=' or ':' or '/' or '<' or '>' ? 30 : 31);
        }

        foreach (var (mark, phrases) in groups)
        {
            foreach (var phrase in phrases)
            {
                Add(mark, phrase);
            }
        }
    }

    /// <summary>The marks of the phrases in a text.</summary>
    public Marks In(ReadOnlySpan<char> text)
    {
        // Each half for itself and side by side: what a processor does with a character waits for what it did with the one before.
        var marks = Marks.None;
        int first = 0, second = 0;
        for (int i = 0, j = Math.Max((text.Length / 2) - Characters, 0); j < text.Length; i++, j++)
        {
            first = After(first, text[i]);
            if (IsKnown(first))
            {
                marks |= At(text, first, i);
            }

            second = After(second, text[j]);
            if (IsKnown(second))
            {
                marks |= At(text, second, j);
            }
        }

        return marks;
    }

    /// <summary>Where the first phrase of a text begins; -1 when there is none.</summary>
    public int First(ReadOnlySpan<char> text)
    {
        var (first, last) = (text.Length, 0);
        for (var i = 0; i < text.Length && i < first + _longest; i++)
        {
            last = After(last, text[i]);
            if (IsKnown(last))
            {
                foreach (var phrase in _phrases[last])
                {
                    first = Stands(phrase, text, i) ? Math.Min(first, i - phrase.End) : first;
                }
            }
        }

        return first < text.Length ? first : -1;
    }

    /// <summary>The last three characters, after one more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int After(int last, char c) => c < _classes.Length ? ((last << BitsOfCharacter) | _classes[c]) & Mask : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsKnown(int last) => (_known[last >> 6] & (1UL << last)) != 0;

    private Marks At(ReadOnlySpan<char> text, int characters, int end)
    {
        var marks = Marks.None;
        foreach (var phrase in _phrases[characters])
        {
            marks |= Stands(phrase, text, end) ? phrase.Mark : Marks.None;
        }

        return marks;
    }

    private static bool Stands(Phrase phrase, ReadOnlySpan<char> text, int end) =>
        end >= phrase.End && text[(end - phrase.End)..].StartsWith(phrase.Text, StringComparison.OrdinalIgnoreCase);

    private void Add(Marks mark, string phrase)
    {
        var (end, rarity) = (0, -1);
        for (var i = Characters - 1; i < phrase.Length; i++)
        {
            if (Rarity(phrase[i - 2]) + Rarity(phrase[i - 1]) + Rarity(phrase[i]) is var sum && sum > rarity)
            {
                (end, rarity) = (i, sum);
            }
        }

        var known = (_classes[phrase[end - 2]] << (2 * BitsOfCharacter)) | (_classes[phrase[end - 1]] << BitsOfCharacter) | _classes[phrase[end]];
        _longest = Math.Max(_longest, phrase.Length);
        _known[known >> 6] |= 1UL << known;
        _phrases[known] = [.. _phrases.GetValueOrDefault(known, []), new Phrase(phrase, end, mark)];
    }

    private static int Rarity(char c) => ByFrequency.IndexOf(char.ToLowerInvariant(c)) is >= 0 and var at ? at : ByFrequency.Length;

    /// <param name="Text">The phrase.</param>
    /// <param name="End">Offset of the last of the three characters.</param>
    /// <param name="Mark">Its mark.</param>
    private sealed record Phrase(string Text, int End, Marks Mark);
}
