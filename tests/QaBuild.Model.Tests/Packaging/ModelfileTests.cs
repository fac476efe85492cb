using QaBuild.Model.Chat;
using QaBuild.Model.Packaging;
using QaBuild.Model.Tests.Chat;
using QaBuild.Model.Training.Data;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging;

public sealed class ModelfileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> TemplateNames => [.. Conversations.Templates.Keys];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_Modelfile_says_what_the_model_was_trained_with()
    {
        var model = Modelfile.Of(Trained("qwen2.5"), null, 0.2, 4096) with
        {
            Weights = _folder.Write("model \"x\" Q8_0.gguf", ""),
            License = "Apache-2.0\n",
        };

        Snapshot.Match(ModelfileWriter.Write(model, _folder.Path));
    }

    [Fact]
    public void A_small_Modelfile_puts_the_adapter_on_the_untouched_base()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "model")).FullName;
        var model = Modelfile.Of(Trained("gemma"), "Be brief.", 0, 2048) with { Weights = _folder.Write("base/gemma.gguf", ""), Adapter = _folder.Write("model/adapter.gguf", "") };

        Snapshot.Match(ModelfileWriter.Write(model, folder));
        Assert.StartsWith("FROM qwen2.5:0.5b\nADAPTER ./adapter.gguf\n", ModelfileWriter.Write(model with { Weights = null, From = "qwen2.5:0.5b" }, folder), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TemplateNames))]
    public void What_is_written_is_read_again(string name)
    {
        var model = Modelfile.Of(Trained(name), "Say \"yes\" or\n\n  \"\"no\"\"\tin 中文, # never {{ .This }}.", 0.7, 8192) with { Weights = _folder.Write("a b/m#1.gguf", ""), License = "\"MIT\"" };
        var path = _folder.Write("Modelfile", ModelfileWriter.Write(model, _folder.Path));

        var read = ModelfileReader.Read(path);

        Assert.Equal(model with { Parameters = [] }, read with { Parameters = [] });
        Assert.Equal(model.Parameters, read.Parameters);
    }

    [Fact]
    public void A_Modelfile_of_Ollamas_own_documentation_is_read()
    {
        var path = _folder.Write("Modelfile", "from llama3.2\r\n# sets the temperature\r\nPARAMETER temperature 1\r\nPARAMETER stop \"AI assistant:\"\r\n\r\nSYSTEM You are Mario, acting as an assistant.\r\nTEMPLATE \"\"\"{{ if .System }}a\r\n{{ end }}\"\"\"\r\n");

        var model = ModelfileReader.Read(path);

        Assert.Equal(("llama3.2", null, "You are Mario, acting as an assistant.", "{{ if .System }}a\n{{ end }}"), (model.From, model.Weights, model.System, model.Template));
        Assert.Equal([new ModelParameter("temperature", "1"), new ModelParameter("stop", "AI assistant:")], model.Parameters);
    }

    [Fact]
    public void All_that_is_wrong_with_a_Modelfile_is_told_at_its_line()
    {
        var path = _folder.Write("Modelfile", "FORM a\nFROM ./gone.gguf\n\nADAPTER no.gguf\nPARAMETER heat 1\nPARAMETER num_ctx much\nSYSTEM a\nsystem b\nTEMPLATE \"\"\"open\n");

        var fault = Assert.Throws<ModelFaultException>(() => ModelfileReader.Read(path));

        Assert.Equal(
            [
                "1 ModelfileNoInstruction", "2 ModelfileNoFile", "4 ModelfileNoFile", "5 ModelfileNoParameter", "6 ModelfileNoNumber", "8 ModelfileTwice", "9 ModelfileUnclosed",
            ],
            fault.Others.Prepend(fault).Select(f => $"{f.Line} {((Reason)f.Arguments[1]).Name}"));
        Assert.All(fault.Others.Prepend(fault), f => Assert.Equal((ModelFaults.ModelfileSyntax, path), (f.Code, f.Path)));
    }

    [Fact]
    public void A_Modelfile_without_FROM_and_one_that_is_not_there_are_findings()
    {
        Assert.Equal("ModelfileNoFrom", Assert.Throws<ModelFaultException>(() => ModelfileReader.Read(_folder.Write("Modelfile", "# nothing\n"))).Arguments[1].ToString());
        Assert.Equal(ModelFaults.ModelfileSyntax, Assert.Throws<ModelFaultException>(() => ModelfileReader.Read(Path.Combine(_folder.Path, "none"))).Code);
    }

    [Theory]
    [InlineData("three \"\"\" quotes", "ModelfileQuotes")]
    [InlineData("a full-width　space", "ModelfileCharacter(3000)")]
    [InlineData("a bell\u0007", "ModelfileCharacter(0007)")]
    public void A_text_that_Ollama_would_read_otherwise_is_not_written(string system, string reason)
    {
        var fault = Assert.Throws<ModelFaultException>(() => ModelfileWriter.Write(new Modelfile { From = "a", System = system }, _folder.Path));

        Assert.Equal((ModelFaults.ModelfileUnwritable, "SYSTEM", reason), (fault.Code, fault.Arguments[0], fault.Arguments[1].ToString()));
    }

    [Fact]
    public void A_raw_template_has_no_place_for_a_system_message()
    {
        var raw = new TrainedTemplate(ChatTemplate.Of(Conversations.BaseOf(null, "</s>")), []);

        Assert.Equal("{{ .Prompt }}", Modelfile.Of(raw, "", 0, 2048).Template);
        Assert.Equal("ChatRawSystem", Assert.Throws<ModelFaultException>(() => Modelfile.Of(raw, "Be brief.", 0, 2048)).Arguments[1].ToString());
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}""", null, ChatFamily.ChatMl)]
    [InlineData("""{"prompt":"u","completion":"a<|endoftext|>"}""", null, ChatFamily.Raw)]
    [InlineData("""{"prompt":"u","completion":"a<|endoftext|>"}""", true, ChatFamily.ChatMl)]
    [InlineData("""{"text":"a<|endoftext|>"}""", true, ChatFamily.Raw)]
    public void A_model_is_asked_as_its_rows_were_put_to_it(string row, bool? applies, ChatFamily family)
    {
        _folder.Write("train.jsonl", "\n" + row + "\n");
        _folder.Write("manifest.json", """{"eosToken":"<|endoftext|>"}""");

        var trained = TrainedTemplate.Of(Conversations.BaseOf(Conversations.Templates["chatml"].Jinja, "<|im_end|>"), null, _folder.Path, applies);

        Assert.Equal(family, trained.Template.Family);
        Assert.Equal(["<|im_end|>", "<|endoftext|>"], trained.Stops);
    }

    [Theory]
    [InlineData("completions", """{"SystemPrompt":"Be brief."}""", "completion", """{"prompt":"Be brief.\n\nWhat?","completion":"a</s>"}""", "Be brief.\n\n{{ .Prompt }}")]
    [InlineData("completions", """{"PromptTemplate":"{context}Q{{: {question}\\nA:"}""", "both", """{"prompt":"Q{{: What?\nA:</s>","completion":"a</s>"}""", "Q{{ \"{{\" }}: {{ .Prompt }}\nA:</s>")]
    [InlineData("alpaca", """{"SystemPrompt":"Be brief."}""", "completion", """{"instruction":"What?","input":"","output":"a</s>","system":"Be brief."}""", "Be brief.\n\n{{ .Prompt }}")]
    [InlineData("text", """{"SystemPrompt":"Be brief."}""", "completion", """{"text":"Be brief.\n\nWhat?\n\na</s>"}""", "Be brief.\n\n{{ .Prompt }}\n\n")]
    [InlineData("completions", """{"PromptTemplate":"Q: {question}"}""", "completion", """{"prompt":"made elsewhere","completion":"a</s>"}""", "{{ .Prompt }}")]
    public void What_rows_have_around_every_question_the_template_writes_and_nobody_asks_it(string format, string options, string eosOn, string row, string template)
    {
        _folder.Write("train.jsonl", row + "\n");
        _folder.Write("manifest.json", $$"""{"format":"{{format}}","eosToken":"</s>","eosOn":"{{eosOn}}","options":{{options}}}""");
        var model = Conversations.BaseOf(null, "</s>");

        var trained = TrainedTemplate.Of(model, null, _folder.Path, null);
        var asked = RowReader.For(model, null, null, DatasetManifest.Read(_folder.Path)).Read(row).Messages;

        Assert.Equal(template, Modelfile.Of(trained, null, 0, 512).Template);
        Assert.All(asked.Take(1), m => Assert.True(m.Content is "What?" or "made elsewhere", m.Content));
    }

    [Fact]
    public void A_conversations_questions_have_their_marks_within_those_of_the_chat_template()
    {
        const string Row = """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"Q: What?\nA:\n"},{"role":"assistant","content":"a"}]}""";
        _folder.Write("train.jsonl", Row + "\n");
        _folder.Write("manifest.json", """{"format":"chat","eosToken":"</s>","eosOn":"none","options":{"PromptTemplate":"Q: {question}\nA:\n","SystemPrompt":"s"}}""");
        var model = Conversations.BaseOf(Conversations.Templates["llama3"].Jinja, "<|eot_id|>");

        var template = Modelfile.Of(TrainedTemplate.Of(model, null, _folder.Path, null), "s", 0, 512).Template!;

        // Llama 3 leaves out white space at the ends of a question.
        Assert.Contains("user<|end_header_id|>\n\nQ: {{ .Content }}\nA:<|eot_id|>", template, StringComparison.Ordinal);
        Assert.Equal("What?", RowReader.For(model, null, null, DatasetManifest.Read(_folder.Path)).Read(Row).Messages[1].Content);
    }

    [Fact]
    public void A_dataset_without_rows_says_nothing_and_is_a_finding()
    {
        var model = Conversations.BaseOf(null, "</s>");

        Assert.Equal(ModelFaults.FileMalformed, Assert.Throws<ModelFaultException>(() => TrainedTemplate.Of(model, null, _folder.Path, null)).Code);
        _folder.Write("train.jsonl", "\n");
        Assert.Equal("PromptsEmpty", Assert.Throws<ModelFaultException>(() => TrainedTemplate.Of(model, null, _folder.Path, null)).Arguments[1].ToString());
    }

    private static TrainedTemplate Trained(string name) => new(Conversations.Template(name), Conversations.Template(name).Terminators);
}
