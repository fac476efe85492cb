using System.Runtime.InteropServices;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;
using QaBuild.Model.Kernels;
using QaBuild.Model.Tests.Import;
using QaBuild.Model.Tests.Inference;
using QaBuild.Model.Training.Export;
using QaBuild.Model.Training.Network;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Training;

/// <summary>The trainer's arithmetic against llama.cpp's: what was trained must mean the same where it is used.</summary>
public sealed class LlamaLogitsTests : IDisposable
{
    private const float Tolerance = 1e-3f;
    private static readonly int[] Ids = [72, 101, 108, 111, 32, 119, 200, 3, 0, 255, 17, 90, 33, 64];
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Cases => ImportedLogitsTests.Cases;

    public void Dispose() => _folder.Dispose();

    [LlamaTheory]
    [MemberData(nameof(Cases))]
    public async Task Logits_are_those_of_llama_cpp_with_and_without_an_adapter(string name)
    {
        ImportedLogitsTests.Models[name].WriteTo(Path.Combine(_folder.Path, "hf"));
        var (model, adapterFile) = (Path.Combine(_folder.Path, "model.gguf"), Path.Combine(_folder.Path, "adapter.gguf"));
        HfImport.ImportModel(Path.Combine(_folder.Path, "hf"), model, GgmlType.F32);
        using var file = GgufFile.Open(model);
        using var weights = BaseWeights.Of(file);
        using var adapter = new AdapterWeights(weights, new AdapterOptions { Rank = 3, Scale = 1.5f });
        foreach (var parameter in adapter.Parameters)
        {
            TinyModel.Numbers(parameter.Name, parameter.Values.Length, 0.5f).CopyTo(parameter.Values);
        }

        AdapterExport.WriteGguf(adapterFile, adapter, weights.Shape);
        float[] bare, adapted;
        using (var network = new Transformer(weights))
        {
            bare = network.Logits(Ids);
        }

        using (var network = new Transformer(weights, adapter))
        {
            adapted = network.Logits(Ids);
        }

        await using (var llama = await Llama.Load(model, new LoadOptions { Exact = true }))
        {
            Same(await llama.LogitsAsync(Ids), bare);
        }

        await using (var llama = await Llama.Load(model, new LoadOptions { Exact = true, Adapter = adapterFile }))
        {
            Same(await llama.LogitsAsync(Ids), adapted);
        }

        Assert.True(bare.Zip(adapted).Max(p => Math.Abs(p.First - p.Second)) > 0.1, "the adapter changes next to nothing");
    }

    [LlamaFact("data/models/stories260K/stories260K.gguf")]
    public async Task The_loss_of_a_real_model_is_that_of_llama_cpps_logits()
    {
        var path = Repository.Shared("data", "models", "stories260K", "stories260K.gguf")!;
        await using var llama = await Llama.Load(path, new LoadOptions { Exact = true });
        var ids = await llama.TokenizeAsync("Once upon a time, there was a little girl named Lily. She loved to play outside in the park.", addSpecial: true, parseSpecial: false);
        var logits = await llama.LogitsAsync(ids);
        var expected = Enumerable.Range(0, ids.Length - 1).Average(i => Math.Log(logits[i].Sum(l => Math.Exp(l))) - logits[i][ids[i + 1]]);
        using var file = GgufFile.Open(path);
        using var weights = BaseWeights.Of(file);
        using var network = new Transformer(weights);

        Assert.Equal(expected, network.Loss(Batch.Of([(ids, 0)])).Mean, 1e-4);
    }

