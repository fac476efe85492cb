using System.Text.Json;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Importing;

public sealed class AlpacaTests
{
    [SharedDataFact("data/sft/alpaca_52k.json")]
    public void All_of_alpaca_survives_an_import_and_a_second_one_of_what_was_compiled()
    {
        var path = Repository.Shared("data", "sft", "alpaca_52k.json")!;
        using var source = JsonDocument.Parse(File.ReadAllBytes(path));
        var answerless = source.RootElement.EnumerateArray().Select((r, i) => (Number: i + 1L, Answer: r.GetProperty("output").GetString()!)).Where(r => string.IsNullOrWhiteSpace(r.Answer)).Select(r => r.Number).ToArray();
        Assert.Equal(28, answerless.Length);

        using var imported = new Imported().AndFile(path);
        Assert.Equal((52_002 - 28, 28), (imported.Result.Taken, imported.Result.NotTaken));
        Assert.Equal(answerless, imported.Result.Findings.Select(f => f.Number));
        Assert.All(imported.Result.Findings, f => Assert.Equal("ImportNoAnswer", f.Reason.Name));

        var compiled = imported.Compile();
        var rows = compiled.Rows;
        Assert.Equal(52_002 - 28, rows.Length);
        Assert.All(rows, row =>
        {
            using var json = JsonDocument.Parse(row);
            var completion = json.RootElement.GetProperty("completion").GetString()!;
            Assert.Equal(completion.Length - "<|endoftext|>".Length, completion.IndexOf("<|endoftext|>", StringComparison.Ordinal));
        });

        using var again = new Imported();
        foreach (var file in compiled.Emitted!.Files.Where(f => f.Lines.Count > 0))
        {
            again.AndBytes([.. file.Lines.SelectMany(l => l.Json.ToArray())], file.Name);
            Assert.Equal((file.Lines.Count, 0), (again.Result.Taken, again.Result.NotTaken));
            Assert.Equal(file.Lines.Count, again.Result.EosRemoved);
        }

        Assert.Equal(rows.Order(StringComparer.Ordinal), again.Compile().Rows.Order(StringComparer.Ordinal));
    }

    [SharedDataFact("data/sft/llamafactory")]
    public void Real_tool_conversations_come_back_with_their_turns()
    {
        var path = Repository.Shared("data", "sft", "llamafactory", "glaive_toolcall_zh_demo.json")!;
        using var source = JsonDocument.Parse(File.ReadAllBytes(path));
        using var imported = new Imported().AndFile(path);

        // Two of them have a result of a call that was made in prose.
        Assert.Equal([198, 294], imported.Result.Findings.Select(f => f.Number));
        var expected = source.RootElement.EnumerateArray().Where((_, i) => i is not (197 or 293)).Select(r => string.Join('|', r.GetProperty("conversations").EnumerateArray().Select(m => m.GetProperty("from").GetString() switch
        {
            "human" => "user",
            "observation" => "tool",
            _ => "assistant",
        })));
        var rows = imported.Compile(("DatasetFormat", "tools"), ("ChainTurns", "true")).Rows.Select(r =>
        {
            using var row = JsonDocument.Parse(r);
            return string.Join('|', row.RootElement.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("role").GetString()));
        });
        Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }
}
