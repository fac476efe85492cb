using QaBuild.Model.BaseModels;
using QaBuild.Model.Chat;
using QaBuild.Model.Inference;
using QaBuild.Model.Tests.Inference;
using QaBuild.Tests;
using static QaBuild.Model.Tests.Chat.Conversations;

namespace QaBuild.Model.Tests.Chat;

public sealed class ChatTemplateTests
{
    public static TheoryData<string> TemplateNames => [.. Templates.Keys];

    [LlamaFact]
    public async Task A_template_writes_what_llama_cpp_writes_for_the_same_model()
    {
        await using var llama = Llama.Start();
        foreach (var (name, (jinja, _)) in Templates)
        {
            var template = Template(name);
            foreach (var (what, messages) in All)
            {
                foreach (var asks in new[] { true, false })
                {
                    var expected = await llama.RenderAsync(jinja, template.Complete(messages), asks);
                    Assert.True(expected == template.Render(messages, asks), $"{name}, {what}: '{expected}' is not '{template.Render(messages, asks)}'");
                }
            }
        }
    }

    [LlamaFact]
    public async Task A_template_that_is_chosen_by_name_is_the_one_that_llama_cpp_has_under_that_name()
    {
        await using var llama = Llama.Start();
        foreach (var format in ChatFormat.All.Where(f => f.Family != ChatFamily.Raw))
        {
            foreach (var messages in All.Values)
            {
                Assert.Equal(await llama.RenderAsync(format.Name, messages, true), Render(format, messages));
            }
        }

        static string Render(ChatFormat format, ChatMessage[] messages) =>
            format.Family != ChatFamily.Mistral ? ChatTemplate.Of(BaseOf(null, format.Terminator), ChatTemplate.FamilyName(format.Family)).Render(messages, true)
            : new ChatTemplate(format, null, [format.Terminator]).Render(messages, true);
    }

    [LlamaFact]
    public async Task White_space_at_the_ends_of_texts_is_kept_or_left_out_as_llama_cpp_does_it()
    {
        await using var llama = Llama.Start();
        ChatMessage[] messages = [Instructed(" s \n"), Asked("\t u\v\n"), Answered("\n a "), Asked(" 　u\u00A0 ")];
        foreach (var (name, (jinja, _)) in Templates)
        {
            var expected = await llama.RenderAsync(jinja, messages, true);
            Assert.True(expected == Template(name).Render(messages, true), $"{name}: '{expected}' is not '{Template(name).Render(messages, true)}'");
        }
    }

    [Theory]
    [MemberData(nameof(TemplateNames))]
    public void Answers_with_their_terminators_and_nothing_else_are_to_be_learnt(string name)
    {
        var template = Template(name);

        var segments = template.Segments([Instructed("s"), Asked("one?"), Answered("1"), Asked("two?"), Answered("2")], addGenerationPrompt: false);

        var end = Templates[name].Terminator;
        Assert.Equal([template.BeforeAnswer + "1" + end, template.BeforeAnswer + "2" + end], segments.Where(s => s.IsAnswer).Select(s => s.Text));
        Assert.Equal(template.Render([Instructed("s"), Asked("one?"), Answered("1"), Asked("two?"), Answered("2")], false), string.Concat(segments.Select(s => s.Text)));
        Assert.Equal(end, template.Terminators[0]);
    }

    [Theory]
    [MemberData(nameof(TemplateNames))]
    public void What_asks_for_an_answer_is_what_stands_before_one(string name)
    {
        var template = Template(name);

        var asked = template.Render([Asked("one?")], addGenerationPrompt: true);
        var answered = template.Segments([Asked("one?"), Answered("1")], addGenerationPrompt: false);

        Assert.Equal(asked, answered[0].Text);
        Assert.False(answered[0].IsAnswer);
    }

    [Fact]
    public void Qwens_own_system_message_is_told_when_a_conversation_has_none()
    {
        var template = Template("qwen2.5");

        Assert.Equal(
            "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n<|im_start|>user\nWhat is MVCC?<|im_end|>\n<|im_start|>assistant\n",
            template.Render([Asked("What is MVCC?")], addGenerationPrompt: true));
        Assert.DoesNotContain("Alibaba", template.Render([Instructed("s"), Asked("u")], addGenerationPrompt: true), StringComparison.Ordinal);
        Assert.Null(Template("chatml").DefaultSystem);
    }

