using QaBuild.Model.Evaluation;

namespace QaBuild.Model.Packaging.Gate;

/// <summary>
/// Asks every form of a model the same questions, and says at which hop answers get lost. What works in the trainer and not in Ollama broke at one of the steps between, and
/// the first hop that fails names it.
/// </summary>
public sealed class AnswerGate
{
    // An answer longer than the row's by so much does not stop.
    private const int SpareTokens = 32;
    private readonly IReadOnlyList<GateQuestion> _questions;
    private readonly GateLimits _limits;
    private readonly Action<GateHop, int> _progress;

    /// <summary>A gate.</summary>
    /// <param name="questions">At least one that was trained.</param>
    /// <param name="limits">What a hop must reach.</param>
    /// <param name="progress">Hears which hop is asked, and how many questions it has answered.</param>
    public AnswerGate(IReadOnlyList<GateQuestion> questions, GateLimits limits, Action<GateHop, int>? progress = null) =>
        (_questions, _limits, _progress) = (questions, limits, progress ?? ((_, _) => { }));

    /// <summary>Asks hop after hop. After one that fails, those that follow from it are not asked; quantized files do not follow from each other.</summary>
    /// <param name="hops">In order, the trainer first.</param>
    /// <param name="reference">The trainer's result when it was asked before, in another process.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ModelFaultException">A model cannot be opened, other than for what is wrong with it itself.</exception>
    public async Task<IReadOnlyList<GateHopResult>> RunAsync(IReadOnlyList<GateHop> hops, GateHopResult? reference = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(hops);
        var results = new List<GateHopResult>();
        var scores = (IReadOnlyList<double[]?>)[];
        foreach (var hop in hops)
        {
            if (results.Exists(r => r.Failure is not null && r.Kind < hop.Kind))
            {
                results.Add(new GateHopResult { Kind = hop.Kind, Name = hop.Name });
                continue;
            }

            var (result, own) = await AskAsync(hop, reference, scores, cancellation).ConfigureAwait(false);
            results.Add(result);
            if (hop.Kind == GateHopKind.Trainer)
            {
                (reference, scores) = (result, own);
            }
        }

        return results;
    }

    private async Task<(GateHopResult Result, IReadOnlyList<double[]?> Scores)> AskAsync(GateHop hop, GateHopResult? reference, IReadOnlyList<double[]?> trainer, CancellationToken cancellation)
    {
        var answers = new List<GateAnswer>();
        var scores = new List<double[]?>();
        try
        {
            await using var model = await hop.OpenAsync(cancellation).ConfigureAwait(false);
            foreach (var question in _questions)
            {
                _progress(hop, answers.Count);
                var own = await model.ScoreAsync(question, cancellation).ConfigureAwait(false);
                scores.Add(own);
                answers.Add(await model.AnswerAsync(question, (own?.Length ?? question.Expected.Length) + SpareTokens, cancellation).ConfigureAwait(false));
            }
        }
        catch (ModelFaultException fault) when (fault.Code is ModelFaults.FileMalformed or ModelFaults.ModelNotLoaded or ModelFaults.NativeCrash)
        {
            // The model itself is what is wrong: the first hop at which it is so.
            return (new GateHopResult { Kind = hop.Kind, Name = hop.Name, Failure = new GateFailure("", 0, 0, null, null, null, "GateUnreadable") { Fault = fault } }, scores);
        }

        var result = Measured(hop, answers, scores, reference?.Answers ?? answers, trainer.Count > 0 ? trainer : scores);
        return (result with { Failure = GateJudge.FailureOf(result, _questions, _limits, reference) }, scores);
    }

    private GateHopResult Measured(GateHop hop, List<GateAnswer> answers, List<double[]?> scores, IReadOnlyList<GateAnswer> reference, IReadOnlyList<double[]?> trainer)
    {
        var trained = Enumerable.Range(0, answers.Count).Where(i => _questions[i].IsTrained).ToArray();
        var pairs = scores.Zip(trainer).SelectMany(p => (p.First ?? []).Zip(p.Second ?? [])).ToArray();
        var ownScores = trained.SelectMany(i => scores[i] ?? []).ToArray();
        return new GateHopResult
        {
            Kind = hop.Kind,
            Name = hop.Name,
            Answers = answers,
            StopRate = Mean(trained, i => answers[i].Stopped ? 1 : 0),
            ExactMatch = Mean(trained, i => new GivenAnswer(_questions[i].Expected, answers[i].Text, answers[i].Stopped).IsExact ? 1 : 0),
            RougeL = Mean([.. Enumerable.Range(0, answers.Count)], i => RougeL.Of(reference[i].Text, answers[i].Text)),
            Drift = pairs.Length == 0 ? null : pairs.Average(p => Math.Abs(p.First - p.Second)),
            Loss = ownScores.Length == 0 ? null : -ownScores.Average(),
        };
    }

    private static double? Mean(int[] of, Func<int, double> value) => of.Length == 0 ? null : of.Average(value);
}
