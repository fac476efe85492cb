namespace QaBuild.Model.Evaluation;

/// <summary>An answer of a model beside the one that was wanted.</summary>
/// <param name="Expected">Without its terminator.</param>
/// <param name="Given">Without its terminator.</param>
/// <param name="Stopped">Whether the model ended it itself, rather than the limit of tokens.</param>
public sealed record GivenAnswer(string Expected, string Given, bool Stopped)
{
    /// <summary>Whether the two are the same to the character, white space at either end apart.</summary>
    public bool IsExact => string.Equals(Expected.Trim(), Given.Trim(), StringComparison.Ordinal);
}

/// <summary>How well a set of answers fits the wanted ones; every figure but <paramref name="Count"/> lies in [0, 1].</summary>
/// <param name="Count">Answers.</param>
/// <param name="ExactMatch">The share of those that are the same to the character.</param>
/// <param name="RougeL">The mean of <see cref="Evaluation.RougeL"/>.</param>
/// <param name="Bleu"><see cref="Evaluation.Bleu"/> of all together.</param>
/// <param name="StopRate">The share of those that the model ended itself.</param>
public sealed record AnswerMetrics(int Count, double ExactMatch, double RougeL, double Bleu, double StopRate)
{
    /// <summary>Measures answers; of none at all every figure is 0.</summary>
    public static AnswerMetrics Of(IReadOnlyCollection<GivenAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        return answers.Count == 0 ? new AnswerMetrics(0, 0, 0, 0, 0) : new AnswerMetrics(
            answers.Count,
            (double)answers.Count(a => a.IsExact) / answers.Count,
            answers.Average(a => Evaluation.RougeL.Of(a.Expected, a.Given)),
            Evaluation.Bleu.Of([.. answers.Select(a => (a.Expected, a.Given))]),
            (double)answers.Count(a => a.Stopped) / answers.Count);
    }
}