    [Theory]
    [InlineData("Many versions.<|endoftext|>")]
    [InlineData("Many versions.<|im_end|>")]
    [InlineData("Many versions.")]
    public void An_answer_ends_with_one_terminator_whatever_the_row_brings(string content)
    {
        var template = ChatTemplate.Of(BaseOf(Templates["chatml"].Jinja, "<|endoftext|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"));

        Assert.Equal("Many versions.<|im_end|>", template.Segments([Asked("u"), Answered(content)], false).Single(s => s.IsAnswer).Text);
        Assert.Equal(["<|im_end|>", "<|endoftext|>"], template.Terminators);
    }

    [Fact]
    public void A_model_without_a_template_is_asked_raw_and_nothing_is_added()
    {
        var template = ChatTemplate.Of(BaseOf(null, "</s>"));

        Assert.Equal((ChatFamily.Raw, ""), (template.Family, template.Name));
        Assert.Equal("What is MVCC?", template.Render([Asked("What is MVCC?")], addGenerationPrompt: true));
        Assert.Equal([new ChatSegment("What is MVCC?", false), new ChatSegment("Many versions.</s>", true)], template.Segments([Asked("What is MVCC?"), Answered("Many versions.</s>")], false));
        Assert.Equal(["</s>"], template.Terminators);
    }

    [Theory]
    [InlineData("{{ '<|user|>' + m + '<|end|>' + '<|assistant|>' }}")]
    [InlineData("{{ '<|im_start|>' + role + '<|im_sep|>' }}")]
    [InlineData("{{ '[INST] <<SYS>>\\n' + s + '\\n<</SYS>>' }}")]
    public void A_template_that_is_not_known_is_a_finding_that_names_the_families_and_choosing_mends_it(string jinja)
    {
        var model = BaseOf(jinja, "</s>", "<|im_end|>");

        var fault = Assert.Throws<ModelFaultException>(() => ChatTemplate.Of(model));

        Assert.Equal((ModelFaults.ChatTemplateUnknown, "base", ChatTemplate.Names), (fault.Code, fault.Arguments[0], fault.Arguments[1]));
        Assert.Equal(ChatFamily.ChatMl, ChatTemplate.Of(model, "chatml").Family);
        Assert.Equal(ChatFamily.Raw, ChatTemplate.Of(model, "raw").Family);
        Assert.Equal(ChatTemplate.Names, string.Join(", ", Enum.GetValues<ChatFamily>().Select(ChatTemplate.FamilyName)));
    }

    [Fact]
    public void A_chosen_template_that_is_none_or_ends_answers_with_no_token_of_the_model_is_a_finding()
    {
        var model = BaseOf(Templates["chatml"].Jinja, "<|im_end|>");

        Assert.Equal("ChatNoSuchTemplate(chatml, llama3, mistral, gemma, raw)", Reason(() => ChatTemplate.Of(model, "ChatML")));
        Assert.Equal("ChatNoTerminator(<end_of_turn>, base)", Reason(() => ChatTemplate.Of(model, "gemma")));
        Assert.Equal("ChatNoEos(base)", Reason(() => ChatTemplate.Of(BaseOf(null, null))));
    }

    [Fact]
    public void A_conversation_that_a_template_cannot_write_is_a_finding()
    {
        var raw = ChatTemplate.Of(BaseOf(null, "</s>"));

        Assert.Equal("ChatRawSystem", Reason(() => raw.Render([Instructed("s"), Asked("u")], true)));
        Assert.Equal("ChatRawTurns", Reason(() => raw.Render([Asked("u"), Answered("a"), Asked("u")], true)));
        Assert.Equal("ChatRoleUnknown(tool)", Reason(() => Template("chatml").Render([new ChatMessage("tool", "t")], true)));
        Assert.Equal("ChatSystemLast", Reason(() => Template("gemma").Render([Asked("u"), Instructed("s")], true)));
    }

    [Fact]
    public void The_tiny_model_speaks_ChatML()
    {
        using var folder = new TemporaryFolder();

        var template = ChatTemplate.Of(BaseModelDescription.Of(BaseModel.Resolve(BaseModel.Tiny, folder.Path)));

        Assert.Equal((ChatFamily.ChatMl, null), (template.Family, template.DefaultSystem));
        Assert.Equal(["<|im_end|>", "<|endoftext|>"], template.Terminators);
    }

    private static string Reason(Action action) => Assert.Throws<ModelFaultException>(action).Arguments[1].ToString()!;
}
