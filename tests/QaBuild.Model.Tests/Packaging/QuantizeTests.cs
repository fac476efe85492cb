using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Fusing;
using QaBuild.Model.Packaging.Quantizing;
using QaBuild.Model.Tests.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging;

/// <summary>Small files of a model: all that was asked for, whole and with their metadata, or none and the reason.</summary>
public sealed class QuantizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LlamaFact]
    public async Task Several_files_are_made_at_once_open_in_llama_cpp_answer_and_keep_all_metadata()
    {
        Fuse();

        (await Run("quantize", "fused.gguf", "--type", "q8_0;Q4_K_M", "--type", "BF16", "--out", "small", "--threads", "1")).Exits(0)
            .Says("info QA8005: Q4_K_M: 16 of 16 matrices have rows that are no multiple of 256 ('token_embd.weight': 128)").Says("small/model-Q8_0.gguf: ");

        Assert.Equal(["model-BF16.gguf", "model-Q4_K_M.gguf", "model-Q8_0.gguf"], Directory.EnumerateFiles(Place("small")).Select(Path.GetFileName).Order());
        using var fused = GgufFile.Open(Place("fused.gguf"));
        foreach (var (name, type, fileType) in new[] { ("model-BF16.gguf", GgmlType.BF16, 32L), ("model-Q4_K_M.gguf", GgmlType.Q5_0, 15L), ("model-Q8_0.gguf", GgmlType.Q8_0, 7L) })
        {
            using var small = GgufFile.Open(Place("small/" + name));
            Assert.Contains(type, small.Tensors.Select(t => t.Type));
            Assert.Equal(fileType, small.Integer("general.file_type"));
            Assert.Empty(fused.Metadata.Keys.Except(small.Metadata.Keys));
            Assert.All(fused.Metadata.Where(m => m.Key != "general.file_type" && m.Value is not GgufArray), m => Assert.Equal(m.Value, small.Metadata[m.Key]));
            await using var llama = await Llama.Load(Place("small/" + name));
            Assert.NotEmpty((await llama.GenerateAsync(Prompt.Raw("a"), new GenerateOptions { MaxTokens = 4 })).Text);
        }
    }

    [LlamaFact]
    public async Task The_same_model_gives_the_same_bytes_and_a_file_that_would_not_change_is_not_touched()
    {
        Fuse();
        await using var llama = Llama.Start();
        var q8 = Quantization.Parse(["Q8_0"])[0];
        await Quantizer.RunAsync(llama, Place("fused.gguf"), Place("a.gguf"), q8, 1);
        var time = File.GetLastWriteTimeUtc(Place("a.gguf"));

        await Quantizer.RunAsync(llama, Place("fused.gguf"), Place("a.gguf"), q8, 2);

        Assert.Equal(time, File.GetLastWriteTimeUtc(Place("a.gguf")));
    }

    [Fact]
    public async Task Names_that_are_none_are_told_together_with_those_that_are()
    {
        Fuse();

        var ran = (await Run("quantize", "fused.gguf", "--type", "Q9;Q8_0;IQ1_S")).Exits(1);

        ran.Says("error QA8003: The quantization 'Q9' cannot be made: there is no such type; choose among F32, BF16, F16, Q8_0, Q6_K, ").Says("The quantization 'IQ1_S'");
        Assert.False(File.Exists(Place("model-Q8_0.gguf")));
    }

    [Fact]
    public async Task Rows_that_fit_no_block_are_told_with_what_to_choose_and_nothing_is_made()
    {
        var writer = new GgufWriter();
        writer.Add("general.architecture", "llama");
        writer.AddTensor("blk.0.ffn_down.weight", GgmlType.F32, [172, 2], s => s.Write(new byte[172 * 2 * sizeof(float)]));
        writer.WriteTo(Place("fused.gguf"));

        (await Run("quantize", "fused.gguf", "--type", "F16;Q8_0")).Exits(1)
            .Says("fused.gguf: error QA8003: The quantization 'Q8_0' cannot be made: 'blk.0.ffn_down.weight' has rows of 172 numbers, and Q8_0 stores 32 at a time. Choose F16, BF16.");

        Assert.False(File.Exists(Place("model-F16.gguf")));
    }

    [LlamaFact]
    public async Task A_model_that_is_quantized_already_is_refused()
    {
        Fuse();
        await using (var llama = Llama.Start())
        {
            await Quantizer.RunAsync(llama, Place("fused.gguf"), Place("small.gguf"), Quantization.Parse(["Q8_0"])[0], 1);
        }

        (await Run("quantize", "small.gguf", "--type", "Q4_0")).Exits(1).Says("is Q8_0 already");
    }

    [LlamaFact]
    public async Task What_llama_cpp_cannot_write_is_a_finding_and_the_last_good_file_stays()
    {
        Fuse();
        await using var llama = Llama.Start();
        using (var stream = File.OpenWrite(Place("fused.gguf")))
        {
            stream.SetLength(stream.Length - 1000);
        }

        File.WriteAllText(Place("a.gguf"), "the last good one");

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Quantizer.RunAsync(llama, Place("fused.gguf"), Place("a.gguf"), Quantization.Parse(["Q8_0"])[0], 1));

        Assert.Equal(ModelFaults.ModelNotLoaded, fault.Code);
        Assert.Equal("the last good one", File.ReadAllText(Place("a.gguf")));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [LlamaFact]
    public async Task A_full_disk_is_said_to_be_one_and_the_last_good_file_stays()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Fuse();
        File.WriteAllText(Place("model-Q8_0.gguf"), "the last good one");

        // A limit of the system to files of 200 KB, which is a failing write, too. The runtime must not need larger ones for itself.
        using var tool = Command.Start(
            "bash", _folder.Path, new Dictionary<string, string> { ["DOTNET_EnableWriteXorExecute"] = "0" },
            "-c", "trap '' XFSZ; ulimit -f 200; exec dotnet \"$0\" quantize fused.gguf --type Q8_0", Path.Combine(AppContext.BaseDirectory, "qabuild.dll"));
        (await tool.Ends()).Exits(1).Says("error QA1028: ").Says("the disk may be full");

        Assert.Equal("the last good one", File.ReadAllText(Place("model-Q8_0.gguf")));
        Assert.Equal(["adapter.gguf", "base.gguf", "fused.gguf", "model-Q8_0.gguf"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private string Place(string name) => Path.Combine(_folder.Path, name);

    private void Fuse()
    {
        QaBuild.Model.BaseModels.TinyModel.EnsureAt(Place("base.gguf"));
        using var adapter = new RandomAdapter(Place("base.gguf"), _folder.Path, spread: 0.05f);
        Fusion.ToGguf(Place("base.gguf"), adapter.Path, Place("fused.gguf"), null, new ModelMetadata { Name = "mine", Author = "me", License = "MIT", BaseName = "tiny", DatasetHash = "d", RecipeHash = "r", AdapterHash = "a" });
    }

    private async Task<Ran> Run(params string[] arguments)
    {
        using var tool = Command.Dotnet(_folder.Path, null, [Path.Combine(AppContext.BaseDirectory, "qabuild.dll"), .. arguments]);
        return await tool.Ends();
    }
}
