using QaBuild.Dataset.Analysis.Balance;
using QaBuild.Dataset.Analysis.Content;
using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Analysis;

/// <summary>What the checks over all units need of one. It depends on its question and its answer only, and is kept for the next compile.</summary>
/// <param name="Question">What same questions share.</param>
/// <param name="Answer">What same answers share; null for one so short that many questions may have it.</param>
/// <param name="Traits">What the unit is counted by.</param>
/// <param name="Facts">Of the answer.</param>
/// <param name="Signature">Of the question; null when similar texts are not looked for.</param>
/// <param name="PairSignature">Of the question with its answer; null as above.</param>
internal sealed record UnitAnalysis(TextKey Question, TextKey? Answer, UnitTraits Traits, AnswerFacts Facts, TextSignature? Signature, TextSignature? PairSignature)
{
    // "Yes, it does." answers many questions.
    private const int ShortestAnswer = 60;

    /// <summary>Analyses a question and its answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="similar">Whether similar texts are looked for.</param>
    public static UnitAnalysis Of(MarkedText question, MarkedText answer, bool similar) => new(
        TextKey.Of(question.Text),
        answer.Text.Length >= ShortestAnswer ? TextKey.Of(answer.Text) : null,
        UnitTraits.Of(question, answer),
        AnswerFacts.Of(answer),
        similar ? TextSignature.OfQuestion(question.Text) : null,
        similar ? TextSignature.OfPair(question.Text, answer.Text) : null);
}
