namespace QaBuild.Model.Evaluation;

/// <summary>A limit that a model was held against.</summary>
/// <param name="Name">The property's.</param>
/// <param name="Limit">What was asked for.</param>
/// <param name="Measured">What was found.</param>
/// <param name="Passed">Whether it is within.</param>
public sealed record GateResult(string Name, double Limit, double Measured, bool Passed);

/// <summary>Limits that a model must keep; null for none.</summary>
/// <param name="MinExactMatch">The least share of answers that are right to the character.</param>
/// <param name="MaxTestLoss">The largest loss.</param>
/// <param name="MinStopRate">The least share of answers that the model ends itself.</param>
public sealed record EvaluationGates(double? MinExactMatch, double? MaxTestLoss, double? MinStopRate)
{
    /// <summary>Holds a model against the limits that there are.</summary>
    public IReadOnlyList<GateResult> Judge(ModelEvaluation model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var results = new List<GateResult>();
        void Least(string name, double? limit, double measured)
        {
            if (limit is { } least)
            {
                results.Add(new GateResult(name, least, measured, measured >= least));
            }
        }

        Least(nameof(MinExactMatch), MinExactMatch, model.Answers.ExactMatch);
        if (MaxTestLoss is { } most)
        {
            // The negation: a loss that is no number is in no limit.
            results.Add(new GateResult(nameof(MaxTestLoss), most, model.Loss, model.Loss <= most));
        }

        Least(nameof(MinStopRate), MinStopRate, model.Answers.StopRate);
        return results;
    }
}
