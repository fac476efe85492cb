using QaBuild.Model.Evaluation;

namespace QaBuild.Model.Packaging.Gate;

/// <summary>Holds a hop against its limits, and says what most likely went wrong there.</summary>
internal static class GateJudge
{
    // Likelihoods that far apart are not of one model's weights, rounded or not.
    private const double OtherWeights = 1.0;

    /// <summary>The first limit that is missed, with the question that shows it best; null when none is.</summary>
    public static GateFailure? FailureOf(GateHopResult hop, IReadOnlyList<GateQuestion> questions, GateLimits limits, GateHopResult? trainer)
    {
        GateFailure Failure(string measure, double value, double limit, int worst, string expected) =>
            new(measure, value, limit, questions[worst].Question, expected, hop.Answers[worst].Text, Cause(hop, measure, questions, trainer));
        int First(Func<int, bool> fails) => Enumerable.Range(0, questions.Count).First(i => questions[i].IsTrained && fails(i));

        if (hop.StopRate < limits.MinStopRate)
        {
            var worst = First(i => !hop.Answers[i].Stopped);
            return Failure("StopRate", hop.StopRate.Value, limits.MinStopRate, worst, questions[worst].Expected);
        }

        if (hop.ExactMatch < limits.MinExactMatch)
        {
            var worst = First(i => !new GivenAnswer(questions[i].Expected, hop.Answers[i].Text, true).IsExact);
            return Failure("ExactMatch", hop.ExactMatch.Value, limits.MinExactMatch, worst, questions[worst].Expected);
        }

        var reference = trainer?.Answers ?? hop.Answers;
        var least = Enumerable.Range(0, questions.Count).MinBy(i => RougeL.Of(reference[i].Text, hop.Answers[i].Text));
        return hop.RougeL < limits.RougeLOf(hop.Kind) ? Failure("RougeL", hop.RougeL.Value, limits.RougeLOf(hop.Kind)!.Value, least, reference[least].Text)
            : hop.Drift > limits.DriftOf(hop.Kind) ? Failure("Drift", hop.Drift.Value, limits.DriftOf(hop.Kind)!.Value, least, reference[least].Text)
            : null;
    }

    private static string Cause(GateHopResult hop, string measure, IReadOnlyList<GateQuestion> questions, GateHopResult? trainer) => hop.Kind switch
    {
        GateHopKind.Trainer when measure == "StopRate" && questions.Any(q => q.IsTrained && q.Ending.Length == 0) => "GateNoTerminator",
        GateHopKind.Trainer => "GateUndertrained",
        GateHopKind.Adapter => "GateOtherAdapter",
        GateHopKind.Fused => "GateOtherFused",
        GateHopKind.Quantized when hop.Drift > OtherWeights => "GateOtherFile",
        GateHopKind.Quantized => "GateTooFewBits",
        _ when measure == "StopRate" => "GateTemplateStop",
        _ => "GateTemplate",
    };
}
