using System.Text.Json;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Tests.Importing;

public sealed class ExactTextTests
{
    private static readonly string[] Pieces =
    [
        "\n", "\n", "\n", "\n\n", "\r\n", "\r", " ", "   ", "\t", "## 问题", "## Question", "## answer ##", " ## Job", "    ## Job", "\\## 问题", "\\\\## Answer", "```", "````sql", "~~~", "> ```",
        "---", "...", "# Title", "text", "中文", "a: b", "- x", "key: [", "{}", "*x", "&a", "!tag", "%YAML", "'", "\"", "\\", "\\n", "#", " #", "🙂", "\u2028", "\u2029", "\u0085", "\uFEFF", "\u00A0", "\u3000",
        "\u0001", "\u001b", "\u007f", "\u009f", "\v", "\f", "|", ">", "null", "true", "1e5", "~", "<div>", "\uFFFE", "\uFFFF", "\uE000",
    ];

    [Fact]
    public void Whatever_a_text_holds_it_is_read_back_as_it_was()
    {
        var random = new Random(20240607);
        string Text() => string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => Pieces[random.Next(Pieces.Length)]));
        var rows = Enumerable.Range(0, 3000).Select(_ => (Question: "q" + Text(), Context: Text(), System: Text() + ".", Answer: Text() + "\n.", Result: Text(), Key: "k" + Text())).ToArray();
        var lines = rows.Select(r => JsonSerializer.Serialize(new
        {
            system = r.System,
            conversations = new[]
            {
                new { from = "human", value = r.Question },
                new { from = "function_call", value = JsonSerializer.Serialize(new { name = "f", arguments = new Dictionary<string, object> { [r.Key] = r.Context } }) },
                new { from = "observation", value = r.Result },
                new { from = "gpt", value = r.Answer },
            },
        }));
        using var imported = Imported.Of(string.Join('\n', lines));
        Assert.Equal((rows.Length, 0), (imported.Result.Taken, imported.Result.NotTaken));

        var compiled = imported.Compile(("DatasetFormat", "tools"), ("SplitRatio", "1/0/0"));
        Assert.Equal(rows.Length, compiled.Rows.Length);
        var byNumber = compiled.Emitted!.Files.SelectMany(f => f.Lines).OrderBy(r => r.Source.Length).ThenBy(r => r.Source, StringComparer.Ordinal).ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            using var row = JsonDocument.Parse(byNumber[i].Json);
            var messages = row.RootElement.GetProperty("messages").EnumerateArray().ToArray();
            Assert.Equal(SourceBody.Normalize(rows[i].System), messages[0].GetProperty("content").GetString());
            Assert.Equal(SourceBody.Normalize(rows[i].Question), messages[1].GetProperty("content").GetString());
            using var arguments = JsonDocument.Parse(messages[2].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString()!);
            var argument = arguments.RootElement.EnumerateObject().Single();
            Assert.Equal((Feeds(rows[i].Key), Feeds(rows[i].Context)), (argument.Name, argument.Value.GetString()));
            Assert.Equal(Feeds(rows[i].Result), messages[3].GetProperty("content").GetString());
            Assert.Equal(SourceBody.Normalize(rows[i].Answer), messages[4].GetProperty("content").GetString());
        }
    }

    [Fact]
    public void Blanks_outside_code_are_all_that_changes()
    {
        const string Question = "\n \nline  \n\n```\n  code  \n```\t\n    last \n\n";
        using var imported = Imported.Of(JsonSerializer.Serialize(new { prompt = Question, completion = "  ## 答案\n\\## 答案\n---" }));
        Assert.Equal(["""{"prompt":"line\n\n```\n  code  \n```\n    last","completion":"  ## 答案\n\\## 答案\n---<|endoftext|>"}"""], imported.Compile().Rows);
    }

    [Fact]
    public void A_text_that_unicode_has_no_normal_form_for_compiles()
    {
        using var imported = Imported.Of(JsonSerializer.Serialize(new { prompt = "## a\uFFFE", completion = "## \uFFFEb" }));
        Assert.Single(imported.Compile().Rows);
    }

    private static string Feeds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
}
