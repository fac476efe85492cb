using System.Text.Json;
using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Tests.Inference;
using QaBuild.Model.Training.Export;
using QaBuild.Model.Training.Network;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Training;

/// <summary>A model that really knows something is trained on real rows, with llama.cpp as the judge before and after.</summary>
public sealed class StoriesTrainingTests : IDisposable
{
    private const int TrainRows = 240;
    private const int HeldRows = 24;
    private const int BatchRows = 8;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LlamaFact("data/models/stories260K/stories260K.gguf")]
    public async Task Losses_before_and_after_training_are_llama_cpps_and_training_lowers_that_of_rows_it_never_saw()
    {
        var model = Repository.Shared("data", "models", "stories260K", "stories260K.gguf")!;
        (int[] Tokens, int Untrained)[] rows, held;
        double before;
        await using (var llama = await Llama.Load(model, new LoadOptions { Exact = true }))
        {
            var all = await Rows(llama, TrainRows + HeldRows);
            (rows, held) = (all[HeldRows..], all[..HeldRows]);
            before = (await Likelihoods(llama, held)).Average();
        }

        using var file = GgufFile.Open(model);
        using var weights = BaseWeights.Of(file);
        using var adapter = new AdapterWeights(weights, new AdapterOptions { Rank = 8, Scale = 4 });
        using var network = new Transformer(weights, adapter);
        using var optimizer = new AdamOptimizer(adapter, new AdamOptions(BiasCorrection: true));
        var test = BatchOf(held);

        Assert.Equal(before, network.Loss(test).Mean, 1e-4);

        for (var step = 0; step < 2 * TrainRows / BatchRows; step++)
        {
            adapter.ClearGradients();
            network.LossAndGradients(BatchOf(rows.AsSpan(step * BatchRows % TrainRows, BatchRows)), step);
            optimizer.Step(network.Workers, 3e-3f);
        }

        var after = network.Loss(test);
        Assert.True(after.Mean < 0.9 * before, $"{before} became {after.Mean}");

        AdapterExport.WriteGguf(Path.Combine(_folder.Path, "adapter.gguf"), adapter, weights.Shape);
        await using var judge = await Llama.Load(model, new LoadOptions { Exact = true, Adapter = Path.Combine(_folder.Path, "adapter.gguf") });
        var theirs = await Likelihoods(judge, held);
        Assert.Equal(theirs.Length, after.Losses.Count);
        Assert.All(theirs.Zip(after.Losses), p => Assert.Equal(p.First, p.Second, 1e-3));
    }

    /// <summary>Minus the logarithms of the likelihoods of all trained tokens, from llama.cpp's logits alone.</summary>
    private static async Task<double[]> Likelihoods(LlamaProcess llama, IEnumerable<(int[] Tokens, int Untrained)> rows)
    {
        var found = new List<double>();
        foreach (var (tokens, untrained) in rows)
        {
            var logits = await llama.LogitsAsync(tokens);
            for (var i = untrained; i < tokens.Length; i++)
            {
                var row = logits[i - 1];
                var largest = row.Max();
                found.Add(largest + Math.Log(row.Sum(l => Math.Exp((double)l - largest))) - row[tokens[i]]);
            }
        }

        return [.. found];
    }

    private static Batch BatchOf(ReadOnlySpan<(int[] Tokens, int Untrained)> rows)
        => Batch.Of([.. rows.ToArray().Select(r => ((IReadOnlyList<int>)r.Tokens, r.Untrained))]);

    /// <summary>Short questions of Alpaca with their answers, which end with EOS.</summary>
    private static async Task<(int[] Tokens, int Untrained)[]> Rows(LlamaProcess llama, int count)
    {
        const int Longest = 120;
        using var json = JsonDocument.Parse(File.ReadAllBytes(Repository.Shared("data", "sft", "alpaca_52k.json")!));
        var pairs = json.RootElement.EnumerateArray()
            .Select(r => (Question: r.GetProperty("instruction").GetString()! + "\n", Answer: r.GetProperty("output").GetString()!, Input: r.GetProperty("input").GetString()!))
            .Where(r => r.Input.Length == 0 && r.Answer.Length > 0 && r.Question.Length + r.Answer.Length < Longest).Take(count).ToArray();
        Assert.Equal(count, pairs.Length);
        var questions = await llama.TokenizeAsync([.. pairs.Select(p => p.Question)], addSpecial: true, parseSpecial: false);
        var answers = await llama.TokenizeAsync([.. pairs.Select(p => p.Answer + "</s>")], addSpecial: false, parseSpecial: true);
        return [.. questions.Zip(answers, (q, a) => (q.Concat(a).ToArray(), q.Length))];
    }
}
