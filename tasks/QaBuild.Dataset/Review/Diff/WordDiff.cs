using System.Collections.Immutable;
using DiffPlex;
using DiffPlex.Model;

namespace QaBuild.Dataset.Review.Diff;

/// <summary>A place where two texts differ, and a little of what stands around it.</summary>
/// <param name="Before">The text before it, which both have.</param>
/// <param name="Removed">What only the old text has.</param>
/// <param name="Added">What only the new text has.</param>
/// <param name="After">The text after it, which both have.</param>
public sealed record WordChange(string Before, string Removed, string Added, string After);

/// <summary>Compares texts word by word; of Chinese, which has no blanks, character by character.</summary>
internal static class WordDiff
{
    private const int Around = 40;
    private const int NearEnough = 3;
    private const int LongestCompared = 8_000;
    private static readonly Differ s_differ = new();

    /// <summary>The places in the order of the texts; what is too long to compare by words is one place.</summary>
    public static ImmutableArray<WordChange> Between(string old, string now)
    {
        if (old == now)
        {
            return [];
        }

        var (start, end) = Common(old, now);
        var (oldMiddle, nowMiddle) = (old[start..^end], now[start..^end]);
        if (oldMiddle.Length > LongestCompared || nowMiddle.Length > LongestCompared)
        {
            return [new WordChange(Tail(old[..start]), oldMiddle, nowMiddle, Head(old[^end..]))];
        }

        var diff = s_differ.CreateCustomDiffs(oldMiddle, nowMiddle, false, Words);
        var changes = ImmutableArray.CreateBuilder<WordChange>();
        foreach (var (from, to, nowFrom, nowTo) in Joined(diff))
        {
            var removed = string.Concat(diff.PiecesOld[from..to]);
            var at = start + diff.PiecesOld[..from].Sum(p => p.Length);
            changes.Add(new WordChange(Tail(old[..at]), removed, string.Concat(diff.PiecesNew[nowFrom..nowTo]), Head(old[(at + removed.Length)..])));
        }

        return changes.ToImmutable();
    }

    // A blank or two between changed words make them no two changes.
    private static List<(int From, int To, int NowFrom, int NowTo)> Joined(DiffResult diff)
    {
        var blocks = new List<(int From, int To, int NowFrom, int NowTo)>();
        foreach (var block in diff.DiffBlocks)
        {
            var (from, nowFrom) = (block.DeleteStartA, block.InsertStartB);
            var (to, nowTo) = (from + block.DeleteCountA, nowFrom + block.InsertCountB);
            if (blocks is [.., var last] && string.Concat(diff.PiecesOld[last.To..from]) is { Length: <= NearEnough } between && !between.Contains('\n', StringComparison.Ordinal))
            {
                blocks[^1] = (last.From, to, last.NowFrom, nowTo);
            }
            else
            {
                blocks.Add((from, to, nowFrom, nowTo));
            }
        }

        return blocks;
    }

    // Up to the nearest borders of words.
    private static (int Start, int End) Common(string a, string b)
    {
        var start = a.AsSpan().CommonPrefixLength(b);
        while (start > 0 && !IsBorder(a[start - 1]))
        {
            start--;
        }

        var end = 0;
        while (end < Math.Min(a.Length, b.Length) - start && a[^(end + 1)] == b[^(end + 1)])
        {
            end++;
        }

        while (end > 0 && !IsBorder(a[^end]))
        {
            end--;
        }

        return (start, end);
    }

    private static bool IsBorder(char c) => !IsOfWord(c) && !char.IsSurrogate(c);

    private static string[] Words(string text)
    {
        var words = new List<string>();
        for (var from = 0; from < text.Length;)
        {
            var to = from + 1;
            if (IsOfWord(text[from]))
            {
                while (to < text.Length && IsOfWord(text[to]))
                {
                    to++;
                }
            }
            else if (char.IsHighSurrogate(text[from]) && to < text.Length)
            {
                to++;
            }

            words.Add(text[from..to]);
            from = to;
        }

        return [.. words];
    }

    private static bool IsOfWord(char c) => (char.IsLetterOrDigit(c) || c == '_' || char.IsBetween(c, '\u0300', '\u036f')) && !char.IsBetween(c, '\u2e80', '\u9fff') && !char.IsBetween(c, '\uac00', '\ud7ff') && !char.IsSurrogate(c);

    private static string Tail(string text)
    {
        if (text.Length <= Around)
        {
            return text;
        }

        var from = text.Length - Around;
        return "…" + text[(char.IsLowSurrogate(text[from]) ? from + 1 : from)..];
    }

    private static string Head(string text)
    {
        if (text.Length <= Around)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[Around - 1]) ? Around - 1 : Around)] + "…";
    }
}
