using System.Globalization;
using System.Text;
using System.Text.Json;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Emission;

public sealed class BaseModelTests : IDisposable
{
    private static readonly string Tokenizer = new('a', 64);
    private static readonly string Base = $$"""{"name":"m","tokenizer":"{{Tokenizer}}","eos":{"id":2,"text":"<E>"},"specialTokens":["<E>","<one>"],"chatTemplate":null}""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_end_with_the_models_own_token() =>
        Assert.Equal("Many versions of a row.<E>", Emitted(Base).Row().GetProperty("completion").GetString());

    [Fact]
    public void EosToken_goes_before_the_model() =>
        Assert.Equal("Many versions of a row.<mine>", Emitted(Base, ("EosToken", "<mine>")).Row().GetProperty("completion").GetString());

    [Theory]
    [InlineData("<one>", true)]
    [InlineData("<two>", false)]
    [InlineData("<|im_end|>", false)]
    public void The_special_tokens_of_the_model_count_and_no_others(string text, bool special) =>
        Assert.Equal(special, Compile(Base, Qa.Text(answer: $"a {text} b")).Codes().Contains("QA5004"));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"eos":{"id":2,"text":"<E>"}}""")]
    [InlineData("""{"tokenizer":"x","eos":null,"specialTokens":[]}""")]
    [InlineData("""{"tokenizer":"x","eos":{"text":""},"specialTokens":[]}""")]
    [InlineData("""{"tokenizer":"x","eos":{"text":7},"specialTokens":[]}""")]
    [InlineData("""{"tokenizer":7,"eos":{"text":"a"},"specialTokens":[]}""")]
    [InlineData("""{"tokenizer":"x","eos":{"text":"a"},"specialTokens":[7]}""")]
    [InlineData("""{"tokenizer":"x","eos":{"text":"a"},"specialTokens":{}}""")]
    public void A_description_that_names_no_token_is_a_finding_and_nothing_is_written(string description)
    {
        var (compilation, emitted) = Compile(description, Qa.Text());

        Assert.Null(emitted);
        Assert.Contains("QA7001", compilation.Diagnostics.Select(d => d.Code));
    }

    [Fact]
    public void A_base_model_that_could_not_be_resolved_leaves_the_other_faults_to_be_found()
    {
        var (compilation, emitted) = Compile(null, Qa.Text(answer: ""));

        Assert.Null(emitted);
        Assert.Equal(["QA1006", "QA7001"], compilation.Diagnostics.Select(d => d.Code).Order());
    }

    [Fact]
    public void Tokens_stand_in_the_manifest_and_lengths_are_in_tokens()
    {
        var result = Emitted(Base, ("MaxSequenceLength", "7"));

        var manifest = JsonSerializer.Deserialize<JsonElement>(string.Concat(result.Emitted!.Manifest.Select(c => Encoding.UTF8.GetString(c.Span))));
        Assert.Equal(("tokens", Tokenizer), (manifest.GetProperty("lengthUnit").GetString(), manifest.GetProperty("tokenizer").GetString()));
        Assert.Equal((7, 7), (manifest.GetProperty("files")[0].GetProperty("tokens").GetInt32(), manifest.GetProperty("files")[0].GetProperty("longestRow").GetInt32()));
        Assert.Equal(7, manifest.GetProperty("rows")[0].GetProperty("tokens").GetInt32());
    }

    [Fact]
    public void A_row_with_more_tokens_than_MaxSequenceLength_is_an_error_at_its_question()
    {
        var (compilation, emitted) = Compile(Base, Qa.Text(), ("MaxSequenceLength", "6"));

        Assert.Null(emitted);
        var found = Assert.Single(compilation.Diagnostics);
        Assert.Equal(("QA5015", 17), (found.Code, found.Location.Line));
        Assert.Contains("have 7 tokens: 1 over MaxSequenceLength (6)", found.Message(CultureInfo.GetCultureInfo("en")), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_nobody_counted_are_an_error()
    {
        var (compilation, emitted) = Compile(Base, Qa.Text(), counted: false);

        Assert.Null(emitted);
        Assert.Equal(["QA7011"], compilation.Diagnostics.Select(d => d.Code));
    }

    [Fact]
    public void Counts_of_another_tokenizer_do_not_count()
    {
        var path = _folder.Write("tokens.cache", $"{new string('b', 64)}\n{new string('0', 32)} 7\n");
        var (compilation, _) = Compile(Base, Qa.Text(), counted: false);

        Assert.Single(compilation.Uncounted(TokenCounts.Read(path, Tokenizer)));
    }

    private Result Emitted(string description, params (string Name, string Value)[] options)
    {
        var result = Compile(description, Qa.Text(), options);
        Assert.NotNull(result.Emitted);
        return result;
    }

    private Result Compile(string? description, string text, params (string Name, string Value)[] options) => Compile(description, text, true, options);

    private Result Compile(string? description, string text, bool counted, params (string Name, string Value)[] options)
    {
        _folder.Write("kb/" + Qa.Path, text);
        var file = description is null ? null : _folder.Write("base-model.json", description);
        var settings = options.Append(("BaseModel", "m")).Append(("SplitRatio", "1/0/0")).ToDictionary(o => o.Item1, o => o.Item2);
        var compilation = new Compilation(SourceList.Find(Path.Combine(_folder.Path, "kb")), settings, baseModelFile: file);
        compilation.Parse();
        compilation.Link();
        compilation.Check();
        compilation.Split();
        var none = TokenCounts.Read(Path.Combine(_folder.Path, "none"), Tokenizer);
        var counts = counted
            ? TokenCounts.Read(_folder.Write("tokens.cache", Tokenizer + "\n" + string.Concat(compilation.Uncounted(none).Select(r => $"{TokenCounts.KeyOf(r.Json.Span)} 7\n"))), Tokenizer)
            : null;
        return new Result(compilation, compilation.Emit(counts));
    }

    private sealed record Result(Compilation Compilation, Emitted? Emitted)
    {
        public IEnumerable<string> Codes() => Compilation.Diagnostics.Select(d => d.Code);

        public JsonElement Row() => JsonSerializer.Deserialize<JsonElement>(Emitted!.Files.SelectMany(f => f.Lines).Single().Json.Span);
    }
}
