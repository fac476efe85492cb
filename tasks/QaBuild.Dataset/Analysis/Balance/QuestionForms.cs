using System.Buffers;
using System.Text.Json;
using QaBuild.Dataset.Analysis.Content;

namespace QaBuild.Dataset.Analysis.Balance;

/// <summary>
/// Tells a question's form. Many questions tell their story first, so the first sentence with a question mark counts, and within it the first clause
/// that begins with a question word; Chinese asks anywhere in a sentence. A text without a question mark is judged by its first sentence.
/// </summary>
internal static class QuestionForms
{
    // A form that shows only after pages of text is none that a reader would see.
    private const int Longest = 4000;

    private const int LongestWord = 8;

    private static readonly AsciiSet MayEndSentence = new("?!\n."), EndsClause = new(",;:()\"");

    /// <summary>The name that the manifest and messages use.</summary>
    public static string Name(this QuestionForm form) => JsonNamingPolicy.CamelCase.ConvertName(form.ToString());

    public static QuestionForm Of(ReadOnlySpan<char> question)
    {
        var text = question[..Math.Min(question.Length, Longest)];
        if (text.ContainsAny('`', '~'))
        {
            Span<char> buffer = stackalloc char[Longest];
            return OfText(buffer[..WithoutCode(text, buffer)]);
        }

        return OfText(text);
    }

    private static QuestionForm OfText(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny('?', '？'))
        {
            text = text.Trim();
            return OfSentence(text[..SentenceEnd(text)]);
        }

        while (!text.IsEmpty)
        {
            var end = SentenceEnd(text);
            if (end < text.Length && text[end] is '?' or '？' && OfSentence(text[..end]) is var form and not QuestionForm.Other)
            {
                return form;
            }

            text = text[Math.Min(end + 1, text.Length)..];
        }

