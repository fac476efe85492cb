using System.Globalization;
using System.Text.Json;
using QaBuild.Model.Gguf;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Fusing;
using QaBuild.Model.Packaging.Quantizing;
using QaBuild.Model.Tests.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging;

/// <summary>Files of ours as a reader sees them that shares no line with our own: <c>@huggingface/gguf</c>, which the Hub itself shows models with.</summary>
public sealed class IndependentReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LlamaFact]
    public async Task A_fused_and_a_quantized_file_hold_for_Hugging_Face_s_reader_what_they_hold_for_ours()
    {
        QaBuild.Model.BaseModels.TinyModel.EnsureAt(Place("base.gguf"));
        using (var adapter = new RandomAdapter(Place("base.gguf"), _folder.Path))
        {
            Fusion.ToGguf(Place("base.gguf"), adapter.Path, Place("fused.gguf"), null, new ModelMetadata { Name = "模型 \"a\"", Author = "me", License = "MIT", BaseName = "tiny", DatasetHash = "d" });
        }

        await using (var llama = Llama.Start())
        {
            await Quantizer.RunAsync(llama, Place("fused.gguf"), Place("model-Q8_0.gguf"), Quantization.Parse(["Q8_0"])[0], 1);
        }

        foreach (var file in Directory.EnumerateFiles(Repository.Path("tests", "QaBuild.Model.Tests", "Packaging", "IndependentReader")))
        {
            File.Copy(file, Place(Path.GetFileName(file)));
        }

        using (var npm = Command.Start(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", _folder.Path, null, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"))
        {
            (await npm.Ends()).Exits(0);
        }

        await Same("fused.gguf");
        await Same("model-Q8_0.gguf");
    }

    private async Task Same(string name)
    {
        using var node = Command.Start("node", _folder.Path, null, "read.mjs", name);
        using var read = JsonDocument.Parse((await node.Ends()).Exits(0).Output);
        var metadata = read.RootElement.GetProperty("metadata");
        using var file = GgufFile.Open(Place(name));
        Assert.Equal((3, file.Metadata.Count, file.Tensors.Count), (metadata.GetProperty("version").GetInt32(), metadata.GetProperty("kv_count").GetInt32(), metadata.GetProperty("tensor_count").GetInt32()));
        Assert.All(file.Metadata, m => Assert.Equal(Shown(m.Value), Shown(metadata.GetProperty(m.Key))));
        Assert.Equal(
            file.Tensors.Select(t => $"{t.Name} {(uint)t.Type} {string.Join('x', t.Shape)}"),
            read.RootElement.GetProperty("tensors").EnumerateArray().Select(t => $"{t.GetProperty("name").GetString()} {t.GetProperty("dtype").GetInt32()} {string.Join('x', t.GetProperty("shape").EnumerateArray())}"));
    }

    private static string Shown(object value) => value switch
    {
        GgufArray array => string.Join('|', array.Values.Cast<object>().Select(Shown)),
        bool flag => flag ? "true" : "false",
        IFormattable number => Convert.ToDouble(number, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    private static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join('|', value.EnumerateArray().Select(Shown)),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => value.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        _ => value.GetString()!,
    };

    private string Place(string name) => Path.Combine(_folder.Path, name);
}
