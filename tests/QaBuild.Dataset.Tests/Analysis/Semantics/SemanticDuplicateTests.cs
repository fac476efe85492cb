using System.Globalization;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Semantics;

public sealed class SemanticDuplicateTests
{
    private const string Real = "data/embed/model2vec_test_model";
    private const string Dump = "How do you dump the table of a database?";
    private const string Export = "How can you export the table of a database?";

    // What a word means is the direction of its vector; here words have that of another.
    private static readonly Dictionary<string, string> Synonyms = new() { ["export"] = "dump", ["save"] = "dump", ["can"] = "do", ["may"] = "do" };

    private static readonly string[] Words =
        ["how", "do", "can", "may", "you", "dump", "export", "save", "the", "table", "##s", "of", "a", "database", "restore", "two", "not", "which", "?"];

    [Fact]
    public void A_question_in_other_words_is_a_warning_at_the_later_file_that_names_the_earlier()
    {
        var found = Assert.Single(Compile(Qa.Text(Dump), Qa.Text(Export)).Diagnostics);

        Assert.Equal("QA3007", found.Code);
        Assert.EndsWith("qa_l_002.md", found.Location.Path, StringComparison.Ordinal);
        Assert.Equal(19, found.Location.Line);
        var message = found.Message(CultureInfo.InvariantCulture);
        Assert.Contains($"job_dba/skill_sql/qa_l_001.md(19): '{Dump}' (similarity 0.", message, StringComparison.Ordinal);
        Assert.Contains("from 1.00 by meaning and 0.", message, StringComparison.Ordinal);
        Assert.Contains("; only here: can, export; only there: do, dump)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Questions_of_one_meaning_share_a_split_and_pins_that_part_them_leak() =>
        Assert.Contains("QA4004", Compile(Qa.Text(Dump, front: "split: train"), Qa.Text(Export, front: "split: test")).Codes);

    [Theory]
    [InlineData("How can you export the two tables of a database?")]
    [InlineData("How can you not export the table of a database?")]
    [InlineData("How can you export the table of a database 16?")]
    public void A_number_or_a_negation_makes_another_question_whatever_the_model_says(string question)
    {
        Assert.Empty(Compile([Qa.Text(Dump), Qa.Text(question)], ("SemanticThreshold", "0.5")).Codes);
        Assert.Equal(["QA3007"], Compile([Qa.Text(question.Replace("can", "do", StringComparison.Ordinal).Replace("export", "dump", StringComparison.Ordinal)), Qa.Text(question)], ("SemanticThreshold", "0.5")).Codes);
    }

    [Fact]
    public void Without_a_model_nothing_is_reported() => Assert.Empty(Compiled.Of(Files(Qa.Text(Dump), Qa.Text(Export)), ("SplitRatio", "1/0/0")).Codes);

    [Fact]
    public void Wordings_that_one_file_declares_are_meant() => Assert.Empty(Compile(Qa.Text(Dump, front: $"paraphrases: ['{Export}']")).Codes);

    [Fact]
    public void A_paraphrase_is_compared_with_other_files_and_named_at_its_line()
    {
        var found = Assert.Single(Compile(Qa.Text(Dump), Qa.Text("Which two do you restore?", front: $"paraphrases:\n  - {Export}")).Diagnostics);

        Assert.Equal(("QA3007", 3), (found.Code, found.Location.Line));
    }

    [Fact]
    public void Questions_about_different_passages_are_different_questions() =>
        Assert.Empty(Compile(Qa.Text(Dump, front: "context: { text: 'one passage' }"), Qa.Text(Export, front: "context: { text: 'another' }")).Codes);

    [Theory]
    [InlineData("warn", true)]
    [InlineData("drop", false)]
    public void What_is_left_out_means_the_same_as_nothing(string action, bool reported)
    {
        string[] texts = [Qa.Text("Which two do you restore?"), Qa.Text("which two do you restore", "b", front: $"paraphrases: ['{Dump}']"), Qa.Text(Export, "c")];
        Assert.Equal(reported, Compile(texts, ("DuplicateAction", action)).Codes.Contains("QA3007"));
    }

    [Fact]
    public void A_finding_can_be_suppressed_with_a_reason() =>
        Assert.Empty(Compile(Qa.Text(Dump), Qa.Text(Export, front: "suppress:\n  - { code: QA3007, reason: both are asked }")).Codes);

    [Fact]
    public void A_group_of_three_questions_is_two_findings()
    {
        var found = Compile(Qa.Text(Dump), Qa.Text(Export), Qa.Text("How may you save the table of a database?")).Diagnostics;

        Assert.Equal(["qa_l_002.md", "qa_l_003.md"], found.Where(d => d.Code == "QA3007").Select(d => Path.GetFileName(d.Location.Path)));
    }

    [Theory]
    [InlineData("0.99", false)]
    [InlineData("0.5", true)]
    public void The_threshold_is_a_property(string threshold, bool found) =>
        Assert.Equal(found, Compile([Qa.Text(Dump), Qa.Text(Export)], ("SemanticThreshold", threshold)).Codes.Contains("QA3007"));

    [Theory]
    [InlineData("0")]
    [InlineData("1.01")]
    [InlineData("-1")]
    [InlineData("high")]
    [InlineData("NaN")]
    public void A_threshold_out_of_range_is_a_finding(string threshold) => Assert.Contains("QA1027", Compile([Qa.Text(Dump)], ("SemanticThreshold", threshold)).Codes);

    [Fact]
    public void A_model_that_cannot_be_read_is_an_error_at_its_folder()
    {
        using var model = new TemporaryFolder();
        var compiled = Compiled.Of(Qa.Text(), ("SemanticModel", model.Path));

        Assert.Equal(["QA7002(0,0)"], compiled.Found);
        Assert.Null(compiled.Emitted);
    }

    [Fact]
    public void Where_the_model_lies_is_not_in_the_manifest()
    {
        using var model = Model();

        Assert.DoesNotContain(Path.GetTempPath().TrimEnd('/'), Compiled.Of(Qa.Text(), ("SemanticModel", model.Path)).Manifest, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finding_comes_again_from_the_cache_and_one_edited_file_is_one_text_embedded()
    {
        using var folder = new TemporaryFolder();
        var cache = Path.Combine(folder.Path, "embeddings.cache");
        var embedder = new Counting(Opened.Model(Table(), TinyModel.WordPiece(Words)));
        string[] texts = [Dump, Export, "Which two do you restore?"];
        var first = Find(texts);
        Assert.Single(first);
        Assert.Equal(3, embedder.Count);

        Assert.Equal(first, Find(texts));
        Assert.Equal(3, embedder.Count);

        texts[2] = "Which two can you restore?";
        Assert.Equal(first, Find(texts));
        Assert.Equal(4, embedder.Count);

        IReadOnlyList<SemanticPair> Find(string[] from) =>
            SemanticJoin.Find(Array.ConvertAll(from, t => TextKey.Of(t)), i => from[i], embedder, 0.7, 0.9, cache, new ParallelOptions { MaxDegreeOfParallelism = 2 });
    }

    [Fact]
    public void A_text_that_stands_twice_counts_once()
    {
        string[] texts = [Export, Dump, Export, Dump];
        var pairs = SemanticJoin.Find(Array.ConvertAll(texts, t => TextKey.Of(t)), i => texts[i], Opened.Model(Table(), TinyModel.WordPiece(Words)), 0.7, 0.9, null, new ParallelOptions());

        Assert.Equal((0, 1), (Assert.Single(pairs).First, pairs[0].Second));
    }

    [SharedDataFact(Real)]
    public void A_real_model_finds_what_no_wording_tells()
    {
        (string, string)[] options = [("SemanticModel", Repository.Shared(Real)!), ("SplitRatio", "1/0/0")];
        var found = Compiled.Of(
            Files(
                Qa.Text("Which tables in the database are large?"), Qa.Text("List the large tables in our database."),
                Qa.Text("How do I drop an index without blocking writes?"), Qa.Text("What is a covering index?")),
            options).Diagnostics.Select(d => (d.Code, Path.GetFileName(d.Location.Path)));

        Assert.Equal([("QA3007", "qa_l_002.md")], found);
    }

    private static Compiled Compile(params string[] texts) => Compile(texts, ("SemanticThreshold", ""));

    private static Compiled Compile(string[] texts, (string, string) option)
    {
        using var model = Model();
        return Compiled.Of(Files(texts), ("SemanticModel", model.Path), ("SplitRatio", "1/0/0"), option);
    }

    private static Dictionary<string, string> Files(params string[] texts) => texts.Select((t, i) => (t, i)).ToDictionary(f => Qa.PathOf(f.i + 1), f => f.t);

    private static TemporaryFolder Model() => TinyModel.Folder(Table(), TinyModel.WordPiece(Words));

    private static byte[] Table() => TinyModel.Table([new float[Words.Length], .. Words.Select(Direction)]);

    private static float[] Direction(string word)
    {
        var vector = new float[Words.Length];
        vector[Array.IndexOf(Words, Synonyms.GetValueOrDefault(word, word))] = 1;
        return vector;
    }

    private sealed class Counting(IEmbedder inner) : IEmbedder
    {
        private int _count;

        public int Count => _count;

        public int Dimensions => inner.Dimensions;

        public string Identity => inner.Identity;

        public void Embed(string text, Span<float> vector)
        {
            Interlocked.Increment(ref _count);
            inner.Embed(text, vector);
        }
    }
}
