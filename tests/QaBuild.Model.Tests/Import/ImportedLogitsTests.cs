using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;
using QaBuild.Model.Tests.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Import;

/// <summary>Imported models in llama.cpp against a forward pass over the folder itself.</summary>
public sealed class ImportedLogitsTests : IDisposable
{
    private const double Tolerance = 1e-3;
    private static readonly int[] Ids = [72, 101, 108, 111, 32, 119, 200, 3, 0, 255, 17, 90, 33, 64];
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Cases => [.. Models.Keys];

    internal static readonly Dictionary<string, RandomHfFolder> Models = new()
    {
        ["llama"] = new() { Architecture = "LlamaForCausalLM" },
        ["llama, one head of keys, tied, sharded"] = new() { Architecture = "LlamaForCausalLM", KeyHeads = 1, Tied = true, Sharded = true },
        ["llama, biases"] = new() { Architecture = "LlamaForCausalLM", AttentionBias = true, OtherBias = true },
        ["llama, heads wider than the model"] = new() { Architecture = "LlamaForCausalLM", HeadSize = 16 },
        ["llama 3.1 rope"] = new() { Architecture = "LlamaForCausalLM", RopeScaling = """{"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":16}""" },
        ["llama, linear rope"] = new() { Architecture = "LlamaForCausalLM", RopeScaling = """{"rope_type":"linear","factor":4.0}""" },
        ["llama, yarn with its own factor"] = new() { Architecture = "LlamaForCausalLM", RopeScaling = """{"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":16,"attention_factor":1.3}""" },
        ["mistral, F16"] = new() { Architecture = "MistralForCausalLM", Type = GgmlType.F16 },
        ["mistral, BF16"] = new() { Architecture = "MistralForCausalLM", Type = GgmlType.BF16 },
        ["qwen2"] = new() { Architecture = "Qwen2ForCausalLM", AttentionBias = true },
        ["qwen2, tied, BF16, yarn"] = new() { Architecture = "Qwen2ForCausalLM", AttentionBias = true, Tied = true, Type = GgmlType.BF16, RopeScaling = """{"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":16}""" },
        ["qwen3"] = new() { Architecture = "Qwen3ForCausalLM", HeadSize = 16, Tied = true },
        ["qwen3, linear rope, BF16, sharded"] = new() { Architecture = "Qwen3ForCausalLM", KeyHeads = 1, Type = GgmlType.BF16, Sharded = true, RopeScaling = """{"rope_type":"linear","factor":2.0}""" },
        ["gemma2, linear rope"] = new() { Architecture = "Gemma2ForCausalLM", Tied = true, RopeScaling = """{"rope_type":"linear","factor":2.0}""" },
        ["gemma2"] = new() { Architecture = "Gemma2ForCausalLM", Tied = true },
        ["gemma2, wide heads, BF16, sharded"] = new() { Architecture = "Gemma2ForCausalLM", Tied = true, HeadSize = 16, Type = GgmlType.BF16, Sharded = true },
    };

    public void Dispose() => _folder.Dispose();

    [LlamaTheory]
    [MemberData(nameof(Cases))]
    public async Task An_imported_model_computes_what_its_folder_says(string name)
    {
        var folder = Path.Combine(_folder.Path, "hf");
        var gguf = Path.Combine(_folder.Path, "model.gguf");
        Models[name].WriteTo(folder);

        // In F32 whatever the folder has: llama.cpp rounds activations to the type of the weights.
        HfImport.ImportModel(folder, gguf, GgmlType.F32);

        using var reference = new ReferenceModel(folder);
        await using var llama = await Llama.Load(gguf, new LoadOptions { Exact = true });
        Same(reference.Logits(Ids), await llama.LogitsAsync(Ids));
    }

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    public void A_type_that_is_asked_for_is_that_of_matrices_and_vectors_stay_F32(GgmlType type)
    {
        var folder = Path.Combine(_folder.Path, "hf");
        var gguf = Path.Combine(_folder.Path, "model.gguf");
        Models["qwen2"].WriteTo(folder);

        HfImport.ImportModel(folder, gguf, type);

        using var file = GgufFile.Open(gguf);
        Assert.All(file.Tensors, t => Assert.Equal(t.Shape.Count == 1 ? GgmlType.F32 : type, t.Type));
        using var source = SafetensorsFolder.Open(folder);
        var wanted = new float[RandomHfFolder.Width];
        var found = new float[RandomHfFolder.Width];
        FloatConverter.Read(GgmlType.F32, source.Find("model.embed_tokens.weight")!.Read(0, wanted.Length * sizeof(float)), wanted);
        FloatConverter.Read(type, file.Find("token_embd.weight")!.Read(0, found.Length * GgmlTypes.BlockBytes(type)), found);
        Assert.All(wanted.Zip(found), p => Assert.Equal(p.First, p.Second, Math.Abs(p.First) * (type == GgmlType.BF16 ? 1 / 256f : type == GgmlType.F16 ? 1 / 2048f : 0)));
    }

    [LlamaFact("data/models/stories260K")]
    public async Task The_imported_folder_of_a_real_model_says_what_its_GGUF_says()
    {
        var imported = Path.Combine(_folder.Path, "stories.gguf");
        HfImport.ImportModel(Repository.Shared("data", "models", "stories260K", "hf")!, imported);
        await using var ours = await Llama.Load(imported, new LoadOptions { Exact = true });
        await using var theirs = await Llama.Load(Repository.Shared("data", "models", "stories260K", "stories260K.gguf")!, new LoadOptions { Exact = true });
        const string Opening = "Once upon a time";
        var ids = await theirs.TokenizeAsync(Opening, addSpecial: true, parseSpecial: false);

        Assert.Equal(ids, await ours.TokenizeAsync(Opening, addSpecial: true, parseSpecial: false));
        Same([.. (await theirs.LogitsAsync(ids)).Select(r => Array.ConvertAll(r, n => (double)n))], await ours.LogitsAsync(ids), 1e-4);
        var options = new GenerateOptions { MaxTokens = 200 };
        var text = (await ours.GenerateAsync(Prompt.Raw(Opening), options)).Text;
        Assert.Equal((await theirs.GenerateAsync(Prompt.Raw(Opening), options)).Text, text);
        Assert.Contains(Opening + text[..400], (await File.ReadAllTextAsync(Repository.Shared("data", "models", "stories260K", "stories260K.md")!)), StringComparison.Ordinal);
    }

    internal static void Same(double[][] expected, float[][] actual, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var t = 0; t < expected.Length; t++)
        {
            Assert.Equal(expected[t].Length, actual[t].Length);
            Assert.All(expected[t].Zip(actual[t]), p => Assert.Equal(p.First, p.Second, tolerance));
        }

        // Were all logits near nothing, any model would compute them.
        Assert.True(expected.SelectMany(r => r).Max(Math.Abs) > 1);
    }
}
