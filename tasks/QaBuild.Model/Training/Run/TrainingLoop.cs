using System.Diagnostics;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Run;

/// <summary>What a run does batch by batch.</summary>
/// <param name="run">The run.</param>
/// <param name="network">Computes.</param>
/// <param name="adapter">Is trained.</param>
/// <param name="optimizer">Changes it.</param>
/// <param name="best">Gets the best weights, by parameter; null when they are not kept.</param>
/// <param name="tell">Hears what happens.</param>
internal sealed class TrainingLoop(TrainingRun run, Transformer network, AdapterWeights adapter, Optimizer optimizer, float[][]? best, Action<TrainingEvent> tell)
{
    // Half as much again as at the beginning, and halfway to guessing: for so many batches that is no bad luck.
    private const int DivergedBatches = 10;
    private const double DivergedFromFirst = 1.5;
    private const double DivergedFromGuessing = 0.5;

    // What is learned to this has gradients that floats may not hold.
    private const double LearnedLoss = 1e-3;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly double _guessing = Math.Log(network.Shape.Vocabulary);
    private TimeSpan _reported;
    private int _sinceReport;
    private long _tokensSinceReport;

    /// <summary>Runs to the end.</summary>
    /// <param name="state">Where it begins.</param>
    /// <param name="cancellation">Saves and ends.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; a checkpoint is written.</exception>
    public RunState Run(RunState state, CancellationToken cancellation)
    {
        var (begun, saved, mustSave) = (state.Iteration, state, false);
        adapter.ClearGradients();
        try
        {
            if (state.Iteration == 0)
            {
                state = Watch(state, cancellation);
            }

            while (state.Iteration < run.Iterations && !state.StoppedEarly)
            {
                cancellation.ThrowIfCancellationRequested();
                state = Batch(state);
                tell(new TrainingProgressed(state.Iteration, run.Iterations, begun, state.LastLosses[^1], _clock.Elapsed));
                state = Report(state);
                state = IsDue(state, run.Recipe.StepsPerEvaluation) ? Watch(state, cancellation) : state;
                mustSave |= IsDue(state, run.Recipe.SaveEvery) || state.StoppedEarly;
                if (!IsDue(state, run.Recipe.AccumulationSteps))
                {
                    continue;
                }

                // Weights change at steps alone: between them this is where they are.
                saved = state;
                if (mustSave)
                {
                    Save(saved);
                    mustSave = false;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Save(saved);
            throw;
        }

        return state;
    }

    private bool IsDue(RunState state, int every) => state.Iteration % every == 0 || state.Iteration == run.Iterations;

    private void Save(RunState state)
    {
        run.Checkpoint.Save(state, adapter, optimizer, best);
        tell(new TrainingSaved(state.Iteration));
    }

    private RunState Batch(RunState state)
    {
        var rows = run.Batch(state.Iteration);
        var loss = network.LossAndGradients(TrainingRow.BatchOf(rows), state.Iteration, 1f / run.Recipe.AccumulationSteps);
        var next = state with
        {
            Iteration = state.Iteration + 1,
            TrainedTokens = state.TrainedTokens + loss.Losses.Count,
            ReportLoss = state.ReportLoss + loss.Sum,
            ReportTokens = state.ReportTokens + loss.Losses.Count,
            FirstLoss = state.Iteration == 0 ? loss.Mean : state.FirstLoss,
            LastLosses = [.. state.LastLosses.TakeLast(DivergedBatches - 1), loss.Mean],
        };
        _sinceReport++;
        _tokensSinceReport += loss.Losses.Count;
        if (!double.IsFinite(loss.Sum))
        {
            throw Diverged(next, rows, new Reason("DivergedLoss"));
        }

        if (next.LastLosses.Count == DivergedBatches && next.LastLosses.Average() > Math.Max(DivergedFromFirst * next.FirstLoss, DivergedFromGuessing * _guessing))
        {
            throw Diverged(next, rows, new Reason("DivergedWorse", Math.Round(next.LastLosses.Average(), 2), Math.Round(next.FirstLoss, 2), Math.Round(_guessing, 2)));
        }

        return IsDue(next, run.Recipe.AccumulationSteps) ? Step(next, rows) : next;
    }

    private RunState Step(RunState state, TrainingRow[] rows)
    {
        var length = adapter.GradientLength();
        if (!double.IsFinite(length))
        {
            throw Diverged(state, rows, new Reason("DivergedGradient"));
        }

        // Norms keep the loss of a network finite whatever its weights are: then it is at guessing, and nothing moves it from there.
        if (length == 0 && state.LastLosses[^1] > LearnedLoss)
        {
            throw Diverged(state, rows, new Reason("DivergedStuck", Math.Round(state.LastLosses[^1], 2)));
        }

        if (run.Recipe.MaxGradientNorm > 0 && length > run.Recipe.MaxGradientNorm)
        {
            var factor = (float)(run.Recipe.MaxGradientNorm / length);
            foreach (var parameter in adapter.Parameters)
            {
                foreach (ref var g in parameter.Gradient)
                {
                    g *= factor;
                }
            }
        }

        optimizer.Step(network.Workers, run.Rate.At(state.Steps));
        adapter.ClearGradients();
        return state with { Steps = state.Steps + 1 };
    }

    private RunState Report(RunState state)
    {
        if (!IsDue(state, run.Recipe.StepsPerReport))
        {
            return state;
        }

        // The losses of a run that was gone on with are those since the last report; its times are those of this process.
        var seconds = Math.Max(1e-9, (_clock.Elapsed - _reported).TotalSeconds);
        var loss = state.ReportLoss / Math.Max(1, state.ReportTokens);
        using var process = Process.GetCurrentProcess();
        tell(new TrainingReported(
            state.Iteration, loss, run.Rate.At(Math.Max(0, state.Steps - 1)), _sinceReport / seconds, _tokensSinceReport / seconds, state.TrainedTokens, process.PeakWorkingSet64));
        (_reported, _sinceReport, _tokensSinceReport) = (_clock.Elapsed, 0, 0);
        return state with { ReportLoss = 0, ReportTokens = 0, TrainLoss = loss };
    }

    /// <summary>Evaluates on the validation rows; remembers the best, and stops when it does not come again.</summary>
    private RunState Watch(RunState state, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var (sum, tokens) = (0.0, 0L);
        foreach (var rows in run.ValidationBatches())
        {
            cancellation.ThrowIfCancellationRequested();
            var loss = network.Loss(TrainingRow.BatchOf(rows));
            (sum, tokens) = (sum + loss.Sum, tokens + loss.Losses.Count);
        }

        if (tokens == 0)
        {
            return state;
        }

        var found = sum / tokens;
        tell(new TrainingValidated(state.Iteration, found, clock.Elapsed.TotalSeconds));
        _reported += clock.Elapsed;
        state = state with { ValidLoss = found };
        return best is null || state.Iteration == 0 ? state : Judged(state, found, best);
    }

    private RunState Judged(RunState state, double found, float[][] kept)
    {
        if (state.BestLoss is not { } lowest || found < lowest)
        {
            for (var i = 0; i < kept.Length; i++)
            {
                adapter.Parameters[i].Values.CopyTo(kept[i]);
            }

            return state with { BestLoss = found, BestIteration = state.Iteration, EvaluationsWaited = 0 };
        }

        state = state with { EvaluationsWaited = state.EvaluationsWaited + 1 };
        if (state.EvaluationsWaited < run.Recipe.EarlyStoppingPatience || state.Iteration == run.Iterations)
        {
            return state;
        }

        tell(new TrainingStopped(state.Iteration, state.BestIteration, lowest));
        return state with { StoppedEarly = true };
    }

    private ModelFaultException Diverged(RunState state, TrainingRow[] rows, Reason reason)
    {
        const int MostNamed = 8;
        var names = string.Join(", ", rows.Take(MostNamed).Select(r => r.Id.Length > 0 ? $"{r.Id} (:{r.Line})" : $":{r.Line}")) + (rows.Length > MostNamed ? ", …" : "");
        return new ModelFaultException(ModelFaults.TrainingDiverged, run.Data.Train.Path, state.Iteration, reason, names, run.Rate.At(state.Steps)) { Line = rows[0].Line, Column = 1 };
    }
}
