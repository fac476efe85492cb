using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Emission;

public sealed class RowSchemaTests
{
    private static readonly Dictionary<string, string> Kb = new(Qa.Files(12))
    {
        [Qa.PathOf(20)] = Qa.Text(question: "all keys", related: "qa_l_001", front: "id: 7\ntags: [a]\nparaphrases: [other, third]\nsystem: s\ncontext: { text: c, from: f }\nnegative: true\nweight: 2\ntools: [{ name: t, description: d, parameters: { type: object, properties: {} } }]\ncalls: [{ name: t, arguments: { n: 1 }, result: r }, { name: t }]"),
        [Qa.PathOf(21)] = Qa.Text(question: "2024-01-01T00:00:00Z", answer: "2024-01-02T00:00:00Z"),
        [Qa.PathOf(22)] = Qa.Text(question: "\"quotes\" \\ \u2028 😀", answer: "<|endoftext|>", related: "qa_l_020"),
        ["docs/a.md"] = "# T\n\n" + string.Join("\n\n## H\n\n", Enumerable.Repeat("text", 40)),
    };

    [Theory]
    [InlineData("completions")]
    [InlineData("chat")]
    [InlineData("text")]
    [InlineData("alpaca")]
    [InlineData("sharegpt")]
    [InlineData("tools")]
    public async Task Every_row_fits_the_schema_of_its_format(string format)
    {
        (string, string)[][] variants = [[], [("EosOn", "both")], [("EosOn", "none"), ("SystemPrompt", "s")], [("ChainTurns", "true")], [("DocumentFormat", "title"), ("PromptTemplate", "{system} {question}")]];
        foreach (var variant in variants)
        {
            var compiled = Compiled.Of(Kb, [("DatasetFormat", format), ("MaxDocumentLength", "100"), .. variant]);
            Assert.Empty(compiled.Found);
            await AssertFit(compiled, format);
        }
    }

    [Theory]
    [InlineData("completions")]
    [InlineData("tools")]
    public async Task Every_row_of_the_knowledge_base_in_this_repository_fits(string format) =>
        await AssertFit(Compiled.At(Repository.Path("kb"), ("DatasetFormat", format)), format);

    [Fact]
    public void The_gate_never_lets_through_what_NJsonSchema_refuses()
    {
        var random = new Random(4711);
        var accepted = 0;
        for (var round = 0; round < 300; round++)
        {
            var gate = new SchemaGate(round switch
            {
                < 10 => File.ReadAllText(Repository.Path("schema", "qa.schema.json")),
                < 20 => File.ReadAllText(Repository.Path("schema", "row.completions.schema.json")),
                < 30 => File.ReadAllText(Repository.Path("schema", "row.alpaca.schema.json")),
                _ => RandomSchema(random),
            });
            string[] names = round < 30 ? ["prompt", "completion", "instruction", "input", "output", "system", "id", "job", "skill", "level", "question", "answer", "proofreading"] : ["a", "b", "c"];
            for (var i = 0; i < 40; i++)
            {
                var properties = names.Where(_ => random.Next(5) > 0).Select(n => (n, Value(random))).ToArray();
                if (gate.SurelyAccepts(properties))
                {
                    accepted++;
                    Assert.Empty(gate.Validate(new JObject(properties.Select(p => new JProperty(p.n, p.Item2)))));
                }
            }
        }

        Assert.True(accepted > 100, $"only {accepted} were let through");
    }

    [Fact]
    public void The_gate_lets_an_ordinary_unit_through() =>
        Assert.True(new SchemaGate(File.ReadAllText(Repository.Path("schema", "qa.schema.json"))).SurelyAccepts(
            ("id", "x"), ("job", "x"), ("skill", "x"), ("level", "m"), ("question", "x"), ("answer", "x"), ("proofreading", "")));

    private static string RandomSchema(Random random)
    {
        var schema = new JObject { ["type"] = "object", ["additionalProperties"] = random.Next(2) == 0, ["required"] = new JArray(((string[])["a", "b"]).Where(_ => random.Next(2) == 0)) };
        if (random.Next(8) == 0)
        {
            schema["minProperties"] = 3;
        }

        var properties = new JObject();
        foreach (var name in (string[])["a", "b", "c"])
        {
            var property = new JObject { ["type"] = random.Next(6) switch { 0 => "integer", 1 => new JArray("string", "null"), _ => "string" } };
            Maybe(4, () => property["minLength"] = random.Next(4));
            Maybe(4, () => property["maxLength"] = random.Next(5));
            Maybe(8, () => property["enum"] = new JArray("l", "xx", ""));
            Maybe(12, () => property["pattern"] = "^x");
            Maybe(12, () => property["format"] = "date-time");
            properties[name] = property;
        }

        schema["properties"] = properties;
        return schema.ToString(Formatting.None);

        void Maybe(int oneIn, Action act)
        {
            if (random.Next(oneIn) == 0)
            {
                act();
            }
        }
    }

    private static string Value(Random random) => random.Next(9) switch
    {
        0 => "", 1 => "l", 2 => "xx", 3 => "😀", 4 => "e\u0301", 5 => new string('y', random.Next(8)), 6 => "\u0301", 7 => new string('z', random.Next(300)), _ => "2024-01-01",
    };

    private static async Task AssertFit(Compiled compiled, string format)
    {
        var documents = await JsonSchema.FromFileAsync(Repository.Path("schema", "row.text.schema.json"));
        var rows = await JsonSchema.FromFileAsync(Repository.Path("schema", $"row.{format}.schema.json"));
        foreach (var (name, text) in compiled.Outputs.Where(o => o.Key != "manifest.json"))
        {
            var schema = name.StartsWith("documents/", StringComparison.Ordinal) ? documents : rows;
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var reader = new JsonTextReader(new StringReader(line)) { DateParseHandling = DateParseHandling.None };
                Assert.Empty(schema.Validate(JToken.ReadFrom(reader)));
            }
        }
    }
}
