using QaBuild.Model.BaseModels;
using QaBuild.Model.Chat;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;
using QaBuild.Model.Tests.Inference;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Network;
using QaBuild.Model.Training.Recipe;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Training.Data;

/// <summary>Rows in tokens: what is learned of them, and what keeps them from being learned.</summary>
public sealed class TrainingDataTests : IDisposable
{
    private const string End = "<|endoftext|>";
    private static readonly TrainingRecipe Masked = new() { MaskPrompt = true };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LlamaFact]
    public async Task Of_every_format_the_model_reads_what_it_is_asked_with_and_learns_the_answer()
    {
        Rows(
            $$"""{"prompt":"锁?","completion":"独占。{{End}}"}""",
            $$"""{"instruction":"Sum up","input":"1 2 3","output":"6{{End}}"}""",
            $$"""{"instruction":"Who?","input":"","output":"I.{{End}}","system":"Be brief."}""",
            $$"""{"text":"a document{{End}}"}""",
            """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}""",
            """{"conversations":[{"from":"human","value":"h"},{"from":"gpt","value":"g"},{"from":"human","value":"i"},{"from":"gpt","value":"k"}]}""");

        var (texts, _) = await Read(Masked);

        Assert.Equal(
            [
                $"锁?[独占。{End}]",
                $"1 2 3\n\nSum up[6{End}]",
                $"Be brief.\n\nWho?[I.{End}]",
                $"[a document{End}]",
                "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nu<|im_end|>\n<|im_start|>assistant\n[a<|im_end|>]\n",
                "<|im_start|>user\nh<|im_end|>\n<|im_start|>assistant\n[g<|im_end|>]\n<|im_start|>user\ni<|im_end|>\n<|im_start|>assistant\n[k<|im_end|>]\n",
            ],
            texts);
    }

    [LlamaFact]
    public async Task Without_mask_prompt_all_is_learned_up_to_the_last_answers_end()
    {
        Rows(
            $$"""{"prompt":"锁?","completion":"独占。{{End}}"}""",
            """{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}""");

        var (texts, _) = await Read(new TrainingRecipe());

        Assert.Equal([$"[锁?独占。{End}]", "[<|im_start|>user\nu<|im_end|>\n<|im_start|>assistant\na<|im_end|>]\n"], texts);
    }

    [LlamaFact]
    public async Task Rows_can_be_written_by_the_chat_template_which_ends_them_with_its_own_token()
    {
        Rows(
            $$"""{"prompt":"q","completion":"a{{End}}"}""",
            $$"""{"instruction":"q","input":"c","output":"a{{End}}","system":"s"}""");

        var (texts, _) = await Read(Masked with { ApplyChatTemplate = true });

        Assert.Equal(
            [
                "<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n[a<|im_end|>]\n",
                "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nc\n\nq<|im_end|>\n<|im_start|>assistant\n[a<|im_end|>]\n",
            ],
            texts);
    }

    [LlamaFact]
    public async Task Keys_that_were_renamed_and_the_ids_of_rows_come_from_the_manifest()
    {
        Rows($$"""{"frage":"q","antwort":"a{{End}}"}""");
        _folder.Write("manifest.json", $$$"""{"eosToken":"{{{End}}}","options":{"PromptFeature":"frage","CompletionFeature":"antwort"},"rows":[{"file":"train.jsonl","row":1,"id":"job/skill/qa"}]}""");

        var (texts, data) = await Read(Masked);

        Assert.Equal([$"q[a{End}]"], texts);
        Assert.Equal("job/skill/qa", Assert.Single(data.Train.Rows).Id);
    }

    [LlamaFact]
    public async Task All_rows_that_cannot_be_learned_are_told_at_once_each_at_its_line()
    {
        Rows(
            $$"""{"prompt":"q","completion":"a{{End}}"}""",
            """{"prompt":"q","completion":"a"}""",
            $$"""{"prompt":"q","completion":"a{{End}}{{End}}"}""",
            """{"prompt":"q","completion":""}""",
            "[]",
            "",
            "{",
            """{"question":"q"}""",
            """{"prompt":1,"completion":"a"}""",
            """{"messages":[{"role":"user","content":"q"}]}""",
            """{"messages":[{"role":"assistant","content":"a","tool_calls":[{}]}]}""",
            """{"messages":[{"role":"wizard","content":"q"},{"role":"assistant","content":"a"}]}""",
            """{"messages":[{"role":"user","content":"\ud800"},{"role":"assistant","content":"a"}]}""",
            $$"""{"prompt":"{{new string('x', 40)}}","completion":"a{{End}}"}""");
        _folder.Write("valid.jsonl", """{"prompt":"q","completion":"a"}""" + "\n");

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Read(Masked with { MaxSequenceLength = 20 }));

        Assert.Equal(
            [
                "train.jsonl:2 QA7017", "train.jsonl:3 QA7017", "train.jsonl:4 QA7016", "train.jsonl:5 QA7015", "train.jsonl:7 QA7015", "train.jsonl:8 QA7015", "train.jsonl:9 QA7015",
                "train.jsonl:10 QA7015", "train.jsonl:11 QA7015", "train.jsonl:12 QA8022", "train.jsonl:13 QA7015", "train.jsonl:14 QA7018", "valid.jsonl:1 QA7017",
            ],
            fault.Others.Prepend(fault).OrderBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.Line).Select(f => $"{Path.GetFileName(f.Path)}:{f.Line} {f.Code}"));
    }

    [LlamaFact]
    public async Task A_row_that_may_be_cut_keeps_the_token_that_ends_it_and_one_without_an_answer_left_is_a_fault()
    {
        Rows(
            $$"""{"prompt":"0123456789","completion":"abcdefghij{{End}}"}""",
            $$"""{"prompt":"q","completion":"a{{End}}"}""",
            $$"""{"text":"abcdefghijklmnopqrstuvwxyz{{End}}"}""");

        var (texts, data) = await Read(Masked with { MaxSequenceLength = 14, Truncate = true });

        Assert.Equal([$"0123456789[abc{End}]", $"q[a{End}]", $"[abcdefghijklm{End}]"], texts);
        Assert.Equal((2, 14), (data.Train.Cut, data.Train.Longest));
        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Read(Masked with { MaxSequenceLength = 10, Truncate = true }));
        Assert.Equal(("QA7016", 1), (fault.Code, fault.Line));
    }

    [LlamaFact]
    public async Task A_row_longer_than_the_models_context_is_too_long_whatever_the_recipe_allows()
    {
        Rows($$"""{"prompt":"q","completion":"{{new string('x', 4096)}}{{End}}"}""");

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Read(Masked with { MaxSequenceLength = 100_000 }));

        Assert.Equal(("QA7018", 4098, 4096), (fault.Code, fault.Arguments[1], fault.Arguments[2]));
    }

    [LlamaFact]
    public async Task The_token_that_ends_rows_is_the_datasets_and_must_be_one_token()
    {
        Rows("""{"prompt":"q","completion":"a</s>"}""");
        _folder.Write("manifest.json", """{"eosToken":"</s>"}""");

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Read(Masked));

        Assert.Equal(("QA7017", "TerminatorPieces(</s>, 4)"), (fault.Code, fault.Arguments[1].ToString()));
    }

    [LlamaTheory("data/models/stories260K")]
    [InlineData("data/models/stories260K/stories260K.gguf", "</s>")]
    [InlineData("data/tokenizers/npm_qwen2_5", "<|im_end|>")]
    [InlineData("data/tokenizers/npm_llama3", "<|eot_id|>")]
    public async Task A_prompt_has_the_tokens_that_it_has_when_the_model_is_asked_and_text_and_tokens_say_the_same(string vocabulary, string end)
    {
        var path = Repository.Shared(vocabulary)!;
        if (Directory.Exists(path))
        {
            HfImport.ImportVocabulary(path, path = Path.Combine(_folder.Path, "vocabulary.gguf"));
        }

        await using var llama = LlamaProcess.Start(LlamaHost.Beside(LlamaCpp.Locate(null)));
        var info = await llama.LoadAsync(path, new LoadOptions { VocabularyOnly = true });
        var rows = new (string Prompt, string Answer)[] { ("What is a lock", "? Ask again"), ("One day", "ly"), ("Once upon a time, there", "fore 12345"), ("索引", "加速。"), ("a ", " b"), ("Q:", "ten"), ("f(", ")") };
        var tokenizer = new RowTokenizer(llama, info.AddsBos ? info.Bos : null);

        var tokenized = await tokenizer.TokenizeAsync([.. rows.Select(r => new RowText([new ChatSegment(r.Prompt, false), new ChatSegment(r.Answer + end, true)], null))], CancellationToken.None);

        for (var i = 0; i < rows.Length; i++)
        {
            var (tokens, isAnswer) = tokenized[i];
            var asked = await llama.TokenizeAsync(rows[i].Prompt, addSpecial: true, parseSpecial: true);
            Assert.Equal(asked, tokens.Where((_, t) => !isAnswer[t]));
            Assert.Equal(rows[i].Prompt + rows[i].Answer, (await llama.DetokenizeAsync([.. tokens.SkipLast(1)])).TrimStart(' '));
        }
    }

    [Fact]
    public void A_batch_is_its_rows_end_to_end_and_only_what_is_learned_is_a_target()
    {
        var batch = TrainingRow.BatchOf([new TrainingRow(1, "", [5, 6, 7], [false, false, true]), new TrainingRow(2, "", [8, 9], [true, true])]);

        Assert.Equal([5, 6, 8], batch.Tokens);
        Assert.Equal([Batch.NoTarget, 7, 9], batch.Targets);
        Assert.Equal([0, 2], batch.Starts);
    }

    private void Rows(params string[] lines) => _folder.Write("train.jsonl", string.Concat(lines.Select(l => l + "\n")));

    /// <summary>The rows' texts, with what is learned in brackets.</summary>
    private async Task<(string[] Texts, TrainingData Data)> Read(TrainingRecipe recipe)
    {
        var model = BaseModelDescription.Of(BaseModel.Resolve("tiny", Path.Combine(_folder.Path, "work")));
        await using var llama = await Llama.Load(model.Gguf, new LoadOptions { VocabularyOnly = true });
        var data = await TrainingData.ReadAsync(_folder.Path, model, null, recipe, llama);
        var texts = new List<string>();
        foreach (var row in data.Train.Rows)
        {
            var text = "";
            for (var from = 0; from < row.Tokens.Count;)
            {
                var to = from;
                while (to < row.Tokens.Count && row.Trained[to] == row.Trained[from])
                {
                    to++;
                }

                var part = await llama.DetokenizeAsync([.. row.Tokens.Skip(from).Take(to - from)], renderSpecial: true);
                (text, from) = (text + (row.Trained[from] ? $"[{part}]" : part), to);
            }

            texts.Add(text);
        }

        return ([.. texts], data);
    }
}
