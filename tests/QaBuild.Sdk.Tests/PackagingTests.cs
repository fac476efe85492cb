using System.Security;
using System.Text.Json;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>From questions to files that people run, in real builds with the small model.</summary>
public sealed class PackagingTests
{
    [NpmFact]
    public async Task One_command_trains_fuses_quantizes_asks_and_describes_and_a_second_does_nothing()
    {
        using var project = Project();

        (await project.Build("-t:Gguf")).Exits(0)
            .Says("Fuse runs: it has not succeeded here before.").Says("Gguf runs: ").Says("Gate runs: ").Says("Card runs: ")
            .Says("6 trained questions and 1 others were asked.").Says("base and adapter in llama.cpp ").Says("the file model-Q8_0.gguf ").NeverSays("fails").NeverSays("not asked").NeverSays("warning");

        using var gate = JsonDocument.Parse(await File.ReadAllTextAsync(project.Place("artifacts/model/gate.json")));
        Assert.Equal(6, gate.RootElement.GetProperty("questions").EnumerateArray().Count(q => q.GetProperty("isTrained").GetBoolean()));
        Assert.All(gate.RootElement.GetProperty("hops").EnumerateArray(), h => Assert.Equal((1.0, 1.0), (h.GetProperty("stopRate").GetDouble(), h.GetProperty("exactMatch").GetDouble())));
        Assert.Equal(
            ["trainer", "adapter", "fused", "quantized", "quantized"], gate.RootElement.GetProperty("hops").EnumerateArray().Select(h => h.GetProperty("kind").GetString()));
        var card = await File.ReadAllTextAsync(project.Place("artifacts/model/README.md"));
        Assert.StartsWith("---\nlicense: \"MIT\"\nbase_model: \"tiny\"\nlanguage:\n  - \"zh\"\n", card, StringComparison.Ordinal);
        Assert.Contains("| `model-Q8_0.gguf`, llama.cpp | 1.00 | 1.00 | 1.00 |", card, StringComparison.Ordinal);
        using (var sums = Command.Start("sha256sum", project.Place("artifacts/model"), null, "--check", "SHA256SUMS"))
        {
            (await sums.Ends()).Exits(0).Says("fused.gguf: OK").Says("model-Q8_0.gguf: OK").Says("model-Q4_K_M.gguf: OK");
        }

        var before = project.Outputs(project.Place("artifacts/model"));
        (await project.Build("-t:Gguf")).Exits(0).NeverSays(" runs: ");
        Assert.Equal(before, project.Outputs(project.Place("artifacts/model")));

        // What an evaluation found stands on the card from then on.
        (await project.Build("-t:Evaluate")).Exits(0);
        (await project.Build("-t:Gguf")).Exits(0).NeverSays("Fuse runs: ").NeverSays("Gate runs: ").Says("Card runs: ");
        Assert.Contains("\n## Evaluation\n", await File.ReadAllTextAsync(project.Place("artifacts/model/README.md")), StringComparison.Ordinal);

        // Another list of files: nothing is trained or fused, and no file of the old list is left to be taken for this model's.
        (await project.Build("-t:Gguf", "-p:Quantization=q8_0")).Exits(0).NeverSays("Fuse runs: ").Says("Gguf runs: Quantization is 'Q8_0', was 'Q8_0;Q4_K_M'.").Says("Card runs: ");
        Assert.False(File.Exists(project.Place("artifacts/model/model-Q4_K_M.gguf")));

        // Another author: the same numbers in another file.
        (await project.Build("-t:Gguf", "-p:Quantization=q8_0", "-p:ModelAuthor=Somebody")).Exits(0).Says("Fuse runs: ModelAuthor is 'Somebody', was ''.").Says("Gate runs: ");

        (await project.Build("-t:Clean")).Exits(0);
        Assert.Empty(Directory.EnumerateFiles(project.Place("artifacts/model")));
    }

    [NpmFact]
    public async Task A_failing_hop_fails_the_build_with_the_question_both_answers_and_the_likely_cause()
    {
        using var project = Project();
        (await project.Build("-t:Train")).Exits(0);

        // An adapter of the right shape that says something else: its alpha, ten times as large.
        var path = project.Place("artifacts/model/adapter.gguf");
        var bytes = await File.ReadAllBytesAsync(path);
        var at = bytes.AsSpan().IndexOf("adapter.lora.alpha"u8) + "adapter.lora.alpha".Length + sizeof(uint);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), BitConverter.ToSingle(bytes, at) * 10);
        await File.WriteAllBytesAsync(path, bytes);

        (await project.Build("-t:Gguf")).Exits(1)
            .Says("error QA8006: The answer gate stops base and adapter in llama.cpp: ").Says("Asked '").Says("the adapter's GGUF is not what the trainer computes with")
            .Says("not asked");
        Assert.False(File.Exists(project.Place("artifacts/model/README.md")));
    }

    [NpmFact]
    public async Task What_cannot_be_used_for_packaging_is_told_at_once_and_before_anything_is_trained()
    {
        using var project = Project();

        (await project.Build("-t:Gguf", "-p:Quantization=Q9", "-p:FusedType=F8", "-p:MinHopStopRate=90", "-p:GateQuestions=many")).Exits(1)
            .Says("error QA8003: The quantization 'Q9' cannot be made").Says("error QA8008: FusedType cannot be 'F8'").Says("error QA8008: MinHopStopRate cannot be '90'")
            .Says("error QA8008: GateQuestions cannot be 'many'").NeverSays("Training: ");
        Assert.False(Directory.Exists(project.Place("artifacts/model/train")));
    }

    private static SdkProject Project() => new($"""
        <PropertyGroup>
          <_QaBuildToolDir>{SecurityElement.Escape(Tasks.ToolFolder)}</_QaBuildToolDir>
          <KbRoot>{SecurityElement.Escape(Repository.Path("tests", "kb-demo"))}</KbRoot>
          <BaseModel>tiny</BaseModel>
          <Quantization Condition="'$(Quantization)' == ''">Q8_0;Q4_K_M</Quantization>
          <ModelLicense>MIT</ModelLicense>
          <ModelLanguages>zh</ModelLanguages>
          <TrainThreads>1</TrainThreads>
          <TrainOptions>min_iters=80</TrainOptions>
        </PropertyGroup>
        """);
}
