using System.Runtime.InteropServices;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Fusing;
using QaBuild.Model.Tests.Import;
using QaBuild.Model.Tests.Inference;
using QaBuild.Model.Training.Network;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging;

/// <summary>A fused model is its base with the adapter, in every type and layout, or nothing is written.</summary>
public sealed class FusionTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private static readonly int[] Ids = [72, 101, 108, 111, 32, 119, 200, 3, 0, 255, 17, 90];
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Cases => ImportedLogitsTests.Cases;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fused_F32_logits_are_those_of_base_and_adapter(string name)
    {
        ImportedLogitsTests.Models[name].WriteTo(Place("hf"));
        HfImport.ImportModel(Place("hf"), Place("base.gguf"), GgmlType.F32);
        foreach (var kind in Enum.GetValues<AdapterKind>())
        {
            using var adapter = new RandomAdapter(Place("base.gguf"), Place("trained"), kind);

            Fuse(adapter.Path);

            var expected = adapter.Logits(Ids);
            Assert.InRange(Largest(expected, RandomAdapter.Logits(Place("fused.gguf"), Ids)), 0, Tolerance);
            Assert.True(Largest(expected, RandomAdapter.Logits(Place("base.gguf"), Ids)) > 0.1, "the adapter changes next to nothing");
        }
    }

    [LlamaFact]
    public async Task In_llama_cpp_the_small_model_fused_says_what_it_says_with_its_adapter() => await SameInLlama(Tiny());

    [LlamaFact("data/models/stories260K/stories260K.gguf")]
    public async Task In_llama_cpp_a_real_model_fused_says_what_it_says_with_its_adapter()
    {
        File.Copy(Repository.Shared("data", "models", "stories260K", "stories260K.gguf")!, Place("base.gguf"));
        await SameInLlama(Place("base.gguf"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_Hugging_Face_folder_fused_is_imported_as_the_very_GGUF_that_was_fused(string name)
    {
        ImportedLogitsTests.Models[name].WriteTo(Place("hf"));
        _folder.Write("hf/modeling.py", "raise SystemExit");
        HfImport.ImportModel(Place("hf"), Place("base.gguf"));
        using var adapter = new RandomAdapter(Place("base.gguf"), Place("trained"), AdapterKind.Dora);
        Fuse(adapter.Path);

        FusedFolder.Write(Place("hf"), Place("base.gguf"), adapter.Path, Place("fused"));
        FusedFolder.Write(Place("hf"), Place("base.gguf"), adapter.Path, Place("fused"));

        HfImport.ImportModel(Place("fused"), Place("again.gguf"));
        using var expected = GgufFile.Open(Place("fused.gguf"));
        using var found = GgufFile.Open(Place("again.gguf"));
        Assert.Equal(expected.Tensors.Select(t => (t.Name, t.Type)), found.Tensors.Select(t => (t.Name, t.Type)));
        Assert.All(expected.Tensors, t => Assert.True(t.Read(0, (int)t.Bytes).SequenceEqual(found.Find(t.Name)!.Read(0, (int)t.Bytes)), t.Name));
        Assert.Equal(
            Directory.EnumerateFiles(Place("hf")).Select(Path.GetFileName).Except(["modeling.py"]).Order(),
            Directory.EnumerateFiles(Place("fused")).Select(Path.GetFileName).Order());
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_folder.Path), e => e.Contains(".tmp", StringComparison.Ordinal));
    }

    [LlamaFact]
    public async Task A_quantized_base_is_dequantized_to_F16_and_the_result_says_so()
    {
        await using (var llama = Llama.Start())
        {
            await llama.QuantizeAsync(Tiny(), Place("small.gguf"), 7, 1);
        }

        using var adapter = new RandomAdapter(Place("small.gguf"), Place("trained"));

        var result = Fuse(adapter.Path, "small.gguf");

        Assert.Equal((GgmlType.F16, GgmlType.Q8_0), (result.Type, result.BaseType));
        using var fused = GgufFile.Open(Place("fused.gguf"));
        Assert.All(fused.Tensors, t => Assert.Equal(t.Shape.Count > 1 ? GgmlType.F16 : GgmlType.F32, t.Type));
        Assert.Equal(1L, fused.Integer("general.file_type"));
        Assert.InRange(Largest(adapter.Logits(Ids), RandomAdapter.Logits(Place("fused.gguf"), Ids)), 0, 0.02);
    }

    [Theory]
    [InlineData(GgmlType.F16, 1e-3)]
    [InlineData(GgmlType.BF16, 8e-3)]
    public void A_type_that_is_asked_for_is_rounded_to_once(GgmlType type, double error)
    {
        _ = Tiny();
        using var adapter = new RandomAdapter(Place("base.gguf"), _folder.Path);
        Fuse();
        using var exact = GgufFile.Open(Place("fused.gguf"));

        Fusion.ToGguf(Place("base.gguf"), Place("adapter.gguf"), Place("rounded.gguf"), type, Metadata);

        using var rounded = GgufFile.Open(Place("rounded.gguf"));
        foreach (var tensor in exact.Tensors.Where(t => t.Shape.Count > 1))
        {
            Assert.Equal(type, rounded.Find(tensor.Name)!.Type);
            var (expected, found) = (AdapterPair.Numbers(tensor), AdapterPair.Numbers(rounded.Find(tensor.Name)!));
            Assert.All(expected.Zip(found), p => Assert.InRange(Math.Abs(p.First - p.Second), 0, (error * Math.Abs(p.First)) + 1e-7));
        }
    }

    [Fact]
    public void What_the_base_says_of_itself_becomes_what_the_model_says_of_its_base()
    {
        Write("base.gguf", writer =>
        {
            writer.Add("general.architecture", "qwen2");
            writer.Add("general.name", "Base");
            writer.Add("general.author", "Somebody");
            writer.Add("general.license", "apache-2.0");
            writer.Add("general.repo_url", "https://models.example/base");
            writer.Add("general.languages", new[] { "en", "zh" });
            writer.Add("split.count", (ushort)1);
            writer.Add("qwen2.block_count", 1u);
            writer.Add("tokenizer.ggml.tokens", new[] { "a", "b" });
            Matrix(writer, "blk.0.attn_q.weight", 4, 2);
        });
        WriteAdapter(4, 2);

        Fusion.ToGguf(Place("base.gguf"), Place("adapter.gguf"), Place("fused.gguf"), null, Metadata with { Author = "Me", Version = "1.2", DatasetHash = "d", RecipeHash = "r", AdapterHash = "a" });

        using var fused = GgufFile.Open(Place("fused.gguf"));
        Assert.Equal(
            """
            general.architecture = qwen2
            general.type = model
            general.name = Mine
            general.author = Me
            general.version = 1.2
            general.finetune = lora
            general.size_label = 0K
            general.file_type = 0
            general.base_model.count = 1
            general.base_model.0.name = Base
            general.base_model.0.author = Somebody
            general.base_model.0.repo_url = https://models.example/base
            general.dataset.count = 1
            general.dataset.0.name = Mine
            general.dataset.0.version = d
            qabuild.dataset.sha256 = d
            qabuild.recipe.sha256 = r
            qabuild.adapter.sha256 = a
            general.license = apache-2.0
            general.languages = en, zh
            qwen2.block_count = 1
            tokenizer.ggml.tokens = a, b
            """.ReplaceLineEndings("\n"),
            string.Join("\n", fused.Metadata.Select(m => $"{m.Key} = {(m.Value is GgufArray array ? string.Join(", ", array.Values.Cast<object>()) : m.Value)}")));
    }

    [Fact]
    public void The_same_inputs_give_the_same_bytes_and_a_file_that_would_not_change_is_not_touched()
    {
        _ = Tiny();
        using var adapter = new RandomAdapter(Place("base.gguf"), _folder.Path);
        Fuse();
        var (bytes, time) = (File.ReadAllBytes(Place("fused.gguf")), File.GetLastWriteTimeUtc(Place("fused.gguf")));

        Fuse();

        Assert.Equal(time, File.GetLastWriteTimeUtc(Place("fused.gguf")));
        Assert.Equal(bytes, File.ReadAllBytes(Place("fused.gguf")));
    }

    [Fact]
    public void All_that_does_not_fit_the_base_is_told_at_once_and_nothing_is_written()
    {
        Write("base.gguf", writer =>
        {
            writer.Add("general.architecture", "qwen2");
            foreach (var part in new[] { "attn_q", "attn_k", "attn_v" })
            {
                Matrix(writer, $"blk.0.{part}.weight", 4, 2);
            }
        });
        Write("adapter.gguf", writer =>
        {
            writer.Add("general.architecture", "llama");
            writer.Add("adapter.type", "lora");
            writer.Add("adapter.lora.alpha", 8f);
            Matrix(writer, "blk.0.attn_q.weight.lora_a", 5, 3);
            Matrix(writer, "blk.0.attn_q.weight.lora_b", 3, 2);
            Matrix(writer, "blk.0.attn_k.weight.lora_a", 4, 3);
            Matrix(writer, "blk.0.attn_v.weight.lora_a", 4, 3, float.NaN);
            Matrix(writer, "blk.0.attn_v.weight.lora_b", 3, 2);
            Matrix(writer, "blk.9.attn_v.weight.lora_a", 4, 3);
            Matrix(writer, "blk.9.attn_v.weight.lora_b", 3, 2);
            Matrix(writer, "blk.7.attn_v.weight.lora_b", 3, 2);
            Matrix(writer, "output.weight", 4, 2);
        });

        var fault = Assert.Throws<ModelFaultException>(() => Fuse());

        Assert.All(fault.Others.Prepend(fault), f => Assert.Equal(ModelFaults.AdapterUnusable, f.Code));
        Assert.Equal(
            [
                "AdapterArchitecture(llama, qwen2)",
                "AdapterShape(blk.0.attn_q.weight.lora_a, 5 × 3, 4 × 3)",
                "AdapterPartner(blk.0.attn_k.weight.lora_a, B)",
                "AdapterNotFinite(blk.0.attn_v.weight.lora_a)",
                "AdapterTarget(blk.9.attn_v.weight)",
                "AdapterPartner(blk.7.attn_v.weight.lora_b, A)",
                "AdapterTensor(output.weight)",
            ],
            fault.Others.Prepend(fault).Select(f => f.Arguments[1].ToString()));
        Assert.False(File.Exists(Place("fused.gguf")));
    }

    [Fact]
    public void A_weight_beyond_the_type_s_range_is_a_fault_and_the_last_good_model_stays()
    {
        Write("base.gguf", writer =>
        {
            writer.Add("general.architecture", "qwen2");
            Matrix(writer, "blk.0.attn_q.weight", 4, 2, 65000);
        });
        WriteAdapter(4, 2, 300);
        File.WriteAllText(Place("fused.gguf"), "the last good one");

        var fault = Assert.Throws<ModelFaultException>(() => Fusion.ToGguf(Place("base.gguf"), Place("adapter.gguf"), Place("fused.gguf"), GgmlType.F16, Metadata));

        Assert.Equal((ModelFaults.WeightsNotFinite, "blk.0.attn_q.weight", "F16"), (fault.Code, (string)fault.Arguments[0], (string)fault.Arguments[1]));
        Assert.Equal("the last good one", File.ReadAllText(Place("fused.gguf")));
        Assert.Equal(3, Directory.GetFiles(_folder.Path).Length);
        Fusion.ToGguf(Place("base.gguf"), Place("adapter.gguf"), Place("fused.gguf"), GgmlType.BF16, Metadata);
    }

    [Fact]
    public void A_truncated_adapter_is_told_and_nothing_is_written()
    {
        _ = Tiny();
        using (new RandomAdapter(Place("base.gguf"), _folder.Path))
        {
        }

        using (var stream = File.OpenWrite(Place("adapter.gguf")))
        {
            stream.SetLength(stream.Length - 100);
        }

        Assert.Equal(ModelFaults.FileMalformed, Assert.Throws<ModelFaultException>(() => Fuse()).Code);
        Assert.False(File.Exists(Place("fused.gguf")));
    }

    [Fact]
    public void A_full_disk_leaves_the_last_good_model_and_no_half_file()
    {
        _ = Tiny();
        using var random = new RandomAdapter(Place("base.gguf"), _folder.Path);
        File.WriteAllText(Place("fused.gguf"), "the last good one");
        using var file = GgufFile.Open(Place("base.gguf"));
        using var adapter = FittedAdapter.Open(Place("adapter.gguf"), file);
        var (writer, _) = Fusion.Writer(file, adapter, null, null, Metadata);

        Assert.Throws<IOException>(() => AtomicFile.Write(Place("fused.gguf"), stream => writer.WriteTo(new FullDisk(stream, 100_000), null, default)));

        Assert.Equal("the last good one", File.ReadAllText(Place("fused.gguf")));
        Assert.Equal(["adapter.gguf", "base.gguf", "fused.gguf"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_cancelled_fusion_leaves_the_last_good_model()
    {
        _ = Tiny();
        using var adapter = new RandomAdapter(Place("base.gguf"), _folder.Path);
        File.WriteAllText(Place("fused.gguf"), "the last good one");
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Fusion.ToGguf(Place("base.gguf"), Place("adapter.gguf"), Place("fused.gguf"), null, Metadata, (_, _) => cancellation.Cancel(), cancellation.Token));

        Assert.Equal("the last good one", File.ReadAllText(Place("fused.gguf")));
        Assert.Equal(3, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public async Task The_command_takes_a_PEFT_folder_writes_both_forms_and_says_what_it_did()
    {
        new RandomHfFolder { Architecture = "LlamaForCausalLM" }.WriteTo(Place("hf"));
        Directory.CreateDirectory(Place("peft"));
        await File.WriteAllTextAsync(Place("peft/adapter_config.json"), """{"peft_type": "LORA", "r": 2, "lora_alpha": 4}""");
        var writer = new SafetensorsWriter();
        RandomHfFolder.Add(writer, "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", GgmlType.F32, [2, 32], [.. Enumerable.Range(0, 64).Select(i => i / 64f)]);
        RandomHfFolder.Add(writer, "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", GgmlType.F32, [32, 2], [.. Enumerable.Range(0, 64).Select(i => i / 64f)]);
        writer.WriteTo(Place("peft/adapter_model.safetensors"));

        (await Run("fuse", "--base", "hf", "--adapter", "peft", "--out", "out/fused.gguf", "--folder", "out/hf", "--work", "work", "--name", "Mine")).Exits(0)
            .Says("out/fused.gguf: 1 of 16 matrices changed, F32, ");

        HfImport.ImportModel(Place("out/hf"), Place("again.gguf"));
        using var fused = GgufFile.Open(Place("out/fused.gguf"));
        using var again = GgufFile.Open(Place("again.gguf"));
        Assert.All(fused.Tensors, t => Assert.True(t.Read(0, (int)t.Bytes).SequenceEqual(again.Find(t.Name)!.Read(0, (int)t.Bytes)), t.Name));
        Assert.Equal(("Mine", "hf"), (fused.Text("general.name"), fused.Text("general.base_model.0.name")));

        (await Run("fuse", "--base", "tiny", "--adapter", "nowhere", "--work", "work")).Exits(1).Says("error QA7010: ").Says("nowhere");
        (await Run("fuse", "--base", "tiny", "--adapter", "peft", "--work", "work")).Exits(1).Says("error QA7010: ");
        (await Run("fuse", "--base", "tiny", "--adapter", "peft", "--folder", "x", "--work", "work")).Exits(1).Says("error QA7006: ").Says("Hugging Face");
    }

    private static ModelMetadata Metadata { get; } = new() { Name = "Mine", BaseName = "Base" };

    private string Place(string name) => Path.Combine(_folder.Path, name);

    private string Tiny()
    {
        QaBuild.Model.BaseModels.TinyModel.EnsureAt(Place("base.gguf"));
        return Place("base.gguf");
    }

    private FusionResult Fuse(string? adapter = null, string model = "base.gguf") => Fusion.ToGguf(Place(model), adapter ?? Place("adapter.gguf"), Place("fused.gguf"), null, Metadata);

    private async Task SameInLlama(string model)
    {
        using var adapter = new RandomAdapter(model, _folder.Path, spread: 0.2f);
        Fuse();
        await using var adapted = await Llama.Load(model, new LoadOptions { Exact = true, Adapter = Place("adapter.gguf") });
        await using var fused = await Llama.Load(Place("fused.gguf"), new LoadOptions { Exact = true });
        var (expected, found) = (await adapted.LogitsAsync(Ids), await fused.LogitsAsync(Ids));

        Assert.InRange(Largest([.. expected.SelectMany(r => r)], [.. found.SelectMany(r => r)]), 0, Tolerance);
        Assert.InRange(Largest(adapter.Logits(Ids), [.. found.SelectMany(r => r)]), 0, 1e-3);
    }

    private async Task<Ran> Run(params string[] arguments)
    {
        using var tool = Command.Dotnet(_folder.Path, null, [Path.Combine(AppContext.BaseDirectory, "qabuild.dll"), .. arguments]);
        return await tool.Ends();
    }

    private void Write(string name, Action<GgufWriter> add)
    {
        var writer = new GgufWriter();
        add(writer);
        writer.WriteTo(Place(name));
    }

    private void WriteAdapter(int inputs, int outputs, float value = 1) => Write("adapter.gguf", writer =>
    {
        writer.Add("general.architecture", "qwen2");
        writer.Add("adapter.type", "lora");
        Matrix(writer, "blk.0.attn_q.weight.lora_a", inputs, 2, value);
        Matrix(writer, "blk.0.attn_q.weight.lora_b", 2, outputs, value);
    });

    private static void Matrix(GgufWriter writer, string name, int columns, int rows, float value = 1)
    {
        var numbers = Enumerable.Repeat(value, columns * rows).ToArray();
        writer.AddTensor(name, GgmlType.F32, [columns, rows], s => s.Write(MemoryMarshal.AsBytes<float>(numbers)));
    }

    private static double Largest(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        return expected.Zip(found).Max(p => Math.Abs(p.First - p.Second));
    }
}
