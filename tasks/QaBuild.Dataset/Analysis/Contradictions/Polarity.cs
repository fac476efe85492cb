namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>Compares what two answers say to a yes-or-no question: by the word they begin with, or by a negation in the main clause.</summary>
internal static class Polarity
{
    private const string Marks = " \t\n*>#-_~:";
    private static readonly string[] Titles = ["答", "回答", "a", "answer"];

    // Words of one family deny each other even without a comma after them: 可以随时更新, 不能更新. The longest comes first.
    private static readonly Opening[] Openings =
    [
        new("it does not", "it", false), new("it doesn't", "it", false), new("it cannot", "it", false), new("it can't", "it", false), new("it is not", "it", false), new("it isn't", "it", false),
        new("no", "yes", false), new("nope", "yes", false), new("not", "yes", false), new("never", "yes", false), new("false", "true", false),
        new("yes", "yes", true), new("yep", "yes", true), new("it does", "it", true), new("it can", "it", true), new("it is", "it", true), new("true", "true", true), new("correct", "true", true),
        new("不可以", "能", false), new("不能够", "能", false), new("不能", "能", false), new("无法", "能", false), new("不行", "能", false), new("可以", "能", true), new("能够", "能", true), new("能", "能", true), new("行", "能", true),
        new("不会", "会", false), new("会", "会", true),
        new("不需要", "要", false), new("不用", "要", false), new("不必", "要", false), new("无需", "要", false), new("无须", "要", false), new("需要", "要", true), new("必须", "要", true), new("要", "要", true),
        new("不支持", "支持", false), new("支持", "支持", true), new("不允许", "允许", false), new("允许", "允许", true),
        new("不应该", "应", false), new("不应", "应", false), new("应该", "应", true), new("应当", "应", true),
        new("没有", "有", false), new("有", "有", true), new("不安全", "安全", false), new("安全", "安全", true),
        new("不是", "是", false), new("是", "是", true), new("不对", "对", false), new("对", "对", true), new("否", "是", false), new("不", "是", false),
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
            if (!text.Text.AsSpan(at).StartsWith(opening.Word, StringComparison.Ordinal) || (end < text.Text.Length && AnswerText.IsWord(opening.Word[^1]) && AnswerText.IsWord(text.Text[end])))
            {
                continue;
            }

            var after = end;
            while (after < text.Text.Length && text.Text[after] is '的' or '啊' or '呀' or '哦' or '*')
            {
                after++;
            }

            var alone = after == text.Text.Length || text.Text[after] is ':' or '—' or '、' || Clause.IsStop(text, after);

            // 不 and no begin many phrases (不同, no index …), 会 and 是 many words (会话, 是否): these must stand alone; so must "it is".
            var mustStandAlone = opening.Word is "no" or "not" or "never" or "true" or "false" or "correct" or "it does" or "it can" or "it is" or "不" or "否" or "行" or "要" or "对" or "不对" or "有" or "能" or "是" or "会" or "安全";
            return alone || !mustStandAlone || IsFollowedByClause(text, end, opening) ? (opening, end, alone || opening.Word == "yes" || opening.Family == "it") : null;
        }

        return null;
    }

    // 会阻塞 and 能吃 affirm; 会话 and 能力 are other words.
    private static bool IsFollowedByClause(AnswerText text, int end, Opening opening) =>
        opening.Word is "能" or "会" or "是" or "有" && AnswerText.IsHan(text.Text[end]) && text.Text[end] is not ('话' or '议' or '员' or '力' or '量' or '否' or '时' or '些' or '人' or '效');

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
        return left.First == right.First && shared >= LeastShared && shared >= SameWords * plain.Weight && shared + WeightOfNegation >= SameWords * negated.Weight && negated.Weight <= plain.Weight + WeightOfNegation
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

    private sealed record Opening(string Word, string Family, bool Affirms);
}
