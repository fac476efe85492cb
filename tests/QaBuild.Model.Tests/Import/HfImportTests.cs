using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Import;

public sealed class HfImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedDataFact("data/models/stories260K")]
    public void The_imported_folder_has_the_tensors_and_tokens_of_the_GGUF_that_was_made_elsewhere()
    {
        var output = Path.Combine(_folder.Path, "stories.gguf");
        HfImport.ImportModel(Repository.Shared("data", "models", "stories260K", "hf")!, output);

        using var ours = GgufFile.Open(output);
        using var theirs = GgufFile.Open(Repository.Shared("data", "models", "stories260K", "stories260K.gguf")!);
        foreach (var tensor in theirs.Tensors.Where(t => t.Name != "output.weight"))
        {
            var other = ours.Find(tensor.Name);
            Assert.NotNull(other);
            Assert.Equal(tensor.Shape, other.Shape);
            Assert.True(tensor.Read(0, (int)tensor.Bytes).SequenceEqual(other.Read(0, (int)other.Bytes)), tensor.Name);
        }

        Assert.Equal(theirs.Array<float>("tokenizer.ggml.scores"), ours.Array<float>("tokenizer.ggml.scores"));
        Assert.Equal(theirs.Array<int>("tokenizer.ggml.token_type"), ours.Array<int>("tokenizer.ggml.token_type"));
        Assert.Equal(theirs.Array<string>("tokenizer.ggml.tokens"), ours.Array<string>("tokenizer.ggml.tokens"));
        foreach (var (key, value) in theirs.Metadata.Where(m => m.Key.StartsWith("llama.", StringComparison.Ordinal)))
        {
            Assert.Equal((key, value), (key, ours.Metadata.GetValueOrDefault(key)));
        }
    }

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    public void Matrices_keep_the_folder_s_own_type_and_bytes_unless_another_is_asked_for(GgmlType type)
    {
        var (folder, output) = (Path.Combine(_folder.Path, "hf"), Path.Combine(_folder.Path, "out.gguf"));
        new RandomHfFolder { Architecture = "Qwen2ForCausalLM", AttentionBias = true, Type = type, Sharded = true }.WriteTo(folder);

        HfImport.ImportModel(folder, output);

        using var gguf = GgufFile.Open(output);
        using var source = SafetensorsFolder.Open(folder);
        var (ours, theirs) = (gguf.Find("blk.1.attn_q.weight")!, source.Find("model.layers.1.self_attn.q_proj.weight")!);
        Assert.Equal(type, ours.Type);
        Assert.True(theirs.Read(0, (int)theirs.Bytes).SequenceEqual(ours.Read(0, (int)ours.Bytes)));
    }

    [Fact]
    public void The_same_folder_gives_the_same_bytes_and_says_how_far_it_is()
    {
        var folder = Path.Combine(_folder.Path, "hf");
        new RandomHfFolder { Architecture = "LlamaForCausalLM" }.WriteTo(folder);
        var told = new List<(long Done, long All)>();

        HfImport.ImportModel(folder, Path.Combine(_folder.Path, "a.gguf"), GgmlType.F16, (done, all) => told.Add((done, all)));
        HfImport.ImportModel(folder, Path.Combine(_folder.Path, "b.gguf"), GgmlType.F16);

        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder.Path, "a.gguf")), File.ReadAllBytes(Path.Combine(_folder.Path, "b.gguf")));
        Assert.Equal(told[^1].All, told[^1].Done);
        Assert.Equal(told.Select(t => t.Done).Order(), told.Select(t => t.Done));
    }

    [Fact]
    public void A_cancelled_import_leaves_what_was_there()
    {
        var (folder, output) = (Path.Combine(_folder.Path, "hf"), Path.Combine(_folder.Path, "out.gguf"));
        new RandomHfFolder { Architecture = "LlamaForCausalLM" }.WriteTo(folder);
        File.WriteAllText(output, "before");
        using var cancellation = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => HfImport.ImportModel(folder, output, null, (_, _) => cancellation.Cancel(), cancellation.Token));

        Assert.Equal("before", File.ReadAllText(output));
        Assert.Equal(["out.gguf"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Tensors_that_do_not_fit_or_are_not_known_are_all_named()
    {
        var folder = Path.Combine(_folder.Path, "hf");
        new RandomHfFolder { Architecture = "LlamaForCausalLM" }.WriteTo(folder);
        var good = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        var writer = new SafetensorsWriter();
        foreach (var tensor in good.Tensors.Where(t => t.Name != "model.norm.weight"))
        {
            long[] shape = tensor.Name == "lm_head.weight" ? [.. tensor.Shape.Reverse()] : [.. tensor.Shape];
            writer.AddTensor(tensor.Name, tensor.Type, shape, s => s.Write(tensor.Read(0, (int)tensor.Bytes)));
        }

        writer.AddTensor("model.layers.0.block_sparse_moe.gate.weight", "F32", [1], s => s.Write(new byte[4]));
        writer.AddTensor("model.layers.0.mlp.down_proj.bias", "I32", [32], s => s.Write(new byte[128]));
        writer.WriteTo(Path.Combine(folder, "other.safetensors"));
        good.Dispose();
        File.Move(Path.Combine(folder, "other.safetensors"), Path.Combine(folder, "model.safetensors"), overwrite: true);

        var fault = Assert.Throws<ModelFaultException>(() => HfImport.ImportModel(folder, Path.Combine(_folder.Path, "out.gguf")));

        Assert.Equal(
            [
                "TensorMissing(model.norm.weight)", "TensorShape(lm_head.weight, 32 × 258, 258 × 32)", "llama", "TensorNoFloat(model.layers.0.mlp.down_proj.bias, I32)",
            ],
            fault.Others.Prepend(fault).Select(f => f.Arguments[1].ToString()));
        Assert.Equal("model.layers.0.block_sparse_moe.gate.weight", fault.Others[1].Arguments[0]);
    }
}
