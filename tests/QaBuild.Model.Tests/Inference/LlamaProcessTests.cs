using System.Diagnostics;
using QaBuild.Model.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Inference;

public sealed class LlamaProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Model => Path.Combine(_folder.Path, "tiny.gguf");

    public void Dispose() => _folder.Dispose();

    [LlamaFact]
    public async Task The_likelihood_of_each_token_is_that_of_the_logits_before_it()
    {
        await using var llama = await Llama.Load(TinyGguf.Write(Path.Combine(_folder.Path, "scored.gguf")), new LoadOptions { Exact = true });
        int[] ids = [TinyGguf.Bos, 80, 81, 82, TinyGguf.Eos];
        var logits = await llama.LogitsAsync(ids);

        var scores = await llama.ScoreAsync(ids, 2);

        Assert.Equal(3, scores.Length);
        for (var i = 0; i < scores.Length; i++)
        {
            var row = logits[i + 1];
            Assert.Equal(row[ids[i + 2]] - Math.Log(row.Sum(l => Math.Exp(l))), scores[i], 1e-5);
        }
    }

    [LlamaFact]
    public async Task A_model_says_what_it_is()
    {
        await using var llama = Llama.Start();

        var whole = await llama.LoadAsync(TinyGguf.Write(Model, TinyGguf.ChatMl));
        var vocabulary = await llama.LoadAsync(Model, new LoadOptions { VocabularyOnly = true });

        Assert.Equal((TinyGguf.Bos, TinyGguf.Eos, TinyGguf.TurnEnd, true, TinyGguf.Context, TinyGguf.ChatMl), (whole.Bos, whole.Eos, whole.Eot, whole.AddsBos, whole.TrainingContext, whole.ChatTemplate));
        Assert.Equal(whole.VocabularySize, vocabulary.VocabularySize);
        Assert.Equal(whole.ChatTemplate, vocabulary.ChatTemplate);
    }

    [LlamaFact]
    public async Task Special_tokens_are_added_and_parsed_only_when_asked_for()
    {
        await using var llama = await Llama.Load(TinyGguf.Write(Model), new LoadOptions { VocabularyOnly = true });

        var plain = await llama.TokenizeAsync("<|im_end|>", addSpecial: false, parseSpecial: false);
        var parsed = await llama.TokenizeAsync("<|im_end|>", addSpecial: false, parseSpecial: true);
        var added = await llama.TokenizeAsync("<|im_end|>", addSpecial: true, parseSpecial: true);

        Assert.DoesNotContain(TinyGguf.TurnEnd, plain);
        Assert.Equal([TinyGguf.TurnEnd], parsed);
        Assert.Equal([TinyGguf.Bos, TinyGguf.TurnEnd], added);
    }

    [LlamaFact]
    public async Task Many_texts_are_counted_in_one_call_as_each_is_tokenized()
    {
        await using var llama = await Llama.Load(TinyGguf.Write(Model), new LoadOptions { VocabularyOnly = true });
        var texts = Enumerable.Range(0, 5000).Select(i => i % 7 == 0 ? "" : $"the 锁 {i}\n\u0000\"").ToArray();

        var counts = await llama.CountTokensAsync(texts, addSpecial: false, parseSpecial: false);
        var ids = await llama.TokenizeAsync(texts, addSpecial: false, parseSpecial: false);

        Assert.Equal(ids.Select(i => i.Length), counts);
        Assert.Equal(0, counts[0]);
        Assert.Equal(texts[4999], (await llama.DetokenizeAsync(ids[4999])).TrimStart());
    }

    [LlamaFact]
    public async Task The_same_seed_gives_the_same_text_and_another_seed_another()
    {
        await using var llama = await Llama.Load(TinyGguf.Write(Model));
        var options = new GenerateOptions { Temperature = 1, MaxTokens = 20, Seed = 3 };

        var first = await llama.GenerateAsync(Prompt.Raw("the"), options);
        var greedy = await llama.GenerateAsync(Prompt.Raw("the"), new GenerateOptions { MaxTokens = 20, Seed = 3 });
        var again = await llama.GenerateAsync(Prompt.Raw("the"), options);
        var other = await llama.GenerateAsync(Prompt.Raw("the"), options with { Seed = 4 });

        Assert.Equal(first, again);
        Assert.NotEqual(first.Text, other.Text);
        Assert.NotEqual(first.Text, greedy.Text);
    }

    [LlamaFact]
    public async Task Greedy_text_is_that_of_the_largest_logits()
    {
        await using var llama = await Llama.Load(TinyGguf.Write(Model), new LoadOptions { Exact = true });
        var ids = (await llama.TokenizeAsync("the", addSpecial: true, parseSpecial: true)).ToList();
        var prompt = ids.Count;

        var generation = await llama.GenerateAsync(Prompt.Raw("the"), new GenerateOptions { MaxTokens = 12 });
        while (ids.Count < prompt + 12)
        {
            var logits = Assert.Single(await llama.LogitsAsync(ids, lastOnly: true));
            var next = Array.IndexOf(logits, logits.Max());
            if (next is TinyGguf.Eos or TinyGguf.TurnEnd)
            {
                break;
            }

            ids.Add(next);
        }

        Assert.Equal(ids.Count - prompt, generation.Tokens);
        Assert.Equal(await llama.DetokenizeAsync(ids[prompt..]), generation.Text.TrimStart(' '));
    }

    [LlamaFact]
    public async Task A_conversation_is_put_through_the_models_own_template()
    {
        await using var llama = await Llama.Load(TinyGguf.Write(Model, TinyGguf.ChatMl));
        var options = new GenerateOptions { MaxTokens = 12 };

        var chat = await llama.GenerateAsync(Prompt.Chat(new ChatMessage("system", "sys"), new ChatMessage("user", "the 锁")), options);
        var raw = await llama.GenerateAsync(Prompt.Raw("<|im_start|>system\nsys<|im_end|>\n<|im_start|>user\nthe 锁<|im_end|>\n<|im_start|>assistant\n"), options);

        Assert.Equal(raw, chat);
    }

    [LlamaFact]
    public async Task What_cannot_be_asked_is_refused_and_the_next_request_is_answered()
    {
        await using var llama = await Llama.Load(TinyGguf.Write(Model));

        Assert.Equal("LlamaNoTemplate", await Refusal(() => llama.GenerateAsync(Prompt.Chat(new ChatMessage("user", "a")), new GenerateOptions())));
        Assert.Equal($"LlamaTooLong(2004, {TinyGguf.Context})", await Refusal(() => llama.GenerateAsync(Prompt.Raw(string.Concat(Enumerable.Repeat("锁", 667))), new GenerateOptions())));
        Assert.Equal("LlamaNoSuchToken(268, 268)", await Refusal(() => llama.LogitsAsync([1, 268])));
        Assert.Equal("LlamaNoSuchToken(-1, 268)", await Refusal(() => llama.DetokenizeAsync([-1])));
        await llama.LoadAsync(TinyGguf.Write(Model, "{{ messages }} of an unknown kind"));
        Assert.Equal("LlamaUnknownTemplate", await Refusal(() => llama.GenerateAsync(Prompt.Chat(new ChatMessage("user", "a")), new GenerateOptions())));
        Assert.Equal(TinyGguf.Bos, Assert.Single(await llama.TokenizeAsync("", addSpecial: true, parseSpecial: false)));
    }

    [LlamaFact]
    public async Task A_text_ends_where_the_context_does()
    {
        await using var llama = await Llama.Load(TinyGguf.Write(Model), new LoadOptions { Context = 256 });

        var generation = await llama.GenerateAsync(Prompt.Raw("the"), new GenerateOptions { MaxTokens = 10_000, Temperature = 2 });

        Assert.True(generation.Finish == FinishReason.Eos || generation.PromptTokens + generation.Tokens == 256, generation.ToString());
    }

    [LlamaFact]
    public async Task A_file_that_is_no_model_is_refused_with_the_words_of_llama_cpp()
    {
        await using var llama = Llama.Start();
        var file = _folder.Write("text.gguf", "This is no model at all.");

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => llama.LoadAsync(file));

        Assert.Equal((ModelFaults.ModelNotLoaded, file), (fault.Code, fault.Path));
        Assert.Contains("magic", (string)fault.Arguments[1], StringComparison.Ordinal);
        await llama.LoadAsync(TinyGguf.Write(Model));
    }

    [LlamaFact]
    public async Task A_native_abort_is_a_fault_with_the_last_words_of_llama_cpp()
    {
        await using var llama = Llama.Start();

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => llama.LoadAsync(TinyGguf.Write(Model, layers: 0)));

        Assert.Equal((ModelFaults.NativeCrash, Model), (fault.Code, fault.Path));
        Assert.Equal("ProcessSignal(SIGABRT)", fault.Arguments[1].ToString());
        Assert.Contains("GGML_ASSERT", (string)fault.Arguments[2], StringComparison.Ordinal);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => llama.LoadAsync(Model));
    }

    [LlamaFact]
    public async Task A_killed_child_is_a_fault()
    {
        await using var llama = await Llama.Load(TinyGguf.Write(Model));
        using var child = Process.GetProcessById(llama.ProcessId);
        child.Kill();
        await child.WaitForExitAsync();

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => llama.TokenizeAsync("a", false, false));

        Assert.Equal((ModelFaults.NativeCrash, "ProcessSignal(SIGKILL)"), (fault.Code, fault.Arguments[1].ToString()));
    }

    [LlamaFact]
    public async Task A_cancelled_request_ends_the_child()
    {
        await using var llama = await Llama.Load(TinyGguf.Write(Model));
        using var child = Process.GetProcessById(llama.ProcessId);
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            // Texts without end: whichever is under way is cut off.
            while (true)
            {
                await llama.GenerateAsync(Prompt.Raw("the"), new GenerateOptions { MaxTokens = 400, Temperature = 2 }, _ => cancellation.Cancel(), cancellation.Token);
            }
        });
        await child.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    [LlamaFact]
    public async Task A_child_whose_parent_is_gone_ends()
    {
        var host = LlamaHost.Beside(LlamaCpp.Locate(null));

        // The command closes standard input at once.
        using var child = Command.Start(host.Program, _folder.Path, null, [.. host.Arguments]);

        (await child.Ends()).Exits(0).Says("\"is\":\"ready\"");
    }

    [Fact]
    public void A_program_that_is_not_there_is_a_fault()
    {
        var fault = Assert.Throws<ModelFaultException>(() => LlamaProcess.Start(new LlamaHost(Path.Combine(_folder.Path, "nothing"), [], _folder.Path)));

        Assert.Equal(ModelFaults.NativeCrash, fault.Code);
    }

    [LlamaFact]
    public async Task Other_libraries_are_told_apart_before_anything_is_asked_of_them()
    {
        var libraries = LlamaCpp.Locate(null);
        var name = Path.GetFileName(Directory.EnumerateFiles(libraries, "*ggml-base*").Single());

        // A library without llama_version, then a file that is none.
        File.Copy(Path.Combine(libraries, name), Path.Combine(_folder.Path, name.Replace("ggml-base", "llama", StringComparison.Ordinal)));
        Assert.Contains("LlamaWrongRelease", await WhyNot(_folder.Path), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, name.Replace("ggml-base", "llama", StringComparison.Ordinal)), "no library");
        Assert.Contains("LlamaNotLoadable", await WhyNot(_folder.Path), StringComparison.Ordinal);
    }

    private static async Task<string> WhyNot(string libraries)
    {
        await using var llama = LlamaProcess.Start(LlamaHost.Beside(LlamaCpp.Locate(libraries)));
        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => llama.LoadAsync("any.gguf"));
        Assert.Equal(ModelFaults.LlamaCppMissing, fault.Code);
        return fault.Arguments[0].ToString()!;
    }

    private static async Task<string> Refusal(Func<Task> request)
    {
        var fault = await Assert.ThrowsAsync<ModelFaultException>(request);
        Assert.Equal(ModelFaults.ModelNotLoaded, fault.Code);
        return fault.Arguments[1].ToString()!;
    }
}
