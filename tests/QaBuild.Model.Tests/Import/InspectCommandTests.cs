using System.Text.Json;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Import;

/// <summary><c>qabuild inspect</c> as a process.</summary>
public sealed class InspectCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_and_the_GGUF_made_of_it_say_what_they_hold()
    {
        var hf = Path.Combine(_folder.Path, "hf");
        var gguf = Path.Combine(_folder.Path, "model.gguf");
        new RandomHfFolder { Architecture = "Qwen2ForCausalLM", AttentionBias = true, Type = GgmlType.BF16 }.WriteTo(hf);
        HfImport.ImportModel(hf, gguf);

        foreach (var path in new[] { hf, gguf })
        {
            (await Run(path)).Exits(0).Says("Architecture").Says("qwen2").Says("gpt2 gpt-2, 258").Says("256 <|endoftext|>").Says("BF16").Says("… and 7 tensors more (--all)");
        }

        var json = JsonSerializer.Deserialize<JsonElement>((await Run(gguf, "--json")).Exits(0).Output);
        Assert.Equal(27, json.GetProperty("tensors").GetArrayLength());
        Assert.Contains(json.GetProperty("facts").EnumerateArray(), f => f.GetProperty("name").GetString() == "layers" && f.GetProperty("value").GetString() == "2");
    }

    [SharedDataFact("data/models/lora_mlx")]
    public async Task An_adapter_says_its_kind() =>
        (await Run(Repository.Shared("data", "models", "lora_mlx")!)).Exits(0).Says("LoRA, mlx-lm").Says("model.layers.20.self_attn.q_proj.lora_a");

    [Fact]
    public async Task Names_that_would_command_a_terminal_do_not_reach_it()
    {
        var gguf = Path.Combine(_folder.Path, "model.gguf");
        var writer = new GgufWriter();
        writer.Add("general.name", "a\u001b[2Jb\nqabuild: error QA9999: forged");
        writer.AddTensor("t\u001b]0;x\u0007", GgmlType.F32, [1], s => s.Write(new byte[4]));
        writer.WriteTo(gguf);

        var output = (await Run(gguf)).Exits(0).Output;

        Assert.DoesNotContain('\u001b', output);
        Assert.DoesNotContain(output.Split('\n'), l => l.StartsWith("qabuild: error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_no_model_is_a_finding() =>
        (await Run(_folder.Write("a.txt", "hello"))).Exits(1).Says("error QA7003: ");

    private static async Task<Ran> Run(params string[] arguments)
    {
        using var command = Command.Dotnet(Repository.Root, null, [Path.Combine(AppContext.BaseDirectory, "qabuild.dll"), "inspect", .. arguments]);
        return await command.Ends();
    }
}
