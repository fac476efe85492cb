using System.Collections.Frozen;

namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>
/// Compares the commands, functions, settings and options of two answers: in code, and SQL keywords and names with an underscore in prose. Two pieces of
/// code differ when each holds a word that stands nowhere in the other answer, and the words around them are the same: "call … with the process ID".
/// </summary>
internal static class Commands
{
    private const int MostCompared = 16;
    private const int MostMarks = 16;

    // Those that tell one statement from another of the same shape.
    private static readonly FrozenSet<string> Keywords = FrozenSet.ToFrozenSet(
        [
            "add", "after", "alter", "always", "analyze", "asc", "attach", "before", "begin", "brin", "btree", "cascade", "checkpoint", "cluster",
            "commit", "concurrently", "copy", "create", "cross", "delete", "desc", "detach", "disable", "distinct", "drop", "enable", "except",
            "exclusive", "explain", "freeze", "full", "gin", "gist", "grant", "hash", "immutable", "inner", "insert", "intersect", "left", "logged",
            "merge", "nothing", "off", "refresh", "reindex", "replace", "restrict", "revoke", "right", "rollback", "savepoint", "serializable",
            "share", "stable", "truncate", "unlogged", "update", "vacuum", "verbose", "volatile",
        ],
        StringComparer.Ordinal);

    public static AnswerDifference? Difference(AnswerText a, AnswerText b)
    {
        var (piecesA, piecesB) = (Pieces(a), Pieces(b));
        if (piecesA.Count == 0 || piecesB.Count == 0)
        {
            return null;
        }

        var (wordsA, wordsB) = (Words(a), Words(b));
        var (onlyA, onlyB) = (OnlyIn(piecesA, wordsB), OnlyIn(piecesB, wordsA));

        // Where nothing is common, the same verb before both is enough; else a further command is likely detail.
        var apart = onlyA.Count == piecesA.Count && onlyB.Count == piecesB.Count;
        var (leastPart, leastShared) = apart ? (0.6, 1) : (0.75, 3);
        foreach (var left in onlyA)
        {
            var clause = Clause.Around(a, left.Start, left.End, withCode: false);
            foreach (var right in onlyB)
            {
                var other = Clause.Around(b, right.Start, right.End, withCode: false);
                if (clause.Shared(other) >= leastShared && clause.PartOfMore(other) >= leastPart)
                {
                    return new AnswerDifference(DifferenceKind.Command, clause.Passage(a, left.Start, left.End), other.Passage(b, right.Start, right.End));
                }
            }
        }

        return null;
    }

    private static List<Piece> OnlyIn(List<Piece> pieces, HashSet<ulong> otherWords) =>
        [.. pieces.Where(p => p.Marks.Exists(m => !otherWords.Contains(m))).Take(MostCompared)];

    private static HashSet<ulong> Words(AnswerText text)
    {
        var words = new HashSet<ulong>();
        for (var at = 0; at < text.Text.Length;)
        {
            var end = text.WordEnd(at);
            if (end > at)
            {
                words.Add(Clause.HashOf(text.Text.AsSpan(at, end - at)));
            }

            at = Math.Max(end, at + 1);
        }

        return words;
    }

    private static List<Piece> Pieces(AnswerText text)
    {
        var pieces = new List<Piece>();
        for (var at = 0; at < text.Text.Length;)
        {
            var end = text.IsCode(at) ? text.CodeEnd(at) : ProseEnd(text, at);
            if (end > at && (text.IsCode(at) ? MarksOfCode(text, at, end) : MarksOfProse(text, at, end)) is { Count: > 0 } marks)
            {
                pieces.Add(new Piece(at, end, marks));
            }

            at = Math.Max(end, at + 1);
        }

        return pieces;
    }

    /// <summary>The end of a run of words in prose that are SQL in capitals or names with an underscore.</summary>
    private static int ProseEnd(AnswerText text, int at)
    {
        var last = at;
        for (var start = at; start < text.Text.Length && !text.IsCode(start); start = text.AfterBlanks(last))
        {
            var end = text.WordEnd(start);
            if (end == start || !IsCommandInProse(text, start, end))
            {
                return last > at ? last : Math.Max(end, at);
            }

            last = end;
            if (text.AfterBlanks(last) == last)
            {
                return last;
            }
        }

        return last;
    }

    private static bool IsCommandInProse(AnswerText text, int start, int end)
    {
        var written = text.Original.AsSpan(start, end - start);
        return written.Contains('_') || (!written.ContainsAnyInRange('a', 'z') && Keywords.Contains(text.Text[start..end]));
    }

    private static List<ulong> MarksOfProse(AnswerText text, int start, int end)
    {
        var marks = new List<ulong>();
        for (var at = start; at < end && marks.Count < MostMarks; at = Math.Max(text.WordEnd(at), at + 1))
        {
            var wordEnd = text.WordEnd(at);
            if (wordEnd > at && IsCommandInProse(text, at, wordEnd))
            {
                marks.Add(Clause.HashOf(text.Text.AsSpan(at, wordEnd - at)));
            }
        }

        return marks;
    }

    /// <summary>The first word, functions, long options and SQL keywords. Names of tables and columns, and what is read or filtered, are the example's own.</summary>
    private static List<ulong> MarksOfCode(AnswerText text, int start, int end)
    {
        var marks = new List<ulong>();
        var isFirst = true;

        // The line that opens a fence names the language.
        var first = text.IsFence(start) ? start + text.Text.AsSpan(start, end - start).IndexOf('\n') + 1 : start;
        for (var at = first; at < end && marks.Count < MostMarks;)
        {
            var wordEnd = Math.Min(end, text.WordEnd(at));
            if (wordEnd == at)
            {
                at++;
                continue;
            }

            var word = text.Text[at..wordEnd];
            var isOption = at >= start + 2 && text.Text.AsSpan(at - 2, 2) is "--";
            var isFunction = wordEnd < end && text.Text[wordEnd] == '(';
            if (!char.IsDigit(word[0]) && word is not ("select" or "call") && (isFirst || isFunction || (isOption && !text.IsFence(start)) || Keywords.Contains(word)))
            {
                marks.Add(Clause.HashOf(word));
            }

            (isFirst, at) = (false, wordEnd);
        }

        return marks;
    }

    private sealed record Piece(int Start, int End, List<ulong> Marks);
}
