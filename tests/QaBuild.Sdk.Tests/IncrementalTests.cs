using System.Text.Json;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>A build does what changed, and nothing else.</summary>
public sealed class IncrementalTests
{
    [Fact]
    public async Task A_first_build_writes_the_dataset_and_a_second_one_does_nothing()
    {
        using var project = SdkProject.WithSixQuestions();
        var summary = $"Kb -> {project.Dataset}{Path.DirectorySeparatorChar} (rows: train.jsonl 4, valid.jsonl 1, test.jsonl 1)";

        (await project.Build()).Exits(0).Says(summary);
        var first = project.Outputs();
        Assert.Equal(["dropped.jsonl", "manifest.json", "test.jsonl", "train.jsonl", "valid.jsonl"], first.Keys);
        Assert.Equal(["{\"prompt\":\"What is number 6?\",\"completion\":\"It is answer 6.<|endoftext|>\"}"], project.Rows("test"));
        using (var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(project.Dataset, "manifest.json"))))
        {
            Assert.Equal(6, manifest.RootElement.GetProperty("rows").GetArrayLength());
        }

        Assert.True(await project.IsUpToDate());
        (await project.Build()).Exits(0).Says(summary);
        Assert.Equal(first, project.Outputs());
    }

    [Fact]
    public async Task A_changed_source_is_compiled_and_files_whose_rows_did_not_change_are_left_alone()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build()).Exits(0);
        var before = project.Outputs();

        project.Ask(5, "It is another answer.", "valid");
        Assert.False(await project.IsUpToDate());
        (await project.Build()).Exits(0);

        Assert.Contains("It is another answer.", Assert.Single(project.Rows("valid")), StringComparison.Ordinal);
        Assert.Equal((before["train.jsonl"], before["test.jsonl"]), (project.Outputs()["train.jsonl"], project.Outputs()["test.jsonl"]));
        Assert.True(await project.IsUpToDate());
    }

    [Fact]
    public async Task An_added_source_brings_its_row_and_a_deleted_one_takes_it_away()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build()).Exits(0);
        var before = project.Outputs(times: false);

        // Older than any output: a comparison of times alone would not see it.
        File.SetLastWriteTimeUtc(project.Ask(7, split: "train"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.False(await project.IsUpToDate());
        (await project.Build()).Exits(0).Says("train.jsonl 5");
        Assert.Contains(project.Rows("train"), r => r.Contains("It is answer 7.", StringComparison.Ordinal));
        Assert.True(await project.IsUpToDate());

        project.Delete("kb/job_dba/skill_sql/qa_l_007.md");
        Assert.False(await project.IsUpToDate());
        (await project.Build()).Exits(0).Says("train.jsonl 4");
        Assert.Equal(before, project.Outputs(times: false));
        Assert.True(await project.IsUpToDate());
    }

    [Fact]
    public async Task A_changed_option_leads_to_a_new_compile()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build()).Exits(0);

        Assert.False(await project.IsUpToDate("-p:DatasetFormat=chat"));
        (await project.Build("-p:DatasetFormat=chat")).Exits(0);
        Assert.All(project.Rows("train"), r => Assert.StartsWith("{\"messages\":", r, StringComparison.Ordinal));
        Assert.True(await project.IsUpToDate("-p:DatasetFormat=chat"));

        Assert.False(await project.IsUpToDate());
        (await project.Build()).Exits(0);
        Assert.All(project.Rows("train"), r => Assert.StartsWith("{\"prompt\":", r, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_embedding_model_leads_to_a_new_compile()
    {
        using var project = SdkProject.WithSixQuestions("<PropertyGroup><SemanticModel>model</SemanticModel></PropertyGroup>");
        const string Header = """{"embeddings":{"dtype":"I8","shape":[1,2],"data_offsets":[0,2]}}""";
        project.Write("model/model.safetensors", $"{(char)Header.Length}\0\0\0\0\0\0\0{Header}ab");
        project.Write("model/tokenizer.json", """{"model":{"type":"WordPiece","vocab":{"what":0}}}""");
        (await project.Build()).Says("QA7002");

        project.Write("model/config.json", "{}");
        (await project.Build()).Exits(0);
        Assert.True(File.Exists(Path.Combine(project.Dataset, "obj", "embeddings.cache")));
        Assert.True(await project.IsUpToDate());

        project.Write("model/config.json", """{"normalize":true}""");
        Assert.False(await project.IsUpToDate());
    }

    [Theory]
    [InlineData("train.jsonl")]
    [InlineData("manifest.json")]
    public async Task A_deleted_output_is_made_again(string name)
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build()).Exits(0);
        var before = project.Outputs(times: false);

        project.Delete("artifacts/dataset/" + name);
        Assert.False(await project.IsUpToDate());
        (await project.Build()).Exits(0);

        Assert.Equal(before, project.Outputs(times: false));
        Assert.True(await project.IsUpToDate());
    }

    [Fact]
    public async Task An_edit_to_proofreading_leaves_the_rows_untouched()
    {
        using var project = SdkProject.WithSixQuestions();
        var chinese = Qa.Text("什么是快照?", "某一时刻可见的版本。").Replace("## Proofreading", "## 校对信息", StringComparison.Ordinal);
        project.Write("kb/job_dba/skill_sql/qa_l_007.md", chinese);
        (await project.Build()).Exits(0);
        var before = project.Outputs();

        project.Ask(1, split: "train", proofreading: "J. Smith, 2025-02-15");
        project.Write("kb/job_dba/skill_sql/qa_l_007.md", chinese + "德哥, 2025-02-15\n");
        Assert.False(await project.IsUpToDate());
        (await project.Build()).Exits(0);

        foreach (var name in new[] { "train.jsonl", "valid.jsonl", "test.jsonl" })
        {
            Assert.Equal(before[name], project.Outputs()[name]);
        }
    }

    [Fact]
    public async Task A_saved_file_is_built_by_dotnet_watch()
    {
        using var project = SdkProject.WithSixQuestions();
        await Tasks.Ready();
        using var watch = Command.Dotnet(project.Folder, new Dictionary<string, string> { ["DOTNET_USE_POLLING_FILE_WATCHER"] = "1" }, "watch", "--non-interactive", "build", "-tl:off");
        await watch.Says("Waiting for a file to change");

        project.Ask(1, related: "nowhere.md", split: "train");

        await watch.Says("qa_l_001.md(18,1): error QA2001");
    }

    [Fact]
    public async Task A_file_added_to_a_thousand_changes_the_rows_of_its_own_group_only()
    {
        using var project = new SdkProject();
        for (var number = 1; number <= 1000; number++)
        {
            project.Ask(number);
        }

        (await project.Build()).Exits(0);
        var before = All();
        Assert.Equal(1000, before.Sum(f => f.Length));

        project.Ask(1001);
        (await project.Build()).Exits(0);
        var added = All();
        var changed = Assert.Single(Enumerable.Range(0, 3), i => added[i].Length != before[i].Length);
        Assert.Equal(before[changed], added[changed].Where(r => !r.Contains("number 1001?", StringComparison.Ordinal)));
        Assert.All(Enumerable.Range(0, 3).Where(i => i != changed), i => Assert.Equal(before[i], added[i]));

        // A link makes a group: question 500 and its follow-up may move, no other row may.
        project.Ask(1002, related: "qa_l_500.md");
        (await project.Build()).Exits(0);
        var linked = All();
        bool IsOfGroup(string row) => row.Contains("number 500?", StringComparison.Ordinal) || row.Contains("number 1002?", StringComparison.Ordinal);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(added[i].Where(r => !IsOfGroup(r)), linked[i].Where(r => !IsOfGroup(r))));
        Assert.Equal(2, Assert.Single(linked, f => f.Any(IsOfGroup)).Count(IsOfGroup));

        string[][] All() => [project.Rows("train"), project.Rows("valid"), project.Rows("test")];
    }
}
