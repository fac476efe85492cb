namespace QaBuild.Model.Evaluation;

/// <summary>How a model did.</summary>
/// <param name="Loss">The mean over all tokens that count of minus the natural logarithm of their likelihood.</param>
/// <param name="Answers">The answers to the rows that have a question.</param>
/// <param name="Rows">In the order of <see cref="EvaluationData.Rows"/>.</param>
public sealed record ModelEvaluation(double Loss, AnswerMetrics Answers, IReadOnlyList<RowResult> Rows)
{
    /// <summary>e to the loss.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary>Sums rows up.</summary>
    public static ModelEvaluation Of(IReadOnlyList<EvaluationRow> rows, IReadOnlyList<RowResult> results)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(results);
        var tokens = results.Sum(r => (long)r.Tokens);
        return new ModelEvaluation(
            tokens == 0 ? 0 : results.Sum(r => r.Loss) / tokens,
            AnswerMetrics.Of([.. rows.Zip(results).Where(p => p.First.Prompt.Length > 0).Select(p => new GivenAnswer(p.First.Expected, p.Second.Answer, p.Second.Stopped))]),
            results);
    }
}
