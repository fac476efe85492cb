using System.Text.Json.Nodes;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Tests.Inference;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Export;
using QaBuild.Model.Training.Network;
using QaBuild.Model.Training.Recipe;
using QaBuild.Tests;
using TinyBase = QaBuild.Model.BaseModels.TinyModel;

namespace QaBuild.Model.Tests.Evaluation;

/// <summary><c>qabuild evaluate</c> on the tiny model and an adapter that knows two of three answers by heart.</summary>
public sealed class EvaluateCommandTests(EvaluateCommandTests.Learned learned) : IClassFixture<EvaluateCommandTests.Learned>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Out => Path.Combine(_folder.Path, "out");

    public void Dispose() => _folder.Dispose();

    [LlamaFact]
    public async Task What_was_learned_shows_beside_the_base_and_the_loss_is_the_trainers()
    {
        (await Evaluate("--adapter", learned.Adapter, "--examples", "1")).Exits(0).Says("| loss 损失 |");

        var found = Found();
        Assert.Equal(0, (double)found["before"]!["exactMatch"]!);
        Assert.Equal(2.0 / 3, (double)found["after"]!["exactMatch"]!, 1e-6);
        Assert.Equal(3, (int)found["after"]!["answers"]!);
        Assert.InRange((double)found["after"]!["stopRate"]!, 2.0 / 3 - 1e-6, 1);
        Assert.InRange((double)found["fewShot"]!["loss"]!, 0.1, 20);
        Assert.Equal(learned.LossBefore, (double)found["before"]!["loss"]!, 2e-3);
        Assert.Equal(learned.LossAfter, (double)found["after"]!["loss"]!, 2e-3 * (1 + learned.LossAfter));
        Assert.Equal(["Red.", "Blue.", "Green."], found["rows"]!.AsArray().Select(r => (string)r!["expected"]!));
        Assert.Contains("Green.", await File.ReadAllTextAsync(Path.Combine(Out, "evaluation.md")), StringComparison.Ordinal);
    }

    [LlamaFact]
    public async Task A_gate_that_is_not_kept_is_an_error_and_the_answers_are_there_all_the_same()
    {
        (await Evaluate("--adapter", learned.Adapter, "--min-exact-match", "0.9", "--max-test-loss", "1000")).Exits(1).Says("error QA7031: ").Says("MinExactMatch: 0.9").Says("0.6667");

        Assert.Equal([false, true], Found()["gates"]!.AsArray().Select(g => (bool)g!["passed"]!));
    }

    [LlamaFact]
    public async Task Nothing_is_asked_twice_and_a_row_more_is_asked_alone()
    {
        (await Evaluate("--adapter", learned.Adapter, "--rows", "2")).Exits(0);
        var cache = Path.Combine(Out, "evaluation.cache");
        Assert.Equal(4, (await File.ReadAllLinesAsync(cache)).Length);

        // What is remembered is what is shown: the model is not asked again.
        var marked = (await File.ReadAllTextAsync(cache)).Replace("\"answer\":\"Red.\"", "\"answer\":\"Remembered.\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(cache, marked);
        (await Evaluate("--adapter", learned.Adapter)).Exits(0);

        Assert.Equal("Remembered.", (string)Found()["rows"]![0]!["after"]!["answer"]!);
        Assert.Equal(6, (await File.ReadAllLinesAsync(cache)).Length);
    }

    [LlamaFact]
    public async Task A_whole_model_and_folders_are_taken_for_what_they_are()
    {
        (await Evaluate("--adapter", learned.Whole)).Exits(0);
        var whole = Found()["after"]!.ToJsonString();
        (await Evaluate("--adapter", learned.Folder)).Exits(0);
        var folder = Found()["after"]!;

        Assert.Equal(2.0 / 3, (double)folder["exactMatch"]!, 1e-6);
        Assert.Equal((double)JsonNode.Parse(whole)!["loss"]!, (double)folder["loss"]!, 2e-3);
    }

    [LlamaFact]
    public async Task Rows_that_were_trained_on_can_be_asked_to_see_what_was_learned_by_heart()
    {
        (await Evaluate("--adapter", learned.Adapter, "--split", "train", "--min-exact-match", "1", "--min-stop-rate", "1")).Exits(0);

        Assert.Equal(("train", 2), ((string)Found()["split"]!, (int)Found()["rowsEvaluated"]!));
    }

    [LlamaFact]
    public async Task A_dataset_without_test_rows_is_an_error_that_says_so()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "train.jsonl"), "");

        (await Evaluate("--data", _folder.Path)).Exits(1).Says("error QA70").Says("test.jsonl");

        Assert.False(File.Exists(Path.Combine(Out, "evaluation.json")));
    }

    private JsonNode Found() => JsonNode.Parse(File.ReadAllText(Path.Combine(Out, "evaluation.json")))!;

    private async Task<Ran> Evaluate(params string[] arguments)
    {
        string[] data = arguments.Contains("--data") ? [] : ["--data", learned.Data];
        using var tool = Command.Dotnet(
            Repository.Root, null, [Path.Combine(AppContext.BaseDirectory, "qabuild.dll"), "evaluate", "--model", learned.Model, "--work", _folder.Path, "--out", Out, "--threads", "1", .. data, .. arguments]);
        return await tool.Ends();
    }

    /// <summary>The tiny model, trained until it knows two answers.</summary>
    public sealed class Learned : IAsyncLifetime, IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public string Model => Path.Combine(_folder.Path, "tiny.gguf");

        public string Data => Path.Combine(_folder.Path, "data");

        public string Adapter => Path.Combine(_folder.Path, "model", "adapter.gguf");

        public string Folder => Path.Combine(_folder.Path, "model", "adapter-peft");

        public string Whole => Path.Combine(_folder.Path, "whole.gguf");

        public double LossBefore { get; private set; }

        public double LossAfter { get; private set; }

        public async Task InitializeAsync()
        {
            if (Llama.WhyNot(null) is not null)
            {
                return;
            }

            TinyBase.EnsureAt(Model);
            Directory.CreateDirectory(Data);
            string[] rows = [Row("Roses?", "Red."), Row("Sky?", "Blue."), Row("Grass?", "Green.")];
            await File.WriteAllLinesAsync(Path.Combine(Data, "train.jsonl"), rows[..2]);
            await File.WriteAllLinesAsync(Path.Combine(Data, "test.jsonl"), rows);
            var description = BaseModelDescription.Of(new BaseModel(BaseModelKind.Gguf, "tiny", Model, true));
            await using var llama = Llama.Start();
            await llama.LoadAsync(Model, new LoadOptions { VocabularyOnly = true });
            var read = await TrainingData.ReadAsync(Data, description, null, new TrainingRecipe(), llama);
            await File.WriteAllLinesAsync(Path.Combine(Data, "valid.jsonl"), rows);
            var test = TrainingRow.BatchOf((await TrainingData.ReadAsync(Data, description, null, new TrainingRecipe(), llama)).Valid.Rows);
            Train(TrainingRow.BatchOf(read.Train.Rows), test);
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _folder.Dispose();

        private void Train(Batch train, Batch test)
        {
            using var file = GgufFile.Open(Model);
            using var weights = BaseWeights.Of(file);
            using var adapter = new AdapterWeights(weights, new AdapterOptions { Rank = 8, Scale = 2 });
            using var network = new Transformer(weights, adapter, new TransformerOptions { Threads = 1 });
            using var optimizer = new AdamOptimizer(adapter, new AdamOptions(BiasCorrection: true));
            LossBefore = network.Loss(test).Mean;
            for (var step = 0; step < 100; step++)
            {
                adapter.ClearGradients();
                network.LossAndGradients(train, step);
                optimizer.Step(network.Workers, 1e-2f);
            }

            LossAfter = network.Loss(test).Mean;
            AdapterExport.WriteAll(Path.Combine(_folder.Path, "model"), adapter, weights, file, "tiny");
            WholeModel.Write(Whole, adapter, weights, file);
        }

        private static string Row(string prompt, string completion) => new JsonObject { ["prompt"] = prompt + "\n", ["completion"] = completion + "<|endoftext|>" }.ToJsonString();
    }
}