        return QuestionForm.Other;
    }

    // A question mark in `WHERE id = ?` asks nothing; x stands for what was code.
    private static int WithoutCode(ReadOnlySpan<char> text, Span<char> plain)
    {
        var length = 0;
        var (fenced, inCode) = (false, false);
        for (var at = 0; at < text.Length; at++)
        {
            var startsLine = at == 0 || text[at - 1] == '\n';
            if (startsLine && (text[at..].StartsWith("```") || text[at..].StartsWith("~~~")))
            {
                fenced = !fenced;
                var end = text[at..].IndexOf('\n');
                at = end < 0 ? text.Length : at + end - 1;
                continue;
            }

            if (text[at] == '\n')
            {
                (inCode, plain[length++]) = (false, '\n');
            }
            else if (text[at] == '`' && !fenced)
            {
                (inCode, plain[length++]) = (!inCode, 'x');
            }
            else if (!inCode && !fenced)
            {
                plain[length++] = text[at];
            }
        }

        return length;
    }

    private static int SentenceEnd(ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (char.IsAscii(c) ? MayEndSentence.Contains(c) && (c != '.' || at + 1 == text.Length || char.IsWhiteSpace(text[at + 1])) : c is '？' or '！' or '。')
            {
                return at;
            }
        }

        return text.Length;
    }

    private static int ClauseEnd(ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (char.IsAscii(c) ? EndsClause.Contains(c) : c is '—' or '–')
            {
                return at;
            }
        }

        return text.Length;
    }

    private static QuestionForm OfSentence(ReadOnlySpan<char> sentence)
    {
        foreach (var c in sentence)
        {
            if (PlainWords.IsHan(c))
            {
                return OfChinese(sentence);
            }
        }

        for (var rest = sentence; !rest.IsEmpty;)
        {
            var end = ClauseEnd(rest);
            var form = OfClause(rest[..end]);
            if (form is QuestionForm.What or QuestionForm.How && sentence.Contains("differ", StringComparison.OrdinalIgnoreCase))
            {
                return QuestionForm.Difference;
            }

            if (form != QuestionForm.Other)
            {
                return form;
            }

            rest = rest[Math.Min(end + 1, rest.Length)..];
        }

        return QuestionForm.Other;
    }

    private static QuestionForm OfChinese(ReadOnlySpan<char> sentence)
    {
        if (sentence.ContainsAny(Chinese.Difference))
        {
            return QuestionForm.Difference;
        }

        var at = sentence.IndexOfAny(Chinese.Any);
        var (longest, form) = (0, QuestionForm.Other);
        if (at >= 0)
        {
            foreach (var (word, asked) in Chinese.Words)
            {
                if (word.Length > longest && sentence[at..].StartsWith(word))
                {
                    (longest, form) = (word.Length, asked);
                }
            }
        }

        return form;
    }

    private static QuestionForm OfClause(ReadOnlySpan<char> clause)
    {
        // By which rule, and what for: a few words may stand before the one that asks.
        const int MostBefore = 2;
        for (var before = 0; before <= MostBefore; before++)
        {
            var word = NextWord(ref clause);
            var form = OfWord(word, clause);
            if (form != QuestionForm.Other || !Introduces(word))
            {
                return form;
            }
        }

        return QuestionForm.Other;
    }

    /// <summary>A word that may be one of ours in lower case; a longer one is none.</summary>
    private static ReadOnlySpan<char> Lower(ReadOnlySpan<char> word, Span<char> buffer) =>
        word.Length > buffer.Length ? default : buffer[..word.ToLowerInvariant(buffer)];

    private static ReadOnlySpan<char> NextWord(ref ReadOnlySpan<char> text)
    {
        var start = 0;
        while (start < text.Length && !char.IsLetter(text[start]))
        {
            start++;
        }

        var end = start;
        while (end < text.Length && char.IsLetter(text[end]))
        {
            end++;
        }

        var word = text[start..end];
        text = text[end..];
        return word;
    }

    private static QuestionForm OfWord(ReadOnlySpan<char> word, ReadOnlySpan<char> rest)
    {
        Span<char> lower = stackalloc char[LongestWord];
        return Lower(word, lower) switch
        {
            "where" => QuestionForm.Where,
            "what" => QuestionForm.What,
            "why" => QuestionForm.Why,
            "how" => CountsOrMeasures(NextWord(ref rest)) ? QuestionForm.HowMany : QuestionForm.How,
            "when" => QuestionForm.When,
            "who" or "whom" or "whose" => QuestionForm.Who,
            "which" => QuestionForm.Which,
            "is" or "are" or "am" or "was" or "were" or "isn" or "aren" or "wasn" or "weren" or "do" or "does" or "did" or "don" or "doesn" or "didn"
                or "can" or "could" or "couldn" or "may" or "might" or "must" or "shall" or "should" or "shouldn" or "will" or "won" or "would" or "wouldn"
                or "has" or "have" or "had" or "hasn" or "haven" => QuestionForm.Whether,
            _ => QuestionForm.Other,
        };
    }

    private static bool CountsOrMeasures(ReadOnlySpan<char> word)
    {
        Span<char> lower = stackalloc char[LongestWord];
        return Lower(word, lower) is "many" or "much" or "long" or "often" or "large" or "big" or "far" or "old";
    }

    private static bool Introduces(ReadOnlySpan<char> word)
    {
        Span<char> lower = stackalloc char[LongestWord];
        return Lower(word, lower) is "in" or "on" or "at" or "by" or "for" or "from" or "to" or "with" or "of" or "under" or "about"
            or "and" or "but" or "so" or "then" or "or" or "also" or "exactly" or "please" or "hi" or "hello";
    }

    /// <summary>What Chinese asks with. In a class of its own: it is made when a Chinese question is first seen.</summary>
    private static class Chinese
    {
        public static readonly (string Word, QuestionForm Form)[] Words =
        [
            ("为什么", QuestionForm.Why), ("为何", QuestionForm.Why), ("为啥", QuestionForm.Why), ("什么原因", QuestionForm.Why), ("原因是什么", QuestionForm.Why),
            ("怎么", QuestionForm.How), ("怎样", QuestionForm.How), ("如何", QuestionForm.How), ("咋", QuestionForm.How),
            ("什么时候", QuestionForm.When), ("什么情况下", QuestionForm.When), ("何时", QuestionForm.When),
            ("什么地方", QuestionForm.Where), ("哪里", QuestionForm.Where), ("哪儿", QuestionForm.Where), ("何处", QuestionForm.Where),
            ("谁", QuestionForm.Who), ("哪位", QuestionForm.Who), ("什么人", QuestionForm.Who),
            ("哪", QuestionForm.Which), ("还是", QuestionForm.Which),
            ("多少", QuestionForm.HowMany), ("多久", QuestionForm.HowMany), ("多大", QuestionForm.HowMany), ("多长", QuestionForm.HowMany),
            ("几个", QuestionForm.HowMany), ("几种", QuestionForm.HowMany), ("几次", QuestionForm.HowMany),
            ("是否", QuestionForm.Whether), ("能否", QuestionForm.Whether), ("可否", QuestionForm.Whether), ("是不是", QuestionForm.Whether), ("能不能", QuestionForm.Whether),
            ("会不会", QuestionForm.Whether), ("可不可以", QuestionForm.Whether), ("要不要", QuestionForm.Whether), ("有没有", QuestionForm.Whether), ("吗", QuestionForm.Whether),
            ("什么", QuestionForm.What), ("啥", QuestionForm.What), ("何为", QuestionForm.What),
        ];

        public static readonly SearchValues<string> Any = SearchValues.Create(Array.ConvertAll(Words, w => w.Word), StringComparison.Ordinal);

        public static readonly SearchValues<string> Difference = SearchValues.Create(["区别", "差异", "差别", "异同", "有何不同", "什么不同"], StringComparison.Ordinal);
    }
}
