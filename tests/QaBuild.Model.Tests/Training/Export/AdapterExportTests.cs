using System.Text.Json.Nodes;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;
using QaBuild.Model.Tests.Import;
using QaBuild.Model.Tests.Inference;
using QaBuild.Model.Training.Export;
using QaBuild.Model.Training.Network;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Training.Export;

public sealed class AdapterExportTests : IDisposable
{
    private static readonly int[] Ids = [72, 101, 108, 111, 32, 119, 200, 3, 0, 255, 17, 90, 33, 64];
    private readonly TemporaryFolder _folder = new();

    public static IEnumerable<object[]> Adapters => from a in Enum.GetValues<ModelArchitecture>() from k in new[] { AdapterKind.Lora, AdapterKind.Dora } select new object[] { a, k };

    public static IEnumerable<object[]> Wholes => from a in Enum.GetValues<ModelArchitecture>() from k in new[] { AdapterKind.Dora, AdapterKind.Full } select new object[] { a, k };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Adapters))]
    public void An_adapter_that_is_read_again_says_the_same_whatever_layout_it_was_written_in(ModelArchitecture architecture, AdapterKind kind)
    {
        using var trained = new Trained(_folder.Path, architecture, new AdapterOptions { Kind = kind, Rank = 3, Scale = 1.5f, Layers = 1, Targets = [LinearKind.Query, LinearKind.Key, LinearKind.Down] });
        AdapterExport.WriteAll(Folder("out"), trained.Adapter, trained.Weights, trained.File, "a model");
        var expected = trained.Logits();
        string[] layouts = kind == AdapterKind.Lora ? ["adapter.gguf", "adapter-mlx", "adapter-peft"] : ["adapter-mlx", "adapter-peft"];

        Assert.All(layouts, layout =>
        {
            using var read = AdapterReader.Read(Path.Combine(Folder("out"), layout), trained.Weights, trained.File);
            Assert.Equal((kind, 3, 1), (read.Options.Kind, read.Options.Rank, read.Options.Layers));
            Assert.Equal(trained.Adapter.Parameters.Select(p => p.Name), read.Parameters.Select(p => p.Name));
            Assert.All(trained.Adapter.Parameters.Zip(read.Parameters), p => Assert.Equal(p.First.Values.ToArray(), p.Second.Values.ToArray()));
            using var network = new Transformer(trained.Weights, read);
            Assert.All(expected.Zip(network.Logits(trained.Ids)), p => Assert.Equal(p.First, p.Second, 1e-5f));
        });
    }

    [Theory]
    [MemberData(nameof(Wholes))]
    public void A_whole_model_computes_without_an_adapter_what_was_trained(ModelArchitecture architecture, AdapterKind kind)
    {
        using var trained = new Trained(_folder.Path, architecture, new AdapterOptions { Kind = kind, Rank = 3, Scale = 1.5f, Layers = 1 });

        var said = AdapterExport.WriteAll(Folder("out"), trained.Adapter, trained.Weights, trained.File, "a model");

        using var file = GgufFile.Open(Path.Combine(Folder("out"), "trained.gguf"));
        using var weights = BaseWeights.Of(file);
        using var network = new Transformer(weights);
        Assert.All(trained.Logits().Zip(network.Logits(trained.Ids)), p => Assert.Equal(p.First, p.Second, 1e-4f));
        Assert.Equal(["QA7030"], said.Select(f => f.Code));
        Assert.False(File.Exists(Path.Combine(Folder("out"), "adapter.gguf")));
        Assert.Equal(trained.File.Metadata.Keys, file.Metadata.Keys);
    }

    [LlamaTheory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("gemma2")]
    public async Task Llama_cpp_and_the_folders_of_Python_add_what_was_trained(string name)
    {
        ImportedLogitsTests.Models[name].WriteTo(Folder("hf"));
        HfImport.ImportModel(Folder("hf"), Folder("model.gguf"), GgmlType.F32);
        using var trained = new Trained(GgufFile.Open(Folder("model.gguf")), new AdapterOptions { Rank = 3, Scale = 1.5f }, Ids);
        var expected = trained.Logits();
        AdapterExport.WriteAll(Folder("out"), trained.Adapter, trained.Weights, trained.File, Folder("hf"));
        HfImport.ImportAdapter(Path.Combine(Folder("out"), "adapter-mlx"), null, Folder("mlx.gguf"));
        HfImport.ImportAdapter(Path.Combine(Folder("out"), "adapter-peft"), null, Folder("peft.gguf"));

        foreach (var adapter in new[] { Path.Combine(Folder("out"), "adapter.gguf"), Folder("mlx.gguf"), Folder("peft.gguf") })
        {
            await using var llama = await Llama.Load(Folder("model.gguf"), new LoadOptions { Exact = true, Adapter = adapter });
            Assert.All((await llama.LogitsAsync(Ids)).SelectMany(r => r).Zip(expected), p => Assert.Equal(p.First, p.Second, 1e-3f));
        }
    }

    [SharedDataFact("data/models/lora_mlx")]
    public void Names_shapes_and_types_are_those_that_mlx_lm_itself_saves()
    {
        using var saved = SafetensorsFile.Open(Repository.Shared("data", "models", "lora_mlx", "adapters.safetensors")!);
        using var trained = new Trained(QwenLike(), new AdapterOptions { Rank = 8, Scale = 10, Layers = 4, Targets = [LinearKind.Query, LinearKind.Value] }, []);

        AdapterExport.WriteAll(Folder("out"), trained.Adapter, trained.Weights, trained.File, "Qwen2.5-0.5B-Instruct");

        using var written = SafetensorsFile.Open(Path.Combine(Folder("out"), "adapter-mlx", "adapters.safetensors"));
        Assert.Equal(Shown(saved), Shown(written));
        var theirs = JsonNode.Parse(File.ReadAllText(Repository.Shared("data", "models", "lora_mlx", "adapter_config.json")!))!;
        var ours = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder("out"), "adapter-mlx", "adapter_config.json")))!;
        foreach (var name in new[] { "fine_tune_type", "num_layers" })
        {
            Assert.Equal(theirs[name]!.ToJsonString(), ours[name]!.ToJsonString());
        }

        foreach (var name in new[] { "rank", "scale", "dropout" })
        {
            Assert.Equal((double)theirs["lora_parameters"]![name]!, (double)ours["lora_parameters"]![name]!);
        }

        static string[] Shown(SafetensorsFile file) => [.. file.Tensors.Select(t => $"{t.Name} {t.Type} {string.Join('x', t.Shape)}").Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Names_and_shapes_for_PEFT_are_those_of_its_format()
    {
        using var trained = new Trained(_folder.Path, ModelArchitecture.Qwen2, new AdapterOptions { Kind = AdapterKind.Dora, Rank = 3, Scale = 1.5f, Layers = 1, Targets = [LinearKind.Query, LinearKind.Key] });

        AdapterExport.WriteAll(Folder("out"), trained.Adapter, trained.Weights, trained.File, "org/model");

        using var written = SafetensorsFile.Open(Path.Combine(Folder("out"), "adapter-peft", "adapter_model.safetensors"));
        Assert.Equal(
            [
                "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight 3x32", "base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight 32x3",
                "base_model.model.model.layers.1.self_attn.q_proj.lora_magnitude_vector 32", "base_model.model.model.layers.1.self_attn.k_proj.lora_A.weight 3x32",
                "base_model.model.model.layers.1.self_attn.k_proj.lora_B.weight 16x3", "base_model.model.model.layers.1.self_attn.k_proj.lora_magnitude_vector 16",
            ],
            written.Tensors.Select(t => $"{t.Name} {string.Join('x', t.Shape)}"));
        Snapshot.Match(File.ReadAllText(Path.Combine(Folder("out"), "adapter-peft", "adapter_config.json")), "json");
    }

    [Fact]
    public void The_same_adapter_is_written_in_the_same_bytes()
    {
        using var trained = new Trained(_folder.Path, ModelArchitecture.Llama, new AdapterOptions { Rank = 3 });
        AdapterExport.WriteAll(Folder("one"), trained.Adapter, trained.Weights, trained.File, "m");
        AdapterExport.WriteAll(Folder("two"), trained.Adapter, trained.Weights, trained.File, "m");

        string[] files = [.. Directory.EnumerateFiles(Folder("one"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder("one"), f)).Order(StringComparer.Ordinal)];

        Assert.Equal(["adapter-mlx/adapter_config.json", "adapter-mlx/adapters.safetensors", "adapter-peft/adapter_config.json", "adapter-peft/adapter_model.safetensors", "adapter.gguf"], files);
        Assert.All(files, f => Assert.Equal(File.ReadAllBytes(Path.Combine(Folder("one"), f)), File.ReadAllBytes(Path.Combine(Folder("two"), f))));
    }

    [Fact]
    public void What_another_kind_of_run_left_behind_is_gone()
    {
        using (var lora = new Trained(_folder.Path, ModelArchitecture.Llama, new AdapterOptions { Rank = 3 }))
        {
            AdapterExport.WriteAll(Folder("out"), lora.Adapter, lora.Weights, lora.File, "m");
        }

        using var full = new Trained(_folder.Path, ModelArchitecture.Llama, new AdapterOptions { Kind = AdapterKind.Full });
        AdapterExport.WriteAll(Folder("out"), full.Adapter, full.Weights, full.File, "m");

        Assert.Equal(["adapter-mlx", "trained.gguf"], Directory.EnumerateFileSystemEntries(Folder("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_that_does_not_fit_the_base_is_said_at_once()
    {
        using var trained = new Trained(_folder.Path, ModelArchitecture.Llama, new AdapterOptions { Rank = 3 });
        var writer = new GgufWriter();
        writer.Add("general.type", "adapter");
        writer.Add("general.architecture", "llama");
        writer.Add("adapter.type", "lora");
        foreach (var (name, shape) in new (string, long[])[] { ("blk.0.attn_q.weight.lora_a", [32, 2]), ("blk.7.attn_q.weight.lora_a", [32, 2]), ("blk.0.attn_k.weight.lora_a", [31, 2]), ("blk.0.attn_k.weight.lora_b", [2, 16]), ("other", [1]) })
        {
            writer.AddTensor(name, GgmlType.F32, shape, s => s.Write(new byte[4 * shape.Aggregate((a, b) => a * b)]));
        }

        writer.WriteTo(Folder("bad.gguf"));

        var fault = Assert.Throws<ModelFaultException>(() => AdapterReader.Read(Folder("bad.gguf"), trained.Weights, trained.File));

        Assert.Equal(
            ["AdapterTarget(blk.7.attn_q.weight)", "AdapterTensor(other)", "AdapterPartner(blk.0.attn_q.weight.lora_a, B)", "AdapterShape(blk.0.attn_k.weight.lora_a, 31 × 2, 32 × 2)", "JsonMissing(adapter.lora.alpha)"],
            fault.Others.Prepend(fault).Select(f => f.Arguments[1].ToString()));
        Assert.All(fault.Others.Prepend(fault), f => Assert.Equal("QA7010", f.Code));
    }

    private string Folder(string name) => Path.Combine(_folder.Path, name);

    /// <summary>A model of the adapter's shapes whose other matrices are as small as may be.</summary>
    private GgufFile QwenLike()
    {
        var writer = new GgufWriter();
        writer.Add("general.architecture", "qwen2");
        foreach (var (key, value) in new[] { ("context_length", 64), ("embedding_length", 896), ("block_count", 24), ("feed_forward_length", 8), ("attention.head_count", 14), ("attention.head_count_kv", 2) })
        {
            writer.Add($"qwen2.{key}", (uint)value);
        }

        void Zeros(string name, params long[] shape) => writer.AddTensor(name, GgmlType.F16, shape, s => s.Write(new byte[2 * shape.Aggregate((a, b) => a * b)]));
        Zeros("token_embd.weight", 896, 8);
        Zeros("output_norm.weight", 896);
        for (var layer = 0; layer < 24; layer++)
        {
            foreach (var kind in LinearKinds.All)
            {
                Zeros(kind.TensorName(layer), kind == LinearKind.Down ? 8 : 896, kind switch { LinearKind.Gate or LinearKind.Up => 8, LinearKind.Key or LinearKind.Value => 128, _ => 896 });
            }

            Zeros($"blk.{layer}.attn_norm.weight", 896);
            Zeros($"blk.{layer}.ffn_norm.weight", 896);
        }

        writer.WriteTo(Folder("qwen.gguf"));
        return GgufFile.Open(Folder("qwen.gguf"));
    }

    /// <summary>A base and something trained on it, with numbers of its own.</summary>
    private sealed class Trained : IDisposable
    {
        public Trained(string folder, ModelArchitecture architecture, AdapterOptions options)
            : this(new TinyModel(architecture) { Tied = architecture != ModelArchitecture.Qwen3 }.Open(folder), options, TinyModel.Ids("tokens", 14))
        {
        }

        public Trained(GgufFile file, AdapterOptions options, int[] ids)
        {
            (File, Ids) = (file, ids);
            Weights = BaseWeights.Of(file);
            Adapter = new AdapterWeights(Weights, options);
            foreach (var parameter in Adapter.Parameters)
            {
                var around = options.Kind == AdapterKind.Full ? 0 : parameter.Name.EndsWith(".magnitude", StringComparison.Ordinal) ? 1 : 0;
                TinyModel.Numbers(parameter.Name, parameter.Values.Length, 0.5f, around).CopyTo(parameter.Values);
            }
        }

        public GgufFile File { get; }

        public int[] Ids { get; }

        public BaseWeights Weights { get; }

        public AdapterWeights Adapter { get; }

        public float[] Logits()
        {
            using var network = new Transformer(Weights, Adapter);
            return network.Logits(Ids);
        }

        public void Dispose()
        {
            Adapter.Dispose();
            Weights.Dispose();
            File.Dispose();
        }
    }
}
