using System.Text.Json;
using QaBuild.Model.Inference;
using QaBuild.Model.Tests.Chat;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Inference;

/// <summary><c>qabuild generate</c> and <c>qabuild restore</c> as processes.</summary>
public sealed class GenerateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LlamaFact]
    public async Task A_prompt_is_answered_on_standard_output()
    {
        var model = TinyGguf.Write(Place("tiny.gguf"));
        await using var llama = await Llama.Load(model);
        var expected = await llama.GenerateAsync(Prompt.Raw("the"), new GenerateOptions { MaxTokens = 8 });

        (await Run("generate", "--model", model, "--prompt", "the", "--raw", "--max-tokens", "8", "--threads", "1")).Exits(0).Says(expected.Text.Split('\n')[0].TrimEnd('\r'));
    }

    [LlamaFact]
    public async Task The_small_model_answers_without_anything_to_set_up_and_always_the_same()
    {
        string[] ask = ["generate", "--model", "tiny", "--prompt", "你好", "--max-tokens", "16", "--threads", "1"];

        var first = (await Run(ask)).Exits(0);

        Assert.Equal(first.Output, (await Run(ask)).Exits(0).Output);
        (await Run("generate", "--model", "owner/name", "--prompt", "a")).Exits(1).Says("error QA7006: ");
    }

    [LlamaFact]
    public async Task Every_row_of_a_file_gets_a_row()
    {
        var model = TinyGguf.Write(Place("tiny.gguf"), TinyGguf.ChatMl);
        var rows = _folder.Write("rows.jsonl", """
            {"prompt":"the 锁","completion":"unread"}

            {"messages":[{"role":"user","content":"the"},{"role":"assistant","content":"left out"}]}
            """);

        (await Run("generate", "--model", model, "--jsonl", rows, "--out", Place("out.jsonl"), "--max-tokens", "5", "--threads", "1", "--system", "be brief")).Exits(0);

        var written = (await File.ReadAllLinesAsync(Place("out.jsonl"))).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(2, written.Length);
        Assert.Equal(["prompt", "completion", "finish"], written[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal("the 锁", written[0].GetProperty("prompt").GetString());
        Assert.Equal("the", Assert.Single(written[1].GetProperty("messages").EnumerateArray()).GetProperty("content").GetString());
        Assert.All(written, r => Assert.True(r.GetProperty("finish").GetString() is "eos" or "length"));
        await using var llama = await Llama.Load(model);
        var expected = await llama.GenerateAsync(Prompt.Chat(new ChatMessage("system", "be brief"), new ChatMessage("user", "the")), new GenerateOptions { MaxTokens = 5 });
        Assert.Equal(expected.Text, written[1].GetProperty("completion").GetString());
        Assert.Equal(["out.jsonl", "rows.jsonl", "tiny.gguf"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [LlamaFact]
    public async Task The_template_that_training_has_writes_the_prompt_and_another_may_be_chosen()
    {
        var qwen = TinyGguf.Write(Place("qwen.gguf"), Conversations.Templates["qwen2.5"].Jinja);
        var other = TinyGguf.Write(Place("other.gguf"), "{{ messages }} of an unknown kind");
        await using var llama = await Llama.Load(qwen);
        var options = new GenerateOptions { MaxTokens = 6 };
        var told = await llama.GenerateAsync(Prompt.Chat(new ChatMessage("system", "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."), new ChatMessage("user", "the")), options);
        var untold = await llama.GenerateAsync(Prompt.Chat(new ChatMessage("user", "the")), options);
        var rows = _folder.Write("rows.jsonl", """{"prompt":"the"}""");
        string[] ask = ["generate", "--jsonl", rows, "--out", Place("out.jsonl"), "--max-tokens", "6", "--threads", "1", "--model"];
        string Completion() => JsonDocument.Parse(File.ReadAllText(Place("out.jsonl"))).RootElement.GetProperty("completion").GetString()!;
        Assert.NotEqual(told.Text, untold.Text);

        (await Run([.. ask, qwen])).Exits(0);
        Assert.Equal(told.Text, Completion());
        (await Run([.. ask, other])).Exits(1).Says("QA7009");
        (await Run([.. ask, other, "--chat-template", "chatml"])).Exits(0);
        Assert.Equal(untold.Text, Completion());
        (await Run([.. ask, other, "--chat-template", "gemma"])).Exits(1).Says("error QA8021: ");
    }

    [LlamaFact]
    public async Task A_row_that_is_too_long_is_reported_at_its_line_and_the_others_are_answered()
    {
        var model = TinyGguf.Write(Place("tiny.gguf"));
        var rows = _folder.Write("rows.jsonl", $$"""
            {"prompt":"the"}
            {"prompt":"{{string.Concat(Enumerable.Repeat("锁", 400))}}"}
            {"prompt":"he"}
            """);

        (await Run("generate", "--model", model, "--jsonl", rows, "--out", Place("out.jsonl"), "--max-tokens", "5", "--threads", "1")).Exits(1)
            .Says("rows.jsonl(2,1): error QA7009: ").Says("are more than its context of 512.");

        Assert.Equal(2, (await File.ReadAllLinesAsync(Place("out.jsonl"))).Length);
    }

    [Fact]
    public async Task All_malformed_rows_are_reported_before_a_model_is_loaded()
    {
        var rows = _folder.Write("rows.jsonl", """
            {"prompt":3}
            {"prompt":"good"}
            {"messages":[{"role":"user"}]}
            {"prompt"
            """);

        (await Run("generate", "--model", "none.gguf", "--jsonl", rows)).Exits(1)
            .Says("rows.jsonl(1,1): error QA7003: ").Says("rows.jsonl(3,1): error QA7003: ").Says("rows.jsonl(4,1): error QA7003: ").NeverSays("(2,1)").NeverSays("none.gguf");
        (await Run("generate", "--model", "none.gguf", "--jsonl", Place("no.jsonl"))).Exits(1).Says("no.jsonl: error QA7003: ");
    }

    [Theory]
    [InlineData("One of --prompt and --jsonl is needed.")]
    [InlineData("One of --prompt and --jsonl is needed.", "--prompt", "a", "--jsonl", "b")]
    [InlineData("--system is a part of the chat template", "--prompt", "a", "--raw", "--system", "b")]
    [InlineData("--temperature must lie between 0 and 10.", "--prompt", "a", "--temperature", "-1")]
    [InlineData("--top-p must lie between 0 and 1.", "--prompt", "a", "--top-p", "NaN")]
    [InlineData("--min-p must lie between 0 and 1.", "--prompt", "a", "--min-p", "1.5")]
    [InlineData("--max-tokens must be at least 1.", "--prompt", "a", "--max-tokens", "0")]
    [InlineData("The seed must be less than 4294967295.", "--prompt", "a", "--seed", "4294967295")]
    public async Task Options_that_make_no_sense_are_told_with_what_does(string message, params string[] options) =>
        (await Run(["generate", "--model", "none.gguf", .. options])).Exits(2).Says(message);

    [LlamaFact]
    public async Task A_model_that_crashes_llama_cpp_is_an_error_and_not_the_end_of_the_tool() =>
        (await Run("generate", "--model", TinyGguf.Write(Place("tiny.gguf"), layers: 0), "--prompt", "a")).Exits(1)
            .Says("tiny.gguf: error QA7008: ").Says("the signal SIGABRT ended it. Its last words: ").Says("GGML_ASSERT");

    [Fact]
    public async Task A_folder_without_llama_cpp_is_told_with_the_command_that_brings_it() =>
        (await Run("generate", "--model", "tiny", "--prompt", "a", "--llama-cpp-dir", _folder.Path)).Exits(1).Says(": error QA7007: ").Says("Restore them with 'qabuild restore'");

    [Fact]
    public async Task Without_npm_a_restore_says_what_to_install()
    {
        (await Restore(_folder.Path, Place("new"))).Exits(1).Says("error QA7007: ").Says("npm, which restores its libraries, is not on the PATH").Says("Install Node.js");

        Assert.False(Directory.Exists(Place("new")));
    }

    [LlamaFact]
    public async Task What_is_restored_needs_no_npm() =>
        (await Restore(_folder.Path, Repository.Path("artifacts", "llama.cpp"))).Exits(0).Says(LlamaCpp.Locate(null));

    [LlamaFact]
    public async Task Two_restores_at_once_make_one_folder_that_works()
    {
        var runs = await Task.WhenAll(Run("restore", "--into", Place("llama.cpp")), Run("restore", "--into", Place("llama.cpp")));

        Assert.All(runs, r => r.Exits(0));
        Assert.Equal(["llama.cpp"], Directory.EnumerateDirectories(_folder.Path).Select(Path.GetFileName));
        await using var llama = LlamaProcess.Start(LlamaHost.Beside(LlamaCpp.Locate(Place("llama.cpp"))));
        await llama.LoadAsync(TinyGguf.Write(Place("tiny.gguf")));
    }

    private static string Tool => Path.Combine(AppContext.BaseDirectory, "qabuild.dll");

    private string Place(string name) => Path.Combine(_folder.Path, name);

    private async Task<Ran> Run(params string[] arguments)
    {
        using var tool = Command.Dotnet(_folder.Path, null, [Tool, .. arguments]);
        return await tool.Ends();
    }

    private async Task<Ran> Restore(string path, string into)
    {
        // The one that runs these tests, by its full path.
        using var tool = Command.Start(Environment.ProcessPath is { } p && Path.GetFileNameWithoutExtension(p) == "dotnet" ? p : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")!,
            _folder.Path, new Dictionary<string, string> { ["PATH"] = path }, Tool, "restore", "--into", into);
        return await tool.Ends();
    }
}
