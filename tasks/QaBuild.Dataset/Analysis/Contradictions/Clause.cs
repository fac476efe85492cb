namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>The words around a place up to the next stop or comma: two places whose clauses have words in common speak of the same thing.</summary>
internal sealed class Clause
{
    private const int Reach = 60;

    // Words that stand before a version belong to it and not to the place.
    private const string EmptyHan = "的了从自起版本";
    private static readonly string[] EmptyWords =
    [
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "if", "in", "is", "it", "its", "of", "on", "or", "pg", "postgres", "postgresql", "release",
        "since", "so", "such", "that", "the", "then", "there", "this", "to", "v", "version", "versions", "was", "with", "you", "your",
    ];


    private readonly ulong[] _tokens;

    private Clause(int start, int end, ulong[] tokens)
    {
        (Start, End, _tokens) = (start, end, tokens);
        First = tokens.Length > 0 ? tokens[0] : 0;
        Array.Sort(_tokens);
        Weight = WeightOf(_tokens);
    }

    public int Start { get; }

    public int End { get; }

    /// <summary>Its first word: what it is about, where it is a sentence's beginning.</summary>
    public ulong First { get; }

    /// <summary>How much the clause says: a Chinese character counts 1, a word of another script 2.</summary>
    public int Weight { get; }

    /// <summary>The clause around a place, its words without those of the place itself and without numbers.</summary>
    public static Clause Around(AnswerText text, int start, int end, bool withCode)
    {
        if (!withCode && text.IsFence(start))
        {
            return BeforeFence(text, start);
        }

        var (from, to) = (start, end);
        while (from > Math.Max(0, start - Reach) && !IsStop(text, from - 1))
        {
            from--;
        }

        while (to < Math.Min(text.Text.Length, end + Reach) && !IsStop(text, to))
        {
            to++;
        }

        return Between(text, from, to, start, end, withCode);
    }

    /// <summary>The part of the text from <paramref name="from"/> to <paramref name="to"/>, without the words from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static Clause Between(AnswerText text, int from, int to, int start, int end, bool withCode)
    {
        var tokens = new List<ulong>();
        for (var at = from; at < to;)
        {
            if ((at >= start && at < end) || (!withCode && text.IsCode(at)))
            {
                at++;
            }
            else if (AnswerText.IsHan(text.Text[at]))
            {
                if (!EmptyHan.Contains(text.Text[at], StringComparison.Ordinal))
                {
                    tokens.Add(text.Text[at]);
                }

                at++;
            }
            else if (AnswerText.IsWord(text.Text[at]))
            {
                var wordEnd = Math.Min(to, text.WordEnd(at));
                var word = text.Text.AsSpan(at, wordEnd - at);
                if (!char.IsDigit(word[0]) && Array.BinarySearch(EmptyWords, word.ToString(), StringComparer.Ordinal) < 0)
                {
                    tokens.Add(HashOf(word));
                }

                at = wordEnd;
            }
            else
            {
                at++;
            }
        }

        return new Clause(from, to, [.. tokens]);
    }

    /// <summary>A hash of a word that ignores a final s, as of a plural or a verb.</summary>
    public static ulong HashOf(ReadOnlySpan<char> word)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in word.Length > 3 && word[^1] == 's' ? word[..^1] : word)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash | (1UL << 63);
    }

    /// <summary>The weight of the words that both have.</summary>
    public int Shared(Clause other)
    {
        var weight = 0;
        for (int i = 0, j = 0; i < _tokens.Length && j < other._tokens.Length;)
        {
            if (_tokens[i] == other._tokens[j])
            {
                weight += WeightOf(_tokens.AsSpan(i, 1));
                i++;
                j++;
            }
            else if (_tokens[i] < other._tokens[j])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return weight;
    }

    /// <summary>The shared part of the clause that says less, from 0 to 1.</summary>
    public double PartOfLess(Clause other) => Math.Min(Weight, other.Weight) is var less and > 0 ? (double)Shared(other) / less : 0;

    /// <summary>The shared part of the clause that says more, from 0 to 1.</summary>
    public double PartOfMore(Clause other) => Math.Max(Weight, other.Weight) is var more and > 0 ? (double)Shared(other) / more : 0;

    public Passage Passage(AnswerText text, int start, int end)
    {
        const int Longest = 80;
        var (from, to) = (Math.Min(Start, start), Math.Max(End, end));
        if (to - from > Longest)
        {
            from = Math.Max(from, Math.Min(start - (Longest / 4), to - Longest));
            to = Math.Min(to, from + Longest);
        }

        // No half of a surrogate pair.
        from += from > 0 && char.IsLowSurrogate(text.Original[from]) ? 1 : 0;
        to -= to < text.Original.Length && char.IsLowSurrogate(text.Original[to]) ? 1 : 0;
        return new Passage(start, end - start, text.Original[from..to].Trim());
    }

    /// <summary>Whether a clause ends at <paramref name="at"/>.</summary>
    public static bool IsStop(AnswerText text, int at) => text.Text[at] switch
    {
        '\n' or '|' => true,
        _ when text.IsCode(at) => false,
        '。' or '；' or ';' or '!' or '?' or '(' or ')' => true,
        '.' or ',' => at + 1 == text.Text.Length || !AnswerText.IsWord(text.Text[at + 1]),
        _ => false,
    };

    // Code in a fence has no clause; the line that leads to it says what it is for.
    private static Clause BeforeFence(AnswerText text, int at)
    {
        while (at > 0 && text.IsFence(at - 1))
        {
            at--;
        }

        var end = text.Text.AsSpan(0, at).TrimEnd().Length;
        var start = Math.Max(text.Text.AsSpan(0, end).LastIndexOf('\n') + 1, end - Reach);
        return Between(text, start, end, end, end, withCode: false);
    }

    private static int WeightOf(ReadOnlySpan<ulong> tokens)
    {
        var weight = 0;
        foreach (var token in tokens)
        {
            weight += token <= char.MaxValue ? 1 : 2;
        }

        return weight;
    }
}
