namespace QaBuild.Dataset.Analysis.Balance;

/// <summary>What a unit is counted by, besides its path, its level and its front matter.</summary>
/// <param name="IsChinese">Whether question and answer are Chinese rather than English.</param>
/// <param name="Form">What the question asks for.</param>
/// <param name="AnswerLength">UTF-16 code units of the answer.</param>
internal readonly record struct UnitTraits(bool IsChinese, QuestionForm Form, int AnswerLength)
{
    public static UnitTraits Of(MarkedText question, MarkedText answer) =>
        new(LanguageDetector.IsChinese(question, answer), QuestionForms.Of(question.Text), answer.Text.Length);
}
