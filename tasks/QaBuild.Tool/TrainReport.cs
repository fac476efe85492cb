using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model;
using QaBuild.Model.Training.Run;

namespace QaBuild.Tool;

/// <summary>Says what a run of training does: lines as mlx-lm prints them, in English for whatever reads them, and a line of progress.</summary>
internal sealed class TrainReport : IDisposable
{
    private const double Gigabyte = 1e9;
    private readonly ProgressLine _line = new();

    public void Hear(TrainingEvent happened)
    {
        switch (happened)
        {
            case TrainingPlanned plan:
                Table(plan);
                break;
            case TrainingResumed resumed:
                Say("TrainResumed", resumed.Iteration);
                break;
            case TrainingReported r:
                Line($"Iter {r.Iteration}: Train loss {r.Loss:0.000}, Learning Rate {r.LearningRate:0.000e+00}, It/sec {r.IterationsPerSecond:0.000}, Tokens/sec {r.TokensPerSecond:0.000}, Trained Tokens {r.TrainedTokens}, Peak mem {r.PeakBytes / Gigabyte:0.000} GB");
                break;
            case TrainingValidated v:
                Line($"Iter {v.Iteration}: Val loss {v.Loss:0.000}, Val took {v.Seconds:0.000}s");
                break;
            case TrainingSaved saved:
                Line($"Iter {saved.Iteration}: Saved a checkpoint.");
                break;
            case TrainingStopped stopped:
                Say("TrainStopped", stopped.Iteration, stopped.BestIteration, stopped.BestLoss.ToString("0.000", CultureInfo.InvariantCulture));
                break;
            case TrainingProgressed p:
                _line.Show(elapsed => new Phrase("TrainProgress", p.Iteration, p.Iterations, p.Loss.ToString("0.000", CultureInfo.InvariantCulture), Left(p)));
                break;
        }
    }

    /// <summary>Takes the line of progress away.</summary>
    public void End() => _line.Clear();

    public void Dispose() => _line.Dispose();

    private static string Left(TrainingProgressed p) => Shown(p.Elapsed / (p.Iteration - p.Begun) * (p.Iterations - p.Iteration));

    private static string Shown(TimeSpan time) => time.ToString(time.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);

    private void Table(TrainingPlanned plan)
    {
        string Word(string phrase) => Catalogue.Default.Format(new Phrase(phrase), CultureInfo.CurrentUICulture);
        string[][] cells =
        [
            ["", Word("TrainTableRows"), Word("TrainTableTokens"), Word("TrainTableTrained"), Word("TrainTableLongest")],
            .. new[] { plan.Data.Train, plan.Data.Valid }.Where(s => s.Rows.Count > 0).Select(s => (string[])[Path.GetFileName(s.Path), $"{s.Rows.Count}", $"{s.Tokens}", $"{s.TrainedTokens}", $"{s.Longest}"]),
        ];
        foreach (var row in cells)
        {
            Line(string.Concat(row.Select((c, i) => i == 0 ? c.PadRight(12) : c.PadLeft(12))));
        }

        Say(
            "TrainTableSteps", plan.Iterations, plan.BatchSize, Math.Round(plan.Iterations * (double)plan.BatchSize / plan.Data.Train.Rows.Count, 1), plan.TrainedNumbers, plan.Products, plan.Threads);
        var m = plan.Memory;
        Say("TrainTableMemory", Megabytes(m.Total), Megabytes(m.Weights), Megabytes(m.Trained), Megabytes(m.Optimizer), Megabytes(m.Activations), Megabytes(m.Logits), Megabytes(m.Kernels), Shown(plan.Time));
        var there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (m.Total > there)
        {
            Line(ModelFaultReport.Of(new ModelFaultException(ModelFaults.TrainingMemoryTight, "", Megabytes(m.Total), Megabytes(there))).ToString(CultureInfo.CurrentUICulture));
        }
    }

    private static long Megabytes(long bytes) => (bytes + 999_999) / 1_000_000;

    private void Say(string phrase, params object[] arguments) => Line(Catalogue.Default.Format(new Phrase(phrase, arguments), CultureInfo.CurrentUICulture));

    private void Line(FormattableString line) => Line(line.ToString(CultureInfo.InvariantCulture));

    private void Line(string line)
    {
        _line.Clear();
        Console.WriteLine(line);
    }
}
