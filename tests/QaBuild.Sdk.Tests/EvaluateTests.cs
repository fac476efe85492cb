using System.Security;
using System.Text.Json.Nodes;

namespace QaBuild.Sdk.Tests;

/// <summary>The target Evaluate, behind a short training.</summary>
public sealed class EvaluateTests
{
    [NpmFact]
    public async Task A_gate_fails_the_build_whose_answers_are_there_to_be_read_and_a_wider_one_lets_it_pass()
    {
        using var project = SdkProject.WithSixQuestions($"""
            <PropertyGroup>
              <_QaBuildToolDir>{SecurityElement.Escape(Tasks.ToolFolder)}</_QaBuildToolDir>
              <BaseModel>tiny</BaseModel>
              <TrainOptions>epochs=1;min_iters=3;batch_size=2</TrainOptions>
              <EvaluateTokens>6</EvaluateTokens>
            </PropertyGroup>
            """);

        (await project.Build("-t:Evaluate", "-p:MinExactMatch=1")).Exits(1).Says("| exact match 完全一致 | 0.0 % | 0.0 % |").Says("error QA7031: The model does not pass the gate MinExactMatch: 1 was asked for, 0 was measured.");
        var first = await File.ReadAllBytesAsync(project.Place("artifacts/model/evaluation.json"));
        (await project.Build("-t:Evaluate", "-p:MaxTestLoss=1000", "-p:EvaluateExamples=1")).Exits(0).NeverSays("QA7031");

        var (before, after) = (JsonNode.Parse(first)!, JsonNode.Parse(await File.ReadAllBytesAsync(project.Place("artifacts/model/evaluation.json")))!);
        Assert.Equal("It is answer 6.", (string)after["rows"]![0]!["expected"]!);
        Assert.Equal(before["after"]!.ToJsonString(), after["after"]!.ToJsonString());
        Assert.True((double)after["after"]!["loss"]! < (double)after["before"]!["loss"]!);
        Assert.NotNull(after["fewShot"]);

        (await project.Build("-t:Clean")).Exits(0);
        Assert.Empty(Directory.EnumerateFiles(project.Place("artifacts/model"), "evaluation.*"));
    }

    [NpmFact]
    public async Task An_adapter_from_elsewhere_is_measured_without_training()
    {
        using var project = SdkProject.WithSixQuestions($"""
            <PropertyGroup>
              <_QaBuildToolDir>{SecurityElement.Escape(Tasks.ToolFolder)}</_QaBuildToolDir>
              <BaseModel>tiny</BaseModel>
              <Adapter>no-such.gguf</Adapter>
            </PropertyGroup>
            """);

        (await project.Build("-t:Evaluate")).Exits(1).Says("no-such.gguf").NeverSays("Iter ").NeverSays("QA0000");
    }
}
