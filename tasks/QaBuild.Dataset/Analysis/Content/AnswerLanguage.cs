using System.Buffers;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>
/// Tells a Chinese question with an answer wholly in a Latin script, and the other way round. Code and identifiers belong to no language, an answer of a few words may be a name,
/// and a question that speaks of languages may want the other one.
/// </summary>
internal static class AnswerLanguage
{
    private const int FewestLatin = 12, FewestHan = 12, FewestOfQuestion = 3;

    private static readonly SearchValues<char> OpeningQuotes = SearchValues.Create("“‘\"'「『");

    private static readonly SearchValues<string> OfLanguages = SearchValues.Create(
        ["translat", "chinese", "mandarin", "cantonese", "japanese", "korean", "english", "language", "翻译", "译", "英文", "英语", "中文", "汉语", "日文", "日语", "法语", "德语", "语言", "双语"],
        StringComparison.OrdinalIgnoreCase);

    public static bool IsOther(MarkedText question, MarkedText answer)
    {
        var (hanAsked, hanAnswered) = (HasHan(question), HasHan(answer));
        return hanAsked != hanAnswered && !question.Text.ContainsAny(OfLanguages) && (hanAsked ? IsChinese(question.Text) && IsLatin(answer.Text) : IsLatinQuestion(question.Text) && IsWhollyChinese(answer.Text));
    }

    // A comment within code may be Chinese all the same.
    private static bool HasHan(MarkedText text) => text.Han > 0 && (!text.Text.ContainsAny('`', '~') || PlainWords.OfProse(text.Text).Han > 0);

    // A question for a sentence with a word of another language in quotation marks is answered in that language.
    private static bool IsChinese(ReadOnlySpan<char> question) =>
        PlainWords.OfProse(question) is var words && words.Han >= FewestOfQuestion && words.Han > words.Latin && !QuotesLatin(question);

    private static bool IsLatin(ReadOnlySpan<char> answer) => PlainWords.OfProse(answer) is { Latin: >= FewestLatin, AreMost: true };

    private static bool IsLatinQuestion(ReadOnlySpan<char> question) => PlainWords.OfProse(question) is { Latin: >= FewestOfQuestion, AreMost: true };

    private static bool QuotesLatin(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(OpeningQuotes) is >= 0 and var at && at + 1 < text.Length)
        {
            text = text[(at + 1)..];
            if (char.IsAsciiLetterLower(text[0]))
            {
                return true;
            }
        }

        return false;
    }

    // With kana it is Japanese, which its script alone does not tell from a quotation.
    private static bool IsWhollyChinese(ReadOnlySpan<char> answer) =>
        !answer.ContainsAnyInRange('\u3040', '\u30ff') && PlainWords.OfProse(answer) is var words && words.Han >= FewestHan && words.Latin * 10 < words.Han;
}