    [LlamaTheory]
    [InlineData(7, GgmlType.Q8_0, 0.01)]
    [InlineData(2, GgmlType.Q4_0, 0.12)]
    [InlineData(3, GgmlType.Q4_1, 0.1)]
    [InlineData(8, GgmlType.Q5_0, 0.06)]
    [InlineData(9, GgmlType.Q5_1, 0.05)]
    [InlineData(15, GgmlType.Q4_K, 0.1)]
    [InlineData(17, GgmlType.Q5_K, 0.05)]
    [InlineData(18, GgmlType.Q6_K, 0.025)]
    public async Task What_llama_cpp_quantized_is_read_as_what_it_was_and_training_on_it_lowers_the_loss(int fileType, GgmlType type, double error)
    {
        var (plain, small) = (Path.Combine(_folder.Path, "plain.gguf"), Path.Combine(_folder.Path, "small.gguf"));
        WriteWide(plain);
        await using (var llama = Llama.Start())
        {
            await llama.QuantizeAsync(plain, small, fileType, 1);
        }

        using var before = GgufFile.Open(plain);
        using var after = GgufFile.Open(small);
        using var weights = BaseWeights.Of(after);
        Assert.Contains(type, after.Tensors.Select(t => t.Type));
        foreach (var tensor in after.Tensors.Where(t => t.Shape.Count == 2))
        {
            Assert.InRange(Difference(before.Find(tensor.Name)!, tensor), 1e-6, type == tensor.Type ? error : 0.12);
        }

        using var adapter = new AdapterWeights(weights, new AdapterOptions { Rank = 4, Scale = 4 });
        using var network = new Transformer(weights, adapter);
        using var optimizer = new AdamOptimizer(adapter, new AdamOptions());
        var batch = Batch.Of([(TinyModel.Ids("tokens", 40), 0)]);
        var first = network.Loss(batch).Mean;
        for (var step = 0; step < 10; step++)
        {
            adapter.ClearGradients();
            network.LossAndGradients(batch, step);
            optimizer.Step(network.Workers, 2e-3f);
        }

        Assert.True(network.Loss(batch).Mean < 0.8 * first, $"{first} became {network.Loss(batch).Mean}");

        // The base is smaller by what its type saves, and nothing is taken in its place but room for the rows that are read at a time.
        using var floats = BaseWeights.Of(before);
        using var like = new AdapterWeights(floats, adapter.Options);
        using var larger = new Transformer(floats, like);
        var (quantized, plain32) = (network.Reserve(batch.Tokens.Length, batch.Longest), larger.Reserve(batch.Tokens.Length, batch.Longest));
        Assert.InRange(quantized.Weights, 0, 0.3 * plain32.Weights);
        Assert.InRange(quantized.Total - quantized.Weights, 0, plain32.Total - plain32.Weights + (256 * 256 * sizeof(float)));
    }

    private static unsafe double Difference(GgufTensor expected, GgufTensor found)
    {
        var (difference, length) = (0.0, 0.0);
        var columns = (int)expected.Shape[0];
        var (a, b) = (new float[columns], new float[columns]);
        fixed (float* to = b)
        fixed (byte* bytes = found.Read(0, (int)found.Bytes))
        {
            var matrix = new WeightMatrix(found.Type, bytes, (int)found.Shape[1], columns);
            for (var row = 0; row < matrix.Rows; row++)
            {
                MemoryMarshal.Cast<byte, float>(expected.Read((long)row * columns * sizeof(float), columns * sizeof(float))).CopyTo(a);
                matrix.Read(row, 0, columns, to);
                difference += a.Zip(b, (x, y) => Math.Pow(x - y, 2)).Sum();
                length += a.Sum(x => (double)x * x);
            }
        }

        return Math.Sqrt(difference / length);
    }

    /// <summary>A llama whose rows are long enough for blocks of 256.</summary>
    private static void WriteWide(string path)
    {
        const int Width = 256;
        var writer = new GgufWriter();
        writer.Add("general.architecture", "llama");
        foreach (var (key, value) in new[] { ("context_length", 64), ("embedding_length", Width), ("block_count", 1), ("feed_forward_length", Width), ("attention.head_count", 4), ("attention.head_count_kv", 4), ("rope.dimension_count", 64) })
        {
            writer.Add($"llama.{key}", (uint)value);
        }

        writer.Add("llama.attention.layer_norm_rms_epsilon", 1e-6f);
        writer.Add("tokenizer.ggml.model", "no_vocab");
        writer.Add("llama.vocab_size", (uint)TinyModel.Vocabulary);
        void Matrix(string name, int rows) => writer.AddTensor(name, GgmlType.F32, [Width, rows], s => s.Write(MemoryMarshal.AsBytes<float>(TinyModel.Numbers(name, rows * Width, 0.2f))));
        void Vector(string name) => writer.AddTensor(name, GgmlType.F32, [Width], s => s.Write(MemoryMarshal.AsBytes<float>(TinyModel.Numbers(name, Width, 0.2f, 1))));
        Matrix("token_embd.weight", TinyModel.Vocabulary);
        Vector("output_norm.weight");
        Matrix("output.weight", TinyModel.Vocabulary);
        Vector("blk.0.attn_norm.weight");
        Vector("blk.0.ffn_norm.weight");
        foreach (var kind in LinearKinds.All)
        {
            Matrix(kind.TensorName(0), Width);
        }

        writer.WriteTo(path);
    }

    private static void Same(float[][] expected, float[] found)
    {
        var width = expected[0].Length;
        Assert.Equal(expected.Length * width, found.Length);
        for (var t = 0; t < expected.Length; t++)
        {
            var row = found.AsSpan(t * width, width).ToArray();
            Assert.InRange(expected[t].Zip(row).Max(p => Math.Abs(p.First - p.Second)), 0, Tolerance);
        }
    }
}
