using System.Globalization;
using System.Text.Json;
using QaBuild.Dataset;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Sources;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Inference;
using QaBuild.Model.Tests.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.BaseModels;

/// <summary><c>qabuild count-tokens</c>, row by row against the ids that llama.cpp gives for the row's text.</summary>
public sealed class CountTokensTests : IDisposable
{
    // What each row's text is, written out by hand.
    private static readonly (string Row, string Text)[] Rows =
    [
        ("""{"prompt":"索引 <b>?","completion":" 加速查询。<|im_end|>"}""", "索引 <b>? 加速查询。<|im_end|>"),
        ("""{"text":"One day,\n\na dog"}""", "One day,\n\na dog"),
        ("""{"instruction":"Sum up","input":"1 2 3","output":"6<|im_end|>"}""", "Sum up1 2 36<|im_end|>"),
        ("""{"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"12345?"},{"role":"assistant","content":"yes"}]}""", "be brief12345?yes"),
        ("""{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"bc"}]}""", "abc"),
        ("""{"messages":[{"role":"user","content":"time?"}],"tools":[{"type":"function"}]}""", """time?[{"type":"function"}]"""),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LlamaFact]
    public async Task Each_row_has_as_many_tokens_as_its_text_has_ids() => await Count("tiny");

    [LlamaFact("data/tokenizers/npm_qwen2_5")]
    public async Task So_it_is_with_a_real_tokenizer() => await Count(Repository.Shared("data", "tokenizers", "npm_qwen2_5")!);

    [LlamaFact("data/tokenizers/npm_qwen2_5")]
    public async Task The_tokens_of_a_row_in_the_manifest_are_the_ids_of_its_text()
    {
        var (description, rows, counts) = (Path.Combine(_folder.Path, "base-model.json"), Path.Combine(_folder.Path, "rows.jsonl"), Path.Combine(_folder.Path, "counts"));
        (await Run("base-model", Repository.Shared("data", "tokenizers", "npm_qwen2_5")!, "--out", description, "--work", Path.Combine(_folder.Path, "work"))).Exits(0);
        for (var i = 1; i <= 12; i++)
        {
            _folder.Write("kb/" + Qa.PathOf(i), Qa.Text(question: $"索引 {i} 何时用?", answer: $"Use it for {i * 1234567} rows,\n\n```sql\nSELECT '数据' -- 'don''t'\n```\n而不是 <https://x/{i}>。"));
        }

        var found = BaseModelDescription.Read(description);
        var compilation = new Compilation(SourceList.Find(Path.Combine(_folder.Path, "kb")), new Dictionary<string, string> { ["BaseModel"] = "qwen", ["DuplicateAction"] = "warn" }, baseModelFile: description);
        compilation.Parse();
        compilation.Link();
        compilation.Check();
        compilation.Split();
        await File.WriteAllBytesAsync(rows, [.. compilation.Uncounted(TokenCounts.Read(counts, found.Tokenizer)).SelectMany(r => r.Json.ToArray())]);
        (await Run("count-tokens", rows, "--base", description, "--counts", counts)).Exits(0);
        var emitted = compilation.Emit(TokenCounts.Read(counts, found.Tokenizer));

        Assert.True(emitted is not null, string.Join('\n', compilation.Diagnostics.Select(d => d.Message(CultureInfo.InvariantCulture))));
        var manifest = JsonSerializer.Deserialize<JsonElement>(emitted.Manifest.SelectMany(c => c.ToArray()).ToArray());
        var told = manifest.GetProperty("rows").EnumerateArray().ToDictionary(r => (r.GetProperty("file").GetString(), r.GetProperty("row").GetInt32()), r => r.GetProperty("tokens").GetInt32());
        Assert.Equal(12, told.Count);
        await using var llama = await Llama.Load(found.Gguf, new LoadOptions { VocabularyOnly = true });
        foreach (var file in emitted.Files)
        {
            for (var i = 0; i < file.Lines.Count; i++)
            {
                var row = JsonSerializer.Deserialize<JsonElement>(file.Lines[i].Json.Span);
                var text = row.GetProperty("prompt").GetString() + row.GetProperty("completion").GetString();
                Assert.EndsWith(found.Eos!.Text, text, StringComparison.Ordinal);
                Assert.Equal((await llama.TokenizeAsync(text, addSpecial: false, parseSpecial: true)).Length, told[(file.Name, i + 1)]);
            }
        }
    }

    private async Task Count(string model)
    {
        var (description, rows, counts) = (Path.Combine(_folder.Path, "base-model.json"), _folder.Write("rows.jsonl", string.Concat(Rows.Select(r => r.Row + "\n"))), Path.Combine(_folder.Path, "counts"));
        (await Run("base-model", model, "--out", description, "--work", Path.Combine(_folder.Path, "work"))).Exits(0);
        (await Run("count-tokens", rows, "--base", description, "--counts", counts)).Exits(0).Says($"{Rows.Length} rows, ");

        var found = BaseModelDescription.Read(description);
        await using var llama = await Llama.Load(found.Gguf, new LoadOptions { VocabularyOnly = true });
        var lines = (await File.ReadAllLinesAsync(counts)).Skip(1).Select(l => l.Split(' ')).ToDictionary(l => l[0], l => int.Parse(l[1], CultureInfo.InvariantCulture));
        Assert.Equal(Rows.Length, lines.Count);
        foreach (var (row, text) in Rows)
        {
            var ids = await llama.TokenizeAsync(text, addSpecial: false, parseSpecial: true);
            Assert.Equal(ids.Length, lines[TokenCounts.KeyOf(System.Text.Encoding.UTF8.GetBytes(row))]);
        }
    }

    private static async Task<Ran> Run(params string[] arguments)
    {
        using var command = Command.Dotnet(Repository.Root, null, [Path.Combine(AppContext.BaseDirectory, "qabuild.dll"), .. arguments]);
        return await command.Ends();
    }
}
