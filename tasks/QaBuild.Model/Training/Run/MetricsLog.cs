using System.Text.Json;
using System.Text.Json.Nodes;

namespace QaBuild.Model.Training.Run;

/// <summary>metrics.jsonl: a line for each report and each evaluation. A run that goes on from a checkpoint goes on with its lines, too.</summary>
internal sealed class MetricsLog : IDisposable
{
    public const string Name = "metrics.jsonl";
    private readonly StreamWriter _file;

    /// <param name="path">The file.</param>
    /// <param name="done">Batches done: lines of later ones come again.</param>
    public MetricsLog(string path, int done)
    {
        var kept = done > 0 && File.Exists(path) ? File.ReadLines(path).Where(l => IterationOf(l) is { } at && at <= done).ToArray() : [];
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            foreach (var line in kept)
            {
                writer.WriteLine(line);
            }
        });
        _file = new StreamWriter(path, append: true) { NewLine = "\n", AutoFlush = true };
    }

    /// <summary>Writes what belongs into it.</summary>
    public void Add(TrainingEvent happened)
    {
        var line = happened switch
        {
            TrainingReported r => new JsonObject
            {
                ["iter"] = r.Iteration,
                ["train_loss"] = r.Loss,
                ["learning_rate"] = r.LearningRate,
                ["iters_per_sec"] = Math.Round(r.IterationsPerSecond, 3),
                ["tokens_per_sec"] = Math.Round(r.TokensPerSecond, 1),
                ["trained_tokens"] = r.TrainedTokens,
                ["peak_memory_bytes"] = r.PeakBytes,
            },
            TrainingValidated v => new JsonObject { ["iter"] = v.Iteration, ["val_loss"] = v.Loss, ["val_seconds"] = Math.Round(v.Seconds, 3) },
            _ => null,
        };
        if (line is not null)
        {
            _file.WriteLine(line.ToJsonString());
        }
    }

    /// <summary>The points of a file: the iteration, and a training or validation loss.</summary>
    public static IReadOnlyList<LossPoint> Read(string path) => File.Exists(path) ? [.. File.ReadLines(path).Select(PointOf).OfType<LossPoint>()] : [];

    public void Dispose() => _file.Dispose();

    private static int? IterationOf(string line) => PointOf(line)?.Iteration;

    // A kill may have left half a line.
    private static LossPoint? PointOf(string line)
    {
        try
        {
            var json = JsonNode.Parse(line);
            return json?["iter"]?.GetValue<int>() is { } at ? new LossPoint(at, json["train_loss"]?.GetValue<double>(), json["val_loss"]?.GetValue<double>()) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>A point of the curves of a run.</summary>
/// <param name="Iteration">Batches done.</param>
/// <param name="Train">The training loss of a report.</param>
/// <param name="Valid">The validation loss of an evaluation.</param>
public sealed record LossPoint(int Iteration, double? Train, double? Valid);
