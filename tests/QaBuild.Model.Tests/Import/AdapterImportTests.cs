using System.Globalization;
using System.Text.Json.Nodes;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;
using QaBuild.Model.Tests.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Import;

/// <summary>Adapters of PEFT and mlx-lm in llama.cpp against W x + scale · B A x over the folders themselves.</summary>
public sealed class AdapterImportTests : IDisposable
{
    private const int Rank = 3;
    private static readonly int[] Ids = [72, 101, 108, 111, 32, 119, 200, 3, 0, 255, 17, 90];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LlamaTheory]
    [InlineData("LlamaForCausalLM", "peft")]
    [InlineData("LlamaForCausalLM", "mlx")]
    [InlineData("LlamaForCausalLM", "peft, ranks and alphas of their own")]
    [InlineData("Qwen2ForCausalLM", "peft, rank-stabilised")]
    [InlineData("Qwen3ForCausalLM", "mlx")]
    [InlineData("Gemma2ForCausalLM", "peft")]
    public async Task An_imported_adapter_adds_what_its_folder_says(string architecture, string kind)
    {
        var model = Model(architecture);
        using var reference = new ReferenceModel(Folder("hf"));
        var plain = reference.Logits(Ids);
        WriteAdapter(model, kind, reference);
        HfImport.ImportModel(Folder("hf"), Folder("model.gguf"), GgmlType.F32);

        HfImport.ImportAdapter(Folder("adapter"), Folder("model.gguf"), Folder("adapter.gguf"));

        await using var llama = await Llama.Load(Folder("model.gguf"), new LoadOptions { Exact = true, Adapter = Folder("adapter.gguf") });
        var expected = reference.Logits(Ids);
        ImportedLogitsTests.Same(expected, await llama.LogitsAsync(Ids));
        Assert.True(expected[^1].Zip(plain[^1]).Max(p => Math.Abs(p.First - p.Second)) > 0.1, "the adapter changes next to nothing");
    }

    [LlamaFact]
    public async Task Generate_takes_the_folder_of_an_adapter()
    {
        var model = Model("Qwen2ForCausalLM");
        using var reference = new ReferenceModel(Folder("hf"));
        WriteAdapter(model, "peft", reference);
        HfImport.ImportModel(Folder("hf"), Folder("model.gguf"), GgmlType.F32);
        HfImport.ImportAdapter(Folder("adapter"), Folder("model.gguf"), Folder("adapter.gguf"));

        string[] answers = [await Answer("--adapter", Folder("adapter")), await Answer("--adapter", Folder("adapter.gguf")), await Answer()];

        Assert.Equal(answers[1], answers[0]);
        Assert.NotEqual(answers[2], answers[0]);

        async Task<string> Answer(params string[] adapter)
        {
            using var tool = Command.Dotnet(
                Repository.Root, null, [Path.Combine(AppContext.BaseDirectory, "qabuild.dll"), "generate", "--model", Folder("model.gguf"), "--prompt", "a", "--raw", "--max-tokens", "24", "--threads", "1", .. adapter]);
            return (await tool.Ends()).Exits(0).Output;
        }
    }

    [Fact]
    public void The_base_may_be_the_folder_that_the_adapter_names_and_gives_the_same_file()
    {
        var model = Model("LlamaForCausalLM");
        using var reference = new ReferenceModel(Folder("hf"));
        WriteAdapter(model, "peft", reference);
        HfImport.ImportModel(Folder("hf"), Folder("model.gguf"));

        HfImport.ImportAdapter(Folder("adapter"), Folder("model.gguf"), Folder("of-gguf.gguf"));
        HfImport.ImportAdapter(Folder("adapter"), null, Folder("of-folder.gguf"));

        Assert.Equal(File.ReadAllBytes(Folder("of-gguf.gguf")), File.ReadAllBytes(Folder("of-folder.gguf")));
    }

    [SharedDataFact("data/models/lora_mlx")]
    public void An_adapter_that_mlx_trained_on_Qwen_becomes_a_GGUF_with_its_numbers()
    {
        Directory.CreateDirectory(Folder("base"));
        File.WriteAllText(Path.Combine(Folder("base"), "config.json"), """
            {"architectures": ["Qwen2ForCausalLM"], "hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2,
             "vocab_size": 151936, "max_position_embeddings": 32768, "tie_word_embeddings": true, "rope_theta": 1000000.0}
            """);
        var folder = Repository.Shared("data", "models", "lora_mlx")!;

        HfImport.ImportAdapter(folder, Folder("base"), Folder("adapter.gguf"));

        using var source = SafetensorsFile.Open(Path.Combine(folder, "adapters.safetensors"));
        using var adapter = GgufFile.Open(Folder("adapter.gguf"));
        Assert.Equal(source.Tensors.Count, adapter.Tensors.Count);
        Assert.Equal(("adapter", "qwen2", "lora", 80.0), (adapter.Text("general.type"), adapter.Text("general.architecture"), adapter.Text("adapter.type"), adapter.Number("adapter.lora.alpha")));
        var b = Numbers(source.Tensors.Single(t => t.Name == "model.layers.20.self_attn.v_proj.lora_b"));
        var ours = adapter.Find("blk.20.attn_v.weight.lora_b")!;
        Assert.Equal([8L, 128L], ours.Shape);
        for (var output = 0; output < 128; output++)
        {
            for (var r = 0; r < 8; r++)
            {
                Assert.Equal(b[(r * 128) + output], BitConverter.ToSingle(ours.Read(((output * 8) + r) * sizeof(float), sizeof(float))));
            }
        }
    }

    [Fact]
    public void All_that_does_not_fit_the_base_is_told_at_once()
    {
        _ = Model("Qwen2ForCausalLM");
        HfImport.ImportModel(Folder("hf"), Folder("model.gguf"));
        Directory.CreateDirectory(Folder("adapter"));
        File.WriteAllText(Path.Combine(Folder("adapter"), "adapter_config.json"), """{"peft_type": "LORA", "r": 2, "lora_alpha": 4}""");
        var writer = new SafetensorsWriter();
        void Add(string name, params long[] shape) => RandomHfFolder.Add(writer, "base_model.model." + name, GgmlType.F32, shape, new float[shape.Aggregate(1L, (a, b) => a * b)]);
        Add("model.layers.0.self_attn.q_proj.lora_A.weight", 2, RandomHfFolder.Width);
        Add("model.layers.0.self_attn.k_proj.lora_A.weight", 2, RandomHfFolder.Width + 1);
        Add("model.layers.0.self_attn.k_proj.lora_B.weight", 16, 2);
        Add("model.layers.0.self_attn.v_proj.lora_A.weight", 2, RandomHfFolder.Width);
        Add("model.layers.0.self_attn.v_proj.lora_B.weight", 16, 3);
        Add("model.layers.9.self_attn.v_proj.lora_A.weight", 2, RandomHfFolder.Width);
        Add("model.layers.9.self_attn.v_proj.lora_B.weight", 16, 2);
        Add("lm_head.weight", 4, 4);
        writer.WriteTo(Path.Combine(Folder("adapter"), "adapter_model.safetensors"));

        var fault = Assert.Throws<ModelFaultException>(() => HfImport.ImportAdapter(Folder("adapter"), Folder("model.gguf"), Folder("adapter.gguf")));

        Assert.All(fault.Others.Prepend(fault), f => Assert.Equal(ModelFaults.AdapterUnusable, f.Code));
        Assert.Equal(
            [
                "AdapterTensor(base_model.model.lm_head.weight)",
                "AdapterShape(base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight, 2 × 33, 2 × 32)",
                "AdapterPartner(base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight, B)",
                "AdapterShape(base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight, 16 × 3, 16 × 2)",
                "AdapterTarget(model.layers.9.self_attn.v_proj)",
            ],
            fault.Others.Prepend(fault).Select(f => f.Arguments[1].ToString()));
        Assert.False(File.Exists(Folder("adapter.gguf")));
    }

    [Theory]
    [InlineData("""{"peft_type": "LOHA", "lora_alpha": 4}""", "AdapterKind(peft_type LOHA)")]
    [InlineData("""{"peft_type": "LORA", "lora_alpha": 4, "use_dora": true}""", "AdapterKind(use_dora true)")]
    [InlineData("""{"peft_type": "LORA", "lora_alpha": 4, "modules_to_save": ["lm_head"]}""", "AdapterKind(modules_to_save)")]
    [InlineData("""{"peft_type": "LORA", "lora_alpha": 4, "alpha_pattern": {"q.*|k": 3}}""", "AdapterKind(alpha_pattern q.*|k)")]
    [InlineData("""{"peft_type": "LORA"}""", "JsonMissing(lora_alpha)")]
    [InlineData("""{"fine_tune_type": "full", "lora_parameters": {"scale": 2}}""", "AdapterKind(fine_tune_type full)")]
    [InlineData("""{"lora_parameters": {"scale": 0}}""", "JsonBad(scale, JsonPositive, 0)")]
    public void An_adapter_of_another_kind_is_refused_by_name(string config, string reason)
    {
        Directory.CreateDirectory(Folder("adapter"));
        File.WriteAllText(Path.Combine(Folder("adapter"), "adapter_config.json"), config);

        var fault = Assert.Throws<ModelFaultException>(() => HfImport.ImportAdapter(Folder("adapter"), null, Folder("adapter.gguf")));

        Assert.Equal(reason, fault.Arguments[1].ToString());
    }

    private string Folder(string name) => Path.Combine(_folder.Path, name);

    private RandomHfFolder Model(string architecture)
    {
        var model = new RandomHfFolder { Architecture = architecture, AttentionBias = architecture == "Qwen2ForCausalLM", Tied = architecture == "Gemma2ForCausalLM" };
        model.WriteTo(Folder("hf"));
        return model;
    }

    private static float[] Numbers(SafeTensor tensor)
    {
        var numbers = new float[tensor.Elements];
        FloatConverter.Read(FloatConverter.TypeOf(tensor.Type)!.Value, tensor.Read(0, (int)tensor.Bytes), numbers);
        return numbers;
    }

    /// <summary>Writes an adapter for every linear of every layer and tells the reference of it, in PEFT's order of dimensions.</summary>
    private void WriteAdapter(RandomHfFolder model, string kind, ReferenceModel reference)
    {
        var isMlx = kind == "mlx";
        var hasOwn = kind.Contains("of their own", StringComparison.Ordinal);
        var isStabilised = kind.Contains("stabilised", StringComparison.Ordinal);
        Directory.CreateDirectory(Folder("adapter"));
        JsonObject config = isMlx
            ? new() { ["fine_tune_type"] = "lora", ["lora_parameters"] = new JsonObject { ["rank"] = Rank, ["scale"] = 1.5, ["dropout"] = 0.0 } }
            : new() { ["peft_type"] = "LORA", ["r"] = Rank, ["lora_alpha"] = 4, ["use_rslora"] = isStabilised, ["base_model_name_or_path"] = Folder("hf"), ["bias"] = "none", ["modules_to_save"] = null };
        if (hasOwn)
        {
            config["rank_pattern"] = new JsonObject { ["v_proj"] = 2 };
            config["alpha_pattern"] = new JsonObject { ["model.layers.1.self_attn.q_proj"] = 7, ["^down_proj"] = 2.5 };
        }

        File.WriteAllText(Path.Combine(Folder("adapter"), "adapter_config.json"), config.ToJsonString());
        var random = new Random(5);
        var writer = new SafetensorsWriter();
        for (var layer = 0; layer < RandomHfFolder.Layers; layer++)
        {
            foreach (var (part, (outputs, inputs)) in model.Linears)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.{part}");
                var rank = hasOwn && part.EndsWith("v_proj", StringComparison.Ordinal) ? 2 : Rank;
                var alpha = hasOwn && name == "model.layers.1.self_attn.q_proj" ? 7 : hasOwn && part.EndsWith("down_proj", StringComparison.Ordinal) ? 2.5 : 4;
                var a = RandomHfFolder.Normal(random, rank * inputs, 0.5 / Math.Sqrt(inputs));
                var b = RandomHfFolder.Normal(random, outputs * rank, 0.3);
                if (isMlx)
                {
                    RandomHfFolder.Add(writer, name + ".lora_a", GgmlType.F32, [inputs, rank], Transposed(a, rank, inputs));
                    RandomHfFolder.Add(writer, name + ".lora_b", GgmlType.F32, [rank, outputs], Transposed(b, outputs, rank));
                }
                else
                {
                    RandomHfFolder.Add(writer, $"base_model.model.{name}.lora_A.weight", GgmlType.F32, [rank, inputs], a);
                    RandomHfFolder.Add(writer, $"base_model.model.{name}.lora_B.weight", GgmlType.F32, [outputs, rank], b);
                }

                reference.Adapters[name] = (Array.ConvertAll(a, n => (double)n), Array.ConvertAll(b, n => (double)n), rank, isMlx ? 1.5 : alpha / (isStabilised ? Math.Sqrt(rank) : rank));
            }
        }

        writer.WriteTo(Path.Combine(Folder("adapter"), isMlx ? "adapters.safetensors" : "adapter_model.safetensors"));
    }

    private static float[] Transposed(float[] matrix, int rows, int columns)
    {
        var result = new float[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }

        return result;
    }
}
