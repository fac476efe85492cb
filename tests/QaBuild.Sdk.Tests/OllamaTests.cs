using System.Security;
using System.Text.Json.Nodes;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>From questions to a model in Ollama; the strict server stands in for it.</summary>
public sealed class OllamaTests
{
    [NpmFact]
    public async Task One_command_goes_from_questions_to_a_model_in_Ollama_which_gets_its_name_only_when_it_answers_as_before()
    {
        await using var server = new StrictOllama { Answer = _ => Task.FromResult(("nonsense without an end", "length")) };
        server.Models["kb:v1"] = new JsonObject { ["model"] = "before" };
        using var project = Project(server);

        (await project.Build("-t:Ollama")).Exits(1)
            .Says("Modelfile runs: ").Says("Making 'kb:v1' in Ollama").Says("error QA8006: ").Says("What is number ").Says("nonsense without an end").NeverSays("Card runs: ");
        Assert.Equal(["kb:v1"], server.Models.Keys);
        Assert.Equal("before", (string?)server.Models["kb:v1"]["model"]);

        server.Answer = question => Task.FromResult((AsBefore(project, question), "stop"));
        (await project.Build("-t:Ollama")).Exits(0).NeverSays("Modelfile runs: ").Says("Try it: ollama run kb:v1").Says("Card runs: ");
        Assert.Equal(["kb:v1"], server.Models.Keys);
        Assert.Equal(new FileInfo(project.Place("artifacts/model/model-Q8_0.gguf")).Length, server.Blobs.Values.Single().Length);
        Assert.Contains("kb:v1", await File.ReadAllTextAsync(project.Place("artifacts/model/README.md")), StringComparison.Ordinal);

        // Rows of completions stand as they were compiled: so the model is asked, and ends its answer with the row's token.
        Assert.Equal("{{ .Prompt }}", (string?)server.Models["kb:v1"]["template"]);
        Assert.Contains("<|endoftext|>", server.Models["kb:v1"]["parameters"]!["stop"]!.AsArray().Select(s => (string?)s));

        var files = project.Outputs(project.Place("artifacts/model"));
        server.Requests.Clear();
        (await project.Build("-t:Ollama")).Exits(0).Says("'kb:v1' in Ollama is up to date.").NeverSays(" runs: ");
        Assert.Equal(["GET /api/tags"], server.Requests);
        Assert.Equal(files, project.Outputs(project.Place("artifacts/model")));

        (await project.Build("-t:Ollama", "-p:OllamaAdapterOnly=true")).Exits(0).Says("another Modelfile than last time");
        Assert.Single(server.Models["kb:v1"]["adapters"]!.AsObject());
    }

    // What the file that was uploaded said when llama.cpp asked it.
    private static string AsBefore(SdkProject project, OllamaQuestion question)
    {
        var gate = JsonNode.Parse(File.ReadAllText(project.Place("artifacts/model/gate.json")))!;
        var questions = gate["questions"]!.AsArray();
        var at = Enumerable.Range(0, questions.Count).First(i => (string?)questions[i]!["messages"]!.AsArray()[^1]!["content"] == question.Messages[^1].Content);
        return (string)gate["hops"]!.AsArray().Last(h => (string?)h!["kind"] == "quantized")!["answers"]![at]!["text"]!;
    }

    private static SdkProject Project(StrictOllama server)
    {
        var project = SdkProject.WithSixQuestions($"""
            <PropertyGroup>
              <_QaBuildToolDir>{SecurityElement.Escape(Tasks.ToolFolder)}</_QaBuildToolDir>
              <BaseModel>tiny</BaseModel>
              <Quantization>Q8_0</Quantization>
              <OllamaModel>kb:v1</OllamaModel>
              <TrainThreads>1</TrainThreads>
              <TrainOptions>min_iters=80</TrainOptions>
              <GateQuestions>2</GateQuestions>
            </PropertyGroup>
            """);
        project.Environment["OLLAMA_HOST"] = server.Address.ToString();
        return project;
    }
}
