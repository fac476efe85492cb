namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>Compares what two answers say to a yes-or-no question: by the word they begin with, or by a negation in the main clause.</summary>
internal static class Polarity
{
    private const string Marks = " \t\n*>#-_~:";
    private static readonly string[] Titles = ["答", "回答", "a", "answer"];

    // Words of one family deny each other even without a comma after them: 可以随时更新, 不能更新. The longest comes first. A word that also begins other
    // phrases, as 不 does 不同, and "no" does "no index …", must stand alone.
    private static readonly Opening[] Openings =
    [
        No("it does not", "it"), No("it doesn't", "it"), No("it cannot", "it"), No("it can't", "it"), No("it is not", "it"), No("it isn't", "it"),
        Yes("it does", "it", alone: true), Yes("it can", "it", alone: true), Yes("it is", "it", alone: true),
        No("no", "yes", alone: true), No("nope", "yes"), No("not", "yes", alone: true), No("never", "yes", alone: true), Yes("yes", "yes"), Yes("yep", "yes"),
        No("false", "true", alone: true), Yes("true", "true", alone: true), Yes("correct", "true", alone: true),
        No("不可以", "能"), No("不能够", "能"), No("不能", "能"), No("无法", "能"), No("不行", "能"), Yes("可以", "能"), Yes("能够", "能"), Yes("能", "能", alone: true), Yes("行", "能", alone: true),
        No("不会", "会"), Yes("会", "会", alone: true),
        No("不需要", "要"), No("不用", "要"), No("不必", "要"), No("无需", "要"), No("无须", "要"), Yes("需要", "要"), Yes("必须", "要"), Yes("要", "要", alone: true),
        No("不支持", "支持"), Yes("支持", "支持"), No("不允许", "允许"), Yes("允许", "允许"), No("不应该", "应"), No("不应", "应"), Yes("应该", "应"), Yes("应当", "应"),
        No("没有", "有"), Yes("有", "有", alone: true), No("不安全", "安全"), Yes("安全", "安全", alone: true),
        No("不是", "是"), Yes("是", "是", alone: true), No("不对", "对", alone: true), Yes("对", "对", alone: true), No("否", "是", alone: true), No("不", "是", alone: true),
    ];

    public static AnswerDifference? Difference(AnswerText a, AnswerText b)
    {
        var (startA, startB) = (Start(a), Start(b));
        if (Begin(a, startA) is { } left && Begin(b, startB) is { } right)
        {
            return left.Opening.Affirms != right.Opening.Affirms && ((left.Alone && right.Alone) || left.Opening.Family == right.Opening.Family)
                ? new AnswerDifference(DifferenceKind.YesNo, Passage(a, startA, left.End), Passage(b, startB, right.End))
                : null;
        }

        return Negation(a, startA, b, startB);
    }

    private static int Start(AnswerText text)
    {
        var at = 0;
        while (at < text.Text.Length && Marks.Contains(text.Text[at], StringComparison.Ordinal))
        {
            at++;
        }

        foreach (var title in Titles)
        {
            if (text.Text.AsSpan(at).StartsWith(title, StringComparison.Ordinal) && at + title.Length < text.Text.Length && text.Text[at + title.Length] == ':')
            {
                return Math.Min(text.Text.Length, text.AfterBlanks(at + title.Length + 1));
            }
        }

        return at;
    }

    /// <summary>The word of <see cref="Openings"/> that the answer begins with, and whether it stands alone, as before a comma.</summary>
    private static (Opening Opening, int End, bool Alone)? Begin(AnswerText text, int at)
    {
        foreach (var opening in Openings)
        {
            var end = at + opening.Word.Length;
            var isPartOfWord = end < text.Text.Length && AnswerText.IsWord(opening.Word[^1]) && AnswerText.IsWord(text.Text[end]);
            if (isPartOfWord || !text.Text.AsSpan(at).StartsWith(opening.Word, StringComparison.Ordinal))
            {
                continue;
            }

            var after = end;
            while (after < text.Text.Length && text.Text[after] is '的' or '啊' or '呀' or '哦' or '*')
            {
                after++;
            }

            var alone = after == text.Text.Length || text.Text[after] is ':' or '—' or '、' || Clause.IsStop(text, after);
            return alone || !opening.Alone || BeginsClause(text, end, opening)
                ? (opening, end, alone || opening.Word == "yes" || opening.Family == "it")
                : null;
        }

        return null;
    }

