namespace QaBuild.Dataset.Analysis.Content;

/// <summary>What the checks over all answers need of one: numbers, so that an answer that did not change need not be read again.</summary>
/// <param name="IsChinese">Whether it is, by its script.</param>
/// <param name="Opening">The hash of its first sentence; 0 when that is short, code or all of it.</param>
/// <param name="Closing">The hash of its last sentence; 0 as above.</param>
internal readonly record struct AnswerFacts(bool IsChinese, ulong Opening, ulong Closing)
{
    public static AnswerFacts Of(MarkedText answer) => new(
        LanguageDetector.IsChinese(answer, default), Sentence.Hash(answer.Text[Sentence.First(answer.Text)]), Sentence.Hash(answer.Text[Sentence.Last(answer.Text)]));
}
