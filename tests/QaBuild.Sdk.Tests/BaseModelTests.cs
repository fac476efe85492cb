using System.Security;
using System.Text.Json;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>Datasets that are compiled for a base model.</summary>
public sealed class BaseModelTests
{
    [NpmFact]
    public async Task Rows_end_with_the_models_EOS_and_are_counted_once_in_its_tokens()
    {
        using var project = Project("tiny");
        (await project.Build("-v:n")).Exits(0).Says("train.jsonl 4").Says("count-tokens");
        Assert.All(project.Rows("train"), r => Assert.EndsWith("<|endoftext|>\"}", r, StringComparison.Ordinal));

        // A byte is a token, and the EOS token is one.
        var expected = project.Rows("train").Select(r => JsonSerializer.Deserialize<JsonElement>(r))
            .Select(r => (r.GetProperty("prompt").GetString() + r.GetProperty("completion").GetString()).Length - "<|endoftext|>".Length + 1);
        Assert.Equal(expected, Tokens(project, "train.jsonl"));

        (await project.Build("-v:n")).Exits(0).NeverSays("count-tokens").NeverSays("ParseSources:");
        project.Ask(1, answer: "Longer than it was before.", split: "train");
        (await project.Build("-v:n")).Exits(0).Says("count-tokens");
        Assert.Single(Tokens(project, "train.jsonl").Except(expected));

        (await project.Build("-p:MaxSequenceLength=20", "-v:n")).Exits(1).Says("error QA5015").Says(" tokens: ").NeverSays("count-tokens");
    }

    [NpmFact("data/tokenizers/npm_qwen2_5")]
    public async Task A_folder_with_a_tokenizer_and_a_config_is_enough_for_its_EOS_and_its_tokens()
    {
        var tokenizer = Repository.Shared("data", "tokenizers", "npm_qwen2_5")!;
        using var project = Project("models/qwen");
        foreach (var file in Directory.GetFiles(tokenizer, "tokenizer*.json"))
        {
            project.Write("models/qwen/" + Path.GetFileName(file), await File.ReadAllTextAsync(file));
        }

        project.Write("models/qwen/config.json", """
            {"architectures":["Qwen2ForCausalLM"],"hidden_size":896,"intermediate_size":4864,"num_hidden_layers":24,"num_attention_heads":14,"num_key_value_heads":2,"vocab_size":151936,
            "max_position_embeddings":32768,"rms_norm_eps":1e-06,"rope_theta":1000000.0,"tie_word_embeddings":true,"torch_dtype":"bfloat16"}
            """);
        project.Ask(1, answer: "索引加速查询，但写入变慢。 <https://x> 12345", split: "train");

        (await project.Build()).Exits(0);

        Assert.All(project.Rows("train"), r => Assert.EndsWith("<|im_end|>\"}", r, StringComparison.Ordinal));
        Assert.Equal(Tokens(project, "train.jsonl").Sum(), FileTokens(project, "train.jsonl"));
        Assert.All(Tokens(project, "train.jsonl"), t => Assert.InRange(t, 10, 40));
    }

    [Fact]
    public async Task A_base_model_that_is_not_there_is_told_together_with_the_faults_of_sources()
    {
        using var project = Project("Qwen/Qwen2.5-0.5B");
        project.Ask(1, related: "qa_l_999.md", split: "train");

        (await project.Build()).Exits(1)
            .Says("error QA7006: The BaseModel 'Qwen/Qwen2.5-0.5B' cannot be used: this is the name of a model at Hugging Face")
            .Says("qa_l_001.md(18,1): error QA2001: ");

        Assert.Empty(project.Outputs());
    }

    [NpmFact]
    public async Task The_last_good_dataset_stays_when_the_base_model_goes()
    {
        using var project = Project("tiny");
        (await project.Build()).Exits(0);
        var before = project.Outputs();

        (await project.Build("-p:BaseModel=gone.gguf")).Exits(1).Says("error QA7006");

        Assert.Equal(before, project.Outputs());
        Assert.False(File.Exists(project.Place("artifacts/model/base-model.json")));
        (await project.Build()).Exits(0);
        Assert.Equal(before, project.Outputs());
    }

    private static SdkProject Project(string baseModel) => SdkProject.WithSixQuestions($"""
        <PropertyGroup>
          <_QaBuildToolDir>{SecurityElement.Escape(Tasks.ToolFolder)}</_QaBuildToolDir>
          <BaseModel Condition="'$(BaseModel)' == ''">{baseModel}</BaseModel>
        </PropertyGroup>
        """);

    private static int[] Tokens(SdkProject project, string file) =>
        [.. Manifest(project).GetProperty("rows").EnumerateArray().Where(r => r.GetProperty("file").GetString() == file).Select(r => r.GetProperty("tokens").GetInt32())];

    private static int FileTokens(SdkProject project, string file) =>
        Manifest(project).GetProperty("files").EnumerateArray().Single(f => f.GetProperty("file").GetString() == file).GetProperty("tokens").GetInt32();

    private static JsonElement Manifest(SdkProject project) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(project.Dataset, "manifest.json")));
}
