using System.Security;
using System.Text.Json.Nodes;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>The target Train in real builds.</summary>
public sealed class TrainTests
{
    private const string Train = "-t:Train";

    // A few steps teach nothing, and are enough to see what is trained and when.
    private const string Short = "-p:TrainOptions=iters=4%3Bmin_iters=1%3Bsteps_per_report=1";

    [NpmFact]
    public async Task The_default_recipe_teaches_the_small_model_six_answers_by_heart_and_where_to_stop()
    {
        using var project = new SdkProject(Body());
        foreach (var source in Directory.EnumerateFiles(Repository.Path("tests", "kb-demo"), "*.md", SearchOption.AllDirectories))
        {
            project.Write(Path.Combine("kb", Path.GetRelativePath(Repository.Path("tests", "kb-demo"), source)), await File.ReadAllTextAsync(source));
        }

        (await project.Build(Train)).Exits(0).Says("Training: no earlier run ended here.").Says("Iter 25: Train loss");

        project.Write("asked.jsonl", string.Concat(project.Rows("train").Select(r => new JsonObject { ["prompt"] = JsonNode.Parse(r)!["prompt"]!.GetValue<string>() }.ToJsonString() + "\n")));
        using var ask = Command.Dotnet(
            project.Folder, project.Environment,
            [Tasks.ToolFolder + "qabuild.dll", "generate", "--model", project.Place("artifacts/model/base/tiny.gguf"), "--adapter", project.Place("artifacts/model/adapter.gguf"), "--raw", "--jsonl", "asked.jsonl", "--out", "answers.jsonl", "--threads", "1"]);
        (await ask.Ends()).Exits(0);
        var answers = (await File.ReadAllLinesAsync(project.Place("answers.jsonl"))).Select(l => JsonNode.Parse(l)!).ToArray();
        Assert.Equal(6, answers.Length);
        Assert.All(answers, a => Assert.Equal("eos", a["finish"]!.GetValue<string>()));
        Assert.Equal(project.Rows("train").Select(r => JsonNode.Parse(r)!["completion"]!.GetValue<string>()), answers.Select(a => a["completion"]!.GetValue<string>() + "<|endoftext|>"));
    }

    [NpmFact]
    public async Task Another_trainer_gets_its_command_as_the_property_has_it_and_what_it_leaves_becomes_the_adapter()
    {
        using var project = SdkProject.WithSixQuestions(Body());
        (await project.Build(Train, Short)).Exits(0);
        var (adapter, elsewhere) = (project.Place("artifacts/model/adapter.gguf"), project.Place("made; elsewhere.gguf"));
        var learned = await File.ReadAllBytesAsync(adapter);
        File.Move(adapter, elsewhere);
        string[] other = ["-p:Trainer=command", "-p:TrainCommand=cp 'made%3B elsewhere.gguf' {out}/adapter.gguf"];

        (await project.Build([Train, Short, .. other])).Exits(0).NeverSays("Train loss");
        Assert.Equal(learned, await File.ReadAllBytesAsync(adapter));

        (await project.Build([Train, Short, .. other])).Exits(0).Says("is up to date");
        (await project.Build(Train, Short, other[0], "-p:TrainCommand=false")).Exits(1).Says("error QA7023: The trainer 'false' failed: ");
        Assert.Equal(learned, await File.ReadAllBytesAsync(adapter));
    }

    [NpmFact]
    public async Task A_model_is_trained_again_only_when_what_it_learns_from_changed_and_the_build_says_what()
    {
        using var project = SdkProject.WithSixQuestions(Body());
        Assert.False(await project.IsUpToDate(Train, Short));
        (await project.Build(Train, Short)).Exits(0).Says("Iter 4: Train loss");
        var adapter = File.GetLastWriteTimeUtc(project.Place("artifacts/model/adapter.gguf"));

        Assert.True(await project.IsUpToDate(Train, Short));
        (await project.Build(Train, Short)).Exits(0).Says("is up to date").NeverSays("Train loss");

        // Who read an answer is in no row.
        project.Ask(1, split: "train", proofreading: "Ann, 2027-01-01");
        (await project.Build(Train, Short)).Exits(0).Says("is up to date");
        Assert.Equal(adapter, File.GetLastWriteTimeUtc(project.Place("artifacts/model/adapter.gguf")));

        project.Ask(1, answer: "Another answer.", split: "train");
        (await project.Build("-question", Train, Short)).Exits(1);
        (await project.Build(Train, Short)).Exits(0).Says("Training: train.jsonl changed.").Says("Iter 4: Train loss");
        (await project.Build(Train, Short + "%3Bseed=5")).Exits(0).Says("Training: seed was 0 and is 5.");

        (await project.Build("-t:Clean")).Exits(0);
        Assert.Empty(project.Outputs(project.Place("artifacts/model")));
    }

    [NpmFact]
    public async Task A_recipe_of_the_project_is_taken_and_what_is_wrong_with_it_is_told_at_its_line()
    {
        using var project = SdkProject.WithSixQuestions(Body("<TrainRecipe>my.yaml</TrainRecipe><ChatTemplate>chatml</ChatTemplate>"));
        project.Write("my.yaml", "iters: 3\nsteps_per_report: 1\nlearning_rte: 1e-3\n");
        (await project.Build(Train)).Exits(0).Says("my.yaml(3,1): warning QA7013: ").Says("Did you mean learning_rate?").Says("Iter 3: Train loss");

        project.Write("my.yaml", "iters: 3\nbatch_size: none at all\n");
        (await project.Build(Train)).Exits(1).Says("my.yaml(2,13): error QA7012: ");
        Assert.True(File.Exists(project.Place("artifacts/model/adapter.gguf")));
    }

    [NpmFact]
    public async Task A_build_that_is_cancelled_saves_where_training_is_and_the_next_goes_on_from_there()
    {
        const string Long = "-p:TrainOptions=iters=100000%3Bsave_every=100000%3Bsteps_per_report=5";
        using var project = SdkProject.WithSixQuestions(Body());
        using (var build = await project.Start(Train, Long))
        {
            await build.Says("Iter 10: Train loss");
            await build.Interrupt();
            await build.Ends();
        }

        Assert.True(File.Exists(project.Place("artifacts/model/train/checkpoint.safetensors")));
        using var next = await project.Start(Train, Long);
        await next.Says("Going on after iteration");
    }

    [Fact]
    public async Task Without_a_base_model_there_is_nothing_to_train()
    {
        using var project = SdkProject.WithSixQuestions($"<PropertyGroup><_QaBuildToolDir>{SecurityElement.Escape(Tasks.ToolFolder)}</_QaBuildToolDir><LlamaCppDir>nowhere</LlamaCppDir></PropertyGroup>");

        (await project.Build(Train)).Exits(1).Says("error QA7024: BaseModel cannot be used: name the base model that training begins with.");
    }

    private static string Body(string properties = "") => $"""
        <PropertyGroup>
          <_QaBuildToolDir>{SecurityElement.Escape(Tasks.ToolFolder)}</_QaBuildToolDir>
          <_LlamaCppRestoreDir Condition="Exists('{SecurityElement.Escape(Repository.Path("artifacts", "llama.cpp"))}/restored.txt')">{SecurityElement.Escape(Repository.Path("artifacts", "llama.cpp"))}</_LlamaCppRestoreDir>
          <BaseModel Condition="'$(BaseModel)' == ''">tiny</BaseModel>
          <TrainThreads>1</TrainThreads>
          {properties}
        </PropertyGroup>
        """;
}
