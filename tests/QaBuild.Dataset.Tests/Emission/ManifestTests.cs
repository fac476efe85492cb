using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Emission;

public sealed class ManifestTests
{
    private static readonly Dictionary<string, string> Kb = new(Qa.Files(20))
    {
        [Qa.PathOf(21)] = Qa.Text(question: "weighted", front: "id: w\nweight: 3\nsplit: train\nlicense: MIT\nsource: a book\nparaphrases:\n  - other words"),
        ["docs/guide.md"] = "# Guide\n\n" + string.Join("\n\n## H\n\n", Enumerable.Repeat(new string('x', 90), 5)),
    };

    [Theory]
    [InlineData("completions", "false")]
    [InlineData("chat", "true")]
    public void The_manifest_fits_its_schema(string format, string chained)
    {
        var schema = new SchemaGate(File.ReadAllText(Repository.Path("schema", "manifest.schema.json")));
        var kb = new Dictionary<string, string>(Kb)
        {
            [Qa.PathOf(22)] = Qa.Text(question: "declined", related: Path.GetFileName(Qa.PathOf(1)), front: "negative: true"),
        };
        var manifest = JToken.Parse(Compiled.Of(kb, ("DatasetFormat", format), ("ChainTurns", chained)).Manifest);

        Assert.Empty(schema.Validate(manifest));
        Assert.Contains(manifest["rows"]!, r => r.Value<bool>("negative") || chained == "true");
        manifest["rows"]![0]!["line"] = 0;
        Assert.NotEmpty(schema.Validate(manifest));
    }

    [Fact]
    public void Every_row_leads_to_its_source_and_line()
    {
        var compiled = Compiled.Of(Kb, ("MaxDocumentLength", "100"), ("SplitRatio", "1/1/1"));
        var manifest = JsonSerializer.Deserialize<JsonElement>(compiled.Manifest);
        var entries = manifest.GetProperty("rows").EnumerateArray().ToDictionary(r => (r.GetProperty("file").GetString()!, r.GetProperty("row").GetInt32()));
        var rows = 0;
        foreach (var (name, text) in compiled.Outputs.Where(o => o.Key != "manifest.json"))
        {
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < lines.Length; i++, rows++)
            {
                var entry = entries[(name, i + 1)];
                var source = Kb[entry.GetProperty("source").GetString()!].Split('\n');
                var line = source[entry.GetProperty("line").GetInt32() - 1];
                var values = JsonSerializer.Deserialize<Dictionary<string, string>>(lines[i])!;
                if (line == "## Question")
                {
                    Assert.Equal(source[entry.GetProperty("line").GetInt32() + 1], values["prompt"]);
                }
                else
                {
                    Assert.Contains(line.Replace("  - ", "", StringComparison.Ordinal), values.Values.First(), StringComparison.Ordinal);
                }

                Assert.Equal(name.Split('/')[^1], entry.GetProperty("split").GetString() + ".jsonl");
            }
        }

        Assert.Equal(entries.Count, rows);
        Assert.Equal(20 + (3 * 2) + compiled.Emitted!.Files.Skip(3).Sum(f => f.Lines.Count), rows);
    }

    [Fact]
    public void Hashes_and_counts_match_the_files()
    {
        var compiled = Compiled.Of(Kb);
        foreach (var file in JsonSerializer.Deserialize<JsonElement>(compiled.Manifest).GetProperty("files").EnumerateArray())
        {
            var text = compiled.Outputs[file.GetProperty("file").GetString()!];
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), file.GetProperty("sha256").GetString());
            Assert.Equal(text.Count(c => c == '\n'), file.GetProperty("rows").GetInt32());
        }
    }

    [Fact]
    public void Characters_are_counted_as_a_reader_counts_them() =>
        Assert.Equal("{\"file\":\"train.jsonl\",\"split\":\"train\",\"rows\":1,\"characters\":5,", Compiled.Of(Qa.Text(question: "问?", answer: "😀é!", front: "split: train")).Manifest.Split('[')[1].Split("\"sha")[0]);

    [Fact]
    public void It_names_tool_format_token_options_license_and_provenance()
    {
        var manifest = JsonSerializer.Deserialize<JsonElement>(Compiled.Of(Kb, ("SplitSeed", "7"), ("DatasetFormat", "Chat"), ("EosToken", "<E>"), ("PromptTemplate", ""), ("DuplicateAction", "")).Manifest);
        Assert.Equal(("QaBuild", "chat", "<E>", "none"), (Text("tool"), Text("format"), Text("eosToken"), Text("eosOn")));
        Assert.Equal("""{"DatasetFormat":"Chat","EosToken":"<E>","SplitSeed":"7"}""", manifest.GetProperty("options").GetRawText());
        var row = manifest.GetProperty("rows").EnumerateArray().First(r => r.GetProperty("id").GetString() == "w");
        Assert.Equal(("MIT", "a book"), (row.GetProperty("license").GetString(), row.GetProperty("provenance").GetString()));

        string? Text(string name) => manifest.GetProperty(name).GetString();
    }

    [Fact]
    public void It_is_valid_when_no_row_is_left() =>
        Assert.Empty(JsonSerializer.Deserialize<JsonElement>(Compiled.Of(Qa.Text(), ("IncludeTag", "none such")).Manifest).GetProperty("rows").EnumerateArray());

    [Fact]
    public void It_parses_beyond_a_thousand_rows() =>
        Assert.Equal(2500, JsonSerializer.Deserialize<JsonElement>(Compiled.Of(Qa.Files(25, front: "weight: 100\nsplit: train")).Manifest).GetProperty("rows").GetArrayLength());

    [Fact]
    public void It_holds_no_path_of_the_machine()
    {
        using var model = new TemporaryFolder();
        var description = model.Write("base-model.json", $$"""{"tokenizer":"{{new string('a', 64)}}","eos":{"id":1,"text":"<E>"},"specialTokens":[]}""");
        using var kb = new TemporaryFolder();
        foreach (var (path, text) in Kb)
        {
            kb.Write(path, text);
        }

        var compiled = Compiled.For(Path.Combine(model.Path, "base") + Path.DirectorySeparatorChar, description, kb.Path);
        Assert.DoesNotContain(model.Path, compiled.Manifest, StringComparison.Ordinal);
        Assert.DoesNotContain(compiled.Root, compiled.Manifest, StringComparison.Ordinal);
        Assert.Contains("\"BaseModel\":\"base\"", compiled.Manifest, StringComparison.Ordinal);
    }
}
