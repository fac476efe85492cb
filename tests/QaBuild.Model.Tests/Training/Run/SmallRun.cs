using QaBuild.Model.Gguf;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Network;
using QaBuild.Model.Training.Recipe;
using QaBuild.Model.Training.Run;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Training.Run;

/// <summary>A run on a random model of two layers and rows of random tokens, which takes milliseconds.</summary>
internal sealed class SmallRun(TrainingRecipe recipe, TrainingData? data = null) : IDisposable
{
    private const int Terminator = 3;
    private readonly TemporaryFolder _folder = new();

    /// <summary>A recipe with all that a checkpoint must hold: momenta, batches between steps, dropout, lengths of DoRA, a best adapter.</summary>
    public static TrainingRecipe Everything { get; } = new()
    {
        FineTuneType = AdapterKind.Dora,
        Iterations = 40,
        BatchSize = 3,
        AccumulationSteps = 3,
        LearningRate = 0.02f,
        Schedule = new ScheduleOptions("cosine_decay", [], 3),
        StepsPerReport = 7,
        StepsPerEvaluation = 4,
        SaveEvery = 5,
        EarlyStoppingPatience = 100,
        MaxGradientNorm = 1,
        Seed = 9,
        Layers = -1,
        Adapter = new AdapterOptions { Rank = 4, Scale = 2, Dropout = 0.2f },
    };

    /// <summary>The folder of its checkpoint.</summary>
    public string Folder => Path.Combine(_folder.Path, "train");

    /// <summary>All that was told.</summary>
    public List<TrainingEvent> Told { get; } = [];

    /// <summary>Eleven rows to learn and five to watch.</summary>
    public static TrainingData Rows(int train = 11, int valid = 5) => new(
        new TrainingSet("train.jsonl", [.. Enumerable.Range(1, train).Select(i => Row(i, $"t{i}"))], 0),
        new TrainingSet("valid.jsonl", [.. Enumerable.Range(1, valid).Select(i => Row(i, $"v{i}"))], 0));

    /// <summary>The weights after a run, as bytes.</summary>
    /// <param name="threads">How many.</param>
    /// <param name="after">Hears of each batch.</param>
    /// <param name="cancellation">Ends the run.</param>
    public byte[] Trained(int threads = 1, Action<TrainingProgressed>? after = null, CancellationToken cancellation = default)
    {
        var weights = new MemoryStream();
        Execute((adapter, _, _) =>
        {
            foreach (var parameter in adapter.Parameters)
            {
                weights.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(parameter.Values));
            }
        }, threads, after, cancellation);
        return weights.ToArray();
    }

    /// <summary>Runs.</summary>
    public RunState Execute(Action<AdapterWeights, BaseWeights, RunState>? finish = null, int threads = 1, Action<TrainingProgressed>? after = null, CancellationToken cancellation = default)
    {
        using var file = Open();
        return new TrainingRun(recipe, data ?? Rows(), Folder, "key", told =>
        {
            Told.Add(told);
            if (told is TrainingProgressed progressed)
            {
                after?.Invoke(progressed);
            }
        }).Execute(file, threads, finish ?? ((_, _, _) => { }), cancellation);
    }

    public GgufFile Open() => new TinyModel(ModelArchitecture.Qwen2).Open(_folder.Path);

    public void Dispose() => _folder.Dispose();

    private static TrainingRow Row(int line, string name)
    {
        var tokens = TinyModel.Ids(name, 5 + (line % 4)).Append(Terminator).ToArray();
        return new TrainingRow(line, name, tokens, [.. tokens.Select((_, i) => i > 1)]);
    }
}
