using QaBuild.Model.Chat;
using QaBuild.Model.Tests.Inference;
using static QaBuild.Model.Tests.Chat.Conversations;

namespace QaBuild.Model.Tests.Chat;

public sealed class GoTemplateTests
{
    [GoFact]
    public async Task What_Go_makes_of_a_Modelfiles_template_is_what_llama_cpp_makes_of_the_models_own()
    {
        await using var llama = Llama.Start();
        var cases = Templates.Keys.SelectMany(name => All.Select(a => (Name: name, What: a.Key, Messages: a.Value))).ToArray();

        var texts = await GoTemplates.Render([.. cases.Select(c => new GoTemplates.Prompt(GoTemplate.Of(Template(c.Name).Format), Template(c.Name).DefaultSystem ?? "", c.Messages))]);

        for (var i = 0; i < cases.Length; i++)
        {
            var expected = await llama.RenderAsync(Templates[cases[i].Name].Jinja, Template(cases[i].Name).Complete(cases[i].Messages), addGenerationPrompt: true);
            Assert.True(expected == texts[i], $"{cases[i].Name}, {cases[i].What}: '{expected}' is not '{texts[i]}'");
        }
    }

    [GoFact]
    public async Task A_raw_template_gives_the_question_as_it_is()
    {
        const string Question = "{{ .Prompt }} \"什么是 MVCC？\"\n";

        var text = Assert.Single(await GoTemplates.Render([new GoTemplates.Prompt(GoTemplate.Of(ChatFormat.Raw), "", [Asked(Question)])]));

        Assert.Equal(Question, text);
    }
}
