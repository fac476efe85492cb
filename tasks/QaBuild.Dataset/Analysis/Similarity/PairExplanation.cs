using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>
/// What two texts share and in what they differ, for a message: words as they are written, runs of Han characters as one, each list cut to a length
/// that can be read.
/// </summary>
/// <param name="Shared">What both hold, without words that say little; empty when that is nothing.</param>
/// <param name="OnlyFirst">What only the first holds.</param>
/// <param name="OnlySecond">What only the second holds.</param>
internal sealed record PairExplanation(string Shared, string OnlyFirst, string OnlySecond)
{
    /// <summary>What only the first holds, for a message.</summary>
    public object Here => Shown(OnlyFirst);

    /// <summary>What only the second holds, for a message.</summary>
    public object There => Shown(OnlySecond);

    private const int MostCharacters = 60;
    private const int MostWords = 400;
    private const int LongestWord = 40;
    private const char Cut = '…';
    private const string Between = ", ";

    /// <summary>Compares two texts, of long ones the beginnings.</summary>
    public static PairExplanation Of(string first, string second)
    {
        var (a, b) = (Words(first), Words(second));
        var common = Common(a, b);
        var (inFirst, inSecond) = (new bool[a.Count], new bool[b.Count]);
        foreach (var (i, j) in common)
        {
            inFirst[i] = inSecond[j] = true;
        }

        // A word that stands elsewhere is shared too.
        Match(a, inFirst, b, inSecond);
        return new PairExplanation(Runs(a, inFirst, wanted: true), Runs(a, inFirst, wanted: false), Runs(b, inSecond, wanted: false));
    }

    private static object Shown(string words) => words.Length > 0 ? $"'{words}'" : new Phrase("NoWords");

    private static List<string> Words(string text)
    {
        // The normal form of a huge text is not made for its first few hundred words.
        const int Enough = MostWords * LongestWord;
        var compatible = CompatibleForm.Of(text.Length > Enough ? text[..Enough] : text);
        var words = new List<string>();
        for (var at = 0; at < compatible.Length && words.Count < MostWords;)
        {
            var length = Length(compatible.AsSpan(at));
            if (length > 0)
            {
                words.Add(compatible.Substring(at, Math.Min(length, LongestWord)));
            }

            at += Math.Max(length, 1);
        }

        return words;
    }

    private static int Length(ReadOnlySpan<char> text)
    {
        if (IsHan(text[0]))
        {
            return 1;
        }

        var length = 0;
        while (length < text.Length && !IsHan(text[length]) && (IsOfWord(text[length]) || (length > 0 && length + 1 < text.Length && text[length] is '.' or '\'' or '’' && IsOfWord(text[length + 1]))))
        {
            length++;
        }

        return length > 0 ? length : char.IsHighSurrogate(text[0]) && text.Length > 1 ? 2 : 0;
    }

    // The longest common subsequence.
    private static List<(int First, int Second)> Common(List<string> a, List<string> b)
    {
        var lengths = new ushort[a.Count + 1, b.Count + 1];
        for (var i = a.Count - 1; i >= 0; i--)
        {
            for (var j = b.Count - 1; j >= 0; j--)
            {
                lengths[i, j] = Same(a[i], b[j]) ? (ushort)(lengths[i + 1, j + 1] + 1) : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        var common = new List<(int, int)>();
        for (int i = 0, j = 0; i < a.Count && j < b.Count;)
        {
            if (Same(a[i], b[j]))
            {
                common.Add((i++, j++));
            }
            else if (lengths[i + 1, j] >= lengths[i, j + 1])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return common;
    }

    private static void Match(List<string> a, bool[] inA, List<string> b, bool[] inB)
    {
        for (var i = 0; i < a.Count; i++)
        {
            for (var j = 0; !inA[i] && j < b.Count; j++)
            {
                if (!inB[j] && Same(a[i], b[j]))
                {
                    inA[i] = inB[j] = true;
                }
            }
        }
    }

    private static string Runs(List<string> words, bool[] shared, bool wanted)
    {
        var list = new StringBuilder();
        for (int from = 0, to; from < words.Count; from = to)
        {
            to = from + 1;
            if (shared[from] != wanted)
            {
                continue;
            }

            while (to < words.Count && shared[to] == wanted && IsHan(words[from][0]) && IsHan(words[to][0]))
            {
                to++;
            }

            var run = string.Concat(words.GetRange(from, to - from));
            if (wanted && SaysLittle(run))
            {
                continue;
            }

            list.Append(list.Length > 0 ? Between : "").Append(run);
            if (list.Length > MostCharacters)
            {
                list.Length = MostCharacters - (char.IsHighSurrogate(list[MostCharacters - 1]) ? 1 : 0);
                return list.Append(Cut).ToString();
            }
        }

        return list.ToString();
    }

    private static bool SaysLittle(string run) =>
        IsHan(run[0]) ? run.Length == 1 : EnglishWords.Kind(run.ToLowerInvariant()) is not (FeatureKind.Word or FeatureKind.Negation);

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static bool IsHan(char c) => FeatureScanner.IsHan(c);

    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '#' or '+' or '<' or '>' or '=' or '@' or '~' or '^' or '|' or '%';
}
