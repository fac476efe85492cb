namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>Compares the numbers and versions of two answers.</summary>
internal static class Quantities
{
    // Texts with more numbers that the other lacks speak of different things; few are enough to find a contradiction.
    private const int MostCompared = 16;
    private const double LeastPartOfLess = 0.5;
    private const double LeastPartOfMore = 0.3;
    private const int LeastShared = 2;

    public static AnswerDifference? Difference(AnswerText a, AnswerText b)
    {
        var (allA, allB) = (QuantityScanner.Scan(a), QuantityScanner.Scan(b));
        var (onlyA, onlyB) = (OnlyIn(allA, allB), OnlyIn(allB, allA));
        var clausesB = onlyB.ConvertAll(q => Clause.Around(b, q.Start, q.End, withCode: true));
        AnswerDifference? best = null;
        var bestLikeness = 0.0;
        foreach (var left in onlyA)
        {
            var clause = Clause.Around(a, left.Start, left.End, withCode: true);
            for (var i = 0; i < onlyB.Count; i++)
            {
                var right = onlyB[i];
                if (left.Dimension == right.Dimension && !CountOtherThings(a, left, b, right)
                    && Likeness(clause, clausesB[i]) is var likeness && likeness > bestLikeness)
                {
                    var kind = left.Dimension == Dimension.Version ? DifferenceKind.Version : DifferenceKind.Number;
                    best = new AnswerDifference(kind, clause.Passage(a, left.Start, left.End), clausesB[i].Passage(b, right.Start, right.End));
                    bestLikeness = likeness;
                }
            }
        }

        return best;
    }

    private static List<Quantity> OnlyIn(List<Quantity> all, List<Quantity> other)
    {
        var (keys, wider) = (new HashSet<ulong>(), new HashSet<ulong>());
        foreach (var quantity in other)
        {
            keys.Add(quantity.Key);
            wider.UnionWith(quantity.WiderKeys());
        }

        var only = new List<Quantity>();
        foreach (var quantity in all)
        {
            if (only.Count < MostCompared && !keys.Contains(quantity.Key) && !wider.Contains(quantity.Key) && !quantity.WiderKeys().Any(keys.Contains))
            {
                only.Add(quantity);
            }
        }

        return only;
    }

    // "8 kB." and "It is 16 kB by default.": an answer that is nothing but the number speaks of what was asked.
    private static double Likeness(Clause a, Clause b)
    {
        if ((a.Weight == 0 && a.Start == 0) || (b.Weight == 0 && b.Start == 0))
        {
            return a.Start == 0 && b.Start == 0 ? 1 : 0;
        }

        var shared = a.Shared(b);
        var likeness = a.PartOfLess(b);
        return likeness >= LeastPartOfLess && a.PartOfMore(b) >= LeastPartOfMore && (shared >= LeastShared || shared == Math.Max(a.Weight, b.Weight)) ? likeness : 0;
    }

    // "2 columns" and "3 rows", 2 行 and 3 列.
    private static bool CountOtherThings(AnswerText a, Quantity left, AnswerText b, Quantity right) =>
        left.Dimension == Dimension.None && Counted(a, left.End) is { Length: > 0 } x && Counted(b, right.End) is { Length: > 0 } y
        && AnswerText.IsHan(x[0]) == AnswerText.IsHan(y[0]) && Clause.HashOf(x) != Clause.HashOf(y);

    private static ReadOnlySpan<char> Counted(AnswerText text, int end)
    {
        const string Measures = "行列条张次台块页层级人位名种份段维核倍字";
        var at = text.AfterBlanks(end);
        at += at < text.Text.Length && text.Text[at] == '个' ? 1 : 0;
        if (at == text.Text.Length)
        {
            return "";
        }

        var length = AnswerText.IsHan(text.Text[at]) ? Measures.Contains(text.Text[at], StringComparison.Ordinal) ? 1 : 0 : text.WordEnd(at) - at;
        return text.Text.AsSpan(at, length);
    }
}