    // 会阻塞 and 能吃 affirm; 会话 and 能力 are other words.
    private static bool BeginsClause(AnswerText text, int end, Opening opening) =>
        opening.Word is "能" or "会" or "是" or "有" && AnswerText.IsHan(text.Text[end]) && !"话议员力量否时些人效".Contains(text.Text[end], StringComparison.Ordinal);

    /// <summary>"creates an index" and "does not create an index": the first clauses say the same but for a negation.</summary>
    private static AnswerDifference? Negation(AnswerText a, int startA, AnswerText b, int startB)
    {
        const double SameWords = 0.6;
        const int LeastShared = 4;
        var (endA, endB) = (ClauseEnd(a, startA), ClauseEnd(b, startB));
        var (negatedA, negatedB) = (IsNegated(a.Text.AsSpan(startA, endA - startA)), IsNegated(b.Text.AsSpan(startB, endB - startB)));
        if (negatedA == negatedB)
        {
            return null;
        }

        var (left, right) = (Clause.Between(a, startA, endA, endA, endA, withCode: true), Clause.Between(b, startB, endB, endB, endB, withCode: true));
        var shared = left.Shared(right);
        var negated = negatedA ? left : right;
        var plain = negatedA ? right : left;

        // The negation itself, with "does" or 能, is what one clause has more.
        const int WeightOfNegation = 4;
        return left.First == right.First && shared >= LeastShared && shared >= SameWords * plain.Weight && negated.Weight <= plain.Weight + WeightOfNegation
            ? new AnswerDifference(DifferenceKind.YesNo, left.Passage(a, startA, endA), right.Passage(b, startB, endB))
            : null;
    }

    private static int ClauseEnd(AnswerText text, int start)
    {
        const int Longest = 200;
        var end = start;
        while (end < Math.Min(text.Text.Length, start + Longest) && !Clause.IsStop(text, end))
        {
            end++;
        }

        return end;
    }

    private static bool IsNegated(ReadOnlySpan<char> clause)
    {
        var negations = 0;
        for (var i = 0; i < clause.Length; i++)
        {
            var rest = clause[i..];
            if (AnswerText.IsHan(clause[i]))
            {
                // 不仅, 不过, 不同 … deny nothing; 不得不 is a double negation.
                negations += rest[0] switch
                {
                    '不' => rest.Length > 1 && "仅但过同断然妨论管久少得只".Contains(rest[1], StringComparison.Ordinal) ? 0 : i > 0 && clause[i - 1] == '得' ? 0 : 1,
                    '没' => 1,
                    '无' => rest.Length > 1 && rest[1] is '法' or '需' or '须' ? 1 : 0,
                    '未' => rest.Length > 1 && rest[1] == '来' ? 0 : 1,
                    _ => 0,
                };
            }
            else if (i == 0 || !AnswerText.IsWord(clause[i - 1]))
            {
                foreach (var word in (ReadOnlySpan<string>)["not", "no", "never", "cannot", "without"])
                {
                    negations += rest.StartsWith(word, StringComparison.Ordinal) && (rest.Length == word.Length || !AnswerText.IsWord(rest[word.Length])) ? 1 : 0;
                }
            }

            negations += rest.StartsWith("n't", StringComparison.Ordinal) || rest.StartsWith("n’t", StringComparison.Ordinal) ? 1 : 0;
        }

        return negations % 2 == 1;
    }

    private static Passage Passage(AnswerText text, int start, int end) => Clause.Around(text, start, end, withCode: true).Passage(text, start, end);

    private static Opening Yes(string word, string family, bool alone = false) => new(word, family, true, alone);

    private static Opening No(string word, string family, bool alone = false) => new(word, family, false, alone);

    private sealed record Opening(string Word, string Family, bool Affirms, bool Alone);
}
