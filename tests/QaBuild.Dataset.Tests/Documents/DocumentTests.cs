using QaBuild.Dataset.Documents;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Documents;

public sealed class DocumentTests
{
    private const string Article = "# VACUUM\n\nWhat it does.\n\n## When\n\nOften.\n";

    [Fact]
    public void Documents_become_text_rows_in_files_of_their_own()
    {
        var compiled = Compile(Article, ("SplitRatio", "1/0/0"));
        Assert.Equal(["train.jsonl", "valid.jsonl", "test.jsonl", "documents/train.jsonl", "documents/valid.jsonl", "documents/test.jsonl", "manifest.json"], compiled.Outputs.Keys);
        Assert.Equal("{\"text\":\"# VACUUM\\n\\nWhat it does.\\n\\n## When\\n\\nOften.<|endoftext|>\"}\n", compiled.Outputs["documents/train.jsonl"]);
        Assert.DoesNotContain("VACUUM", compiled.Outputs["train.jsonl"], StringComparison.Ordinal);
    }

    [Fact]
    public void Among_text_rows_they_stand_in_the_same_files()
    {
        var compiled = Compile(Article, ("DatasetFormat", "text"), ("SplitRatio", "1/0/0"));
        Assert.Equal(2, compiled.In("train.jsonl").Count);
        Assert.Equal(4, compiled.Outputs.Count);
    }

    [Theory]
    [InlineData("completions", """{"prompt":"VACUUM","completion":"# VACUUM\n\nx<|endoftext|>"}""")]
    [InlineData("chat", """{"messages":[{"role":"user","content":"VACUUM"},{"role":"assistant","content":"# VACUUM\n\nx"}]}""")]
    public void The_title_may_be_the_question(string format, string row) =>
        Assert.Equal(row, Compile("# VACUUM\n\nx", ("DocumentFormat", "title"), ("DatasetFormat", format), ("SplitRatio", "1/0/0")).Rows[1]);

    [Fact]
    public void They_may_be_left_out()
    {
        var compiled = Compile("a\0b", ("DocumentFormat", "none"));
        Assert.Single(compiled.Rows);
        Assert.Empty(compiled.Found);
    }

    [Fact]
    public void A_long_document_is_cut_before_headings_and_the_title_names_each_piece()
    {
        var text = $"# T\n\n{Words(60)}\n\n## A ##\n\n{Words(30)}\n\n```\n# no heading\n```\n\n## B\n\n{Words(80)}\n";
        var rows = Compile(text, ("MaxDocumentLength", "100"), ("DocumentFormat", "title"), ("SplitRatio", "1/0/0")).In("train.jsonl");
        Assert.Equal(["docs/a", "docs/a#2", "docs/a#3"], rows.Skip(0).Where(r => r.Source == "docs/a.md").Select(r => r.Id));
        Assert.Equal([1, 5, 13], rows.Where(r => r.Source == "docs/a.md").Select(r => r.Line));
        var prompts = Compile(text, ("MaxDocumentLength", "100"), ("DocumentFormat", "title"), ("SplitRatio", "1/0/0")).Rows;
        Assert.Contains(prompts, p => p.StartsWith("{\"prompt\":\"T / A\",\"completion\":\"## A ##\\n\\n", StringComparison.Ordinal));
        Assert.Contains(prompts, p => p.StartsWith("{\"prompt\":\"T / B\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(137)]
    [InlineData(4000)]
    public void No_piece_is_longer_than_the_limit_and_none_of_the_text_is_lost(int limit)
    {
        var random = new Random(limit);
        var text = string.Concat(Enumerable.Range(0, 4000).Select(_ => random.Next(12) switch { 0 => "\n", 1 => "\n\n", 2 => "\n## h\n", 3 => "😀", 4 => "\n```\n", 5 => " ", _ => "词" + random.Next(1000) }));
        var pieces = Compile(text, ("MaxDocumentLength", $"{limit}")).Emitted!.Files.Where(f => f.Name.StartsWith("documents/", StringComparison.Ordinal)).SelectMany(f => f.Lines).ToList();
        var texts = pieces.Select(r => System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(r.Json.Span)!["text"].Replace("<|endoftext|>", "", StringComparison.Ordinal)).ToList();
        Assert.All(texts, t => Assert.InRange(t.Length, 1, limit));
        Assert.Equal(Bare(text), Bare(string.Concat(texts)));
        var lines = text.Split('\n');
        Assert.All(pieces.Zip(texts), p => Assert.Contains(p.Second.Split('\n')[0].Trim(), lines[p.First.Line - 1], StringComparison.Ordinal));
    }

    [Fact]
    public void A_footer_is_removed() =>
        Assert.Equal(
            "a\n\n---\n\nb",
            DocumentParser.WithoutFooter("a\n\n---\n\nb\n\n---\n\n## [more](http://x \"0123456789abcdef0123\")\n![ad](x.png)\n<a href=\"y\">y</a>\n\n").TrimEnd());

    [Fact]
    public void A_document_of_nothing_but_a_footer_is_empty() => Assert.Equal(["QA1018(1,1)"], Compile("\n---\n\n![x](y)\n").Found);

    [Fact]
    public void Without_a_heading_the_name_of_the_file_is_the_title() =>
        Assert.StartsWith("{\"prompt\":\"a\"", Compile("text", ("DocumentFormat", "title"), ("SplitRatio", "1/0/0")).Rows[1], StringComparison.Ordinal);

    [Fact]
    public void Front_matter_of_documents_counts()
    {
        var compiled = Compile("---\nid: vac\nlicense: MIT\nsplit: test\n---\n\n# V\n", ("SplitRatio", "1/0/0"));
        var row = compiled.In("documents/test.jsonl").Single();
        Assert.Equal(("vac", "MIT", 7), (row.Id, row.License, row.Line));
    }

    [Fact]
    public void Faults_in_the_front_matter_of_a_document_are_reported() => Assert.Equal(["QA1020(2,5)"], Compile("---\na: b: c\n---\ntext").Found);

    private static Compiled Compile(string document, params (string, string)[] options) =>
        Compiled.Of(new Dictionary<string, string> { [Qa.Path] = Qa.Text(), ["docs/a.md"] = document }, options);

    private static string Words(int length) => string.Concat(Enumerable.Repeat("word ", length / 5)).Trim();

    private static string Bare(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
