using System.Text.Json;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Fusing;
using QaBuild.Model.Packaging.Gate;
using QaBuild.Model.Packaging.Quantizing;
using QaBuild.Model.Tests.Inference;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Export;
using QaBuild.Model.Training.Recipe;
using QaBuild.Model.Training.Run;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging.Gate;

/// <summary>The small model with six answers learned by heart, in every form that it takes on its way. It is trained once for all tests.</summary>
public sealed class SixAnswers : IAsyncLifetime, IDisposable
{
    private const string Eos = "<|endoftext|>";

    private static readonly (string Question, string Answer)[] Pairs =
    [
        ("Lamps?", "By night."), ("路灯?", "葡萄。"), ("Rain?", "Upstairs."), ("Clocks?", "Round ones."), ("Fog?", "Nobody."), ("Tea?", "Square."),
    ];

    private readonly TemporaryFolder _folder = new();

    internal static IReadOnlyList<string> Terminators { get; } = ["<|im_end|>", Eos];

    internal string Base => Place("base.gguf");

    /// <summary>The folder of what was trained.</summary>
    internal string Trained => Place("trained");

    internal string Adapter => Path.Combine(Trained, AdapterExport.GgufName);

    internal string Fused => Place("fused.gguf");

    /// <summary>Of train.jsonl and test.jsonl.</summary>
    internal string Dataset => Place("dataset");

    internal LlamaHost Host { get; private set; } = null!;

    internal string Quantized(string type) => Place($"model-{type}.gguf");

    /// <summary>A copy of a file that a test may damage.</summary>
    internal string Copy(string path, string name)
    {
        File.Copy(path, Place(name), overwrite: true);
        return Place(name);
    }

    public async Task InitializeAsync()
    {
        if (Llama.WhyNot(null) is not null)
        {
            return;
        }

        Host = LlamaHost.Beside(LlamaCpp.Locate(null));
        QaBuild.Model.BaseModels.TinyModel.EnsureAt(Base);
        WriteDataset(Dataset, Eos);
        await Train(Trained, Dataset);
        Fusion.ToGguf(Base, Adapter, Fused, null, new ModelMetadata { Name = "six", BaseName = "tiny", License = "MIT" });
        await using var llama = Llama.Start();
        foreach (var quantization in Quantization.Parse(["Q8_0", "Q4_K_M"]))
        {
            await Quantizer.RunAsync(llama, Fused, Quantized(quantization.Name), quantization, 1);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    /// <summary>What is asked of a dataset; conversations by the model's own template.</summary>
    internal IReadOnlyList<GateQuestion> Questions(string dataset)
    {
        var description = BaseModelDescription.Of(new BaseModel(BaseModelKind.Tiny, "tiny", Base, HasWeights: true));
        return new GateQuestions(RowReader.For(description, null, null, DatasetManifest.None), Terminators).Read(dataset, 12);
    }

    /// <summary>Rows whose answers end with a text.</summary>
    internal static void WriteDataset(string folder, string ending)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, "train.jsonl"), Pairs.Select(p => Row(p.Question, p.Answer + ending)));
        File.WriteAllLines(Path.Combine(folder, "test.jsonl"), [Row("Noon?", "A bridge." + ending)]);
    }

    private static string Row(string question, string answer) => JsonSerializer.Serialize(new { prompt = question, completion = answer });

    /// <summary>Trains on a dataset by the recipe of the small model.</summary>
    internal async Task Train(string folder, string dataset)
    {
        var rows = new List<TrainingRow>();
        await using (var llama = await Llama.Load(Base, new LoadOptions { VocabularyOnly = true }))
        {
            foreach (var question in Questions(dataset).Where(q => q.IsTrained))
            {
                // Rows without a terminator, too, which the command would refuse.
                var (prompt, answer) = await LlamaGateModel.TokensAsync(llama, null, question, default);
                rows.Add(new TrainingRow(question.Row, "", [.. prompt, .. answer], [.. prompt.Select(_ => false), .. answer.Select(_ => true)]));
            }
        }

        var recipe = RecipeReader.Read(Repository.Path("build", "train-tiny.yaml")).Recipe;
        using var file = GgufFile.Open(Base);
        var run = new TrainingRun(recipe, new TrainingData(new TrainingSet("", rows, 0), new TrainingSet("", [], 0)), Path.Combine(folder, "train"), "six", _ => { });

        // One thread: tests run beside tests.
        var state = run.Execute(file, 1, (adapter, weights, _) => AdapterExport.WriteAll(folder, adapter, weights, file, "tiny"));
        Assert.True(state.TrainLoss < 0.05, $"the small model did not learn its six answers: loss {state.TrainLoss}");
    }

    internal string Place(string name) => Path.Combine(_folder.Path, name);
}
