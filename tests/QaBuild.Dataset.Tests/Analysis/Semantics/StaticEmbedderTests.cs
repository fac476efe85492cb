using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Semantics;

public sealed class StaticEmbedderTests
{
    private const string Real = "data/embed/model2vec_test_model";
    private static readonly byte[] Words = TinyModel.WordPiece("a", "b");
    private static readonly byte[] Table = TinyModel.Table([9, 9], [3, 4], [1, 0]);

    [Theory]
    [InlineData("b", 1, 0)]
    [InlineData("a b", 2, 2)]
    [InlineData("a b b b", 1.5, 1)]
    [InlineData("b b unknown", 1, 0)]
    [InlineData("b b unknown unknown", 0, 0)]
    [InlineData("b [UNK] b b b b b", 1, 0)]
    [InlineData("unknown", 0, 0)]
    [InlineData("", 0, 0)]
    public void A_vector_is_the_mean_of_the_known_tokens_unless_too_few_are_known(string text, float x, float y) =>
        Assert.Equal([x, y], Opened.Model(Table, Words, """{"normalize":false}""").Embed(text));

    [Fact]
    public void A_vector_has_length_1_where_the_configuration_says_so() => Assert.Equal([0.6f, 0.8f], Opened.Model(Table, Words).Embed("a"));

    [Fact]
    public void A_mapping_leads_tokens_to_rows_and_weights_weigh_tokens()
    {
        var table = TinyModel.Safetensors(
            ("embeddings", "F32", [2, 2], TinyModel.Bytes([1, 0, 0, 1])), ("mapping", "I64", [3], [.. new[] { 0L, 1, 0 }.SelectMany(BitConverter.GetBytes)]), ("weights", "F32", [3], TinyModel.Bytes([1, 2, 4])));

        Assert.Equal([2f, 1], Opened.Model(table, Words, "{}").Embed("a b"));
    }

    [Theory]
    [InlineData("mapping", "I32", new[] { 0, 1, 2 })]
    [InlineData("mapping", "I32", new[] { 0, -1, 0 })]
    [InlineData("mapping", "F32", new[] { 0, 0, 0 })]
    [InlineData("weights", "F32", new[] { 0, 0, 0 })]
    [InlineData("weights", "I32", new[] { 0, 0 })]
    public void A_mapping_or_weights_that_do_not_fit_are_a_finding(string name, string type, int[] numbers)
    {
        var table = TinyModel.Safetensors(("embeddings", "F32", [2, 2], TinyModel.Bytes([1, 0, 0, 1])), (name, type, [numbers.Length], [.. numbers.SelectMany(BitConverter.GetBytes)]));
        using var folder = TinyModel.Folder(table, TinyModel.WordPiece("a"));

        Assert.Contains($"'{name}' ({type}, {numbers.Length}) does not fit", Opened.Message(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_none_makes_no_vector() => Assert.Equal([0f, 0], Opened.Model(TinyModel.Table([0, 0], [float.NaN, 1], [float.PositiveInfinity, 1]), Words).Embed("a b"));

    [Fact]
    public void The_identity_is_that_of_all_files()
    {
        string[] identities =
        [
            Opened.Model(Table, Words).Identity, Opened.Model(Table, Words, "{}").Identity, Opened.Model(Table, TinyModel.WordPiece("b", "a")).Identity,
            Opened.Model(TinyModel.Table([9, 9], [3, 4], [1, 1]), Words).Identity,
        ];

        Assert.Equal(4, identities.Distinct().Count());
        Assert.Equal(identities[0], Opened.Model(Table, Words).Identity);
    }

    // The numbers are those of a Python program of its own, over the same folder.
    [SharedDataFact(Real)]
    public void A_real_model_gives_the_cosines_that_Python_gives()
    {
        var model = StaticModelFolder.Open(Repository.Shared(Real)!, new())!;
        (double, string, string)[] known =
        [
            (0.547319, "How do I back up a single table?", "What is the way to dump only one table?"),
            (0.802125, "What does VACUUM do in PostgreSQL 16?", "Why must PostgreSQL tables be vacuumed?"),
            (0.999703, "Café crème, naïve façade!", "cafe creme naive facade"),
            (0, "什么是索引?", "为什么要建索引"),
            (0.417135, "It's 3.14 (approximately) - isn't it?", "pi is about 3.14"),
            (0.293355, "Explain\tunforgettableness\n\nsimply.", "Internationalization & electroencephalography: how?"),
            (0.586424, "zero\u200bwidth \ufeffmarks", "zero width marks"),
        ];
        var vectors = new UnitVectors(2, model.Dimensions);
        Assert.All(known, k =>
        {
            vectors.Set(0, model.Embed(k.Item2));
            vectors.Set(1, model.Embed(k.Item3));
            Assert.Equal(k.Item1, UnitVectors.Cosine(vectors[0], vectors[1]), 1e-4);
        });
        Assert.Equal(-0.055753f, model.Embed(known[0].Item2)[0], 1e-6f);
    }
}
