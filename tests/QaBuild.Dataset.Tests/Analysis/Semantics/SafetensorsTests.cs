namespace QaBuild.Dataset.Tests.Analysis.Semantics;

public sealed class SafetensorsTests
{
    private static readonly byte[] Words = TinyModel.WordPiece("a", "b");

    [Theory]
    [InlineData("F32", new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 64, 0, 0, 128, 64, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("F16", new byte[] { 0, 0, 0, 0, 0, 66, 0, 68, 0, 0, 0, 0 })]
    [InlineData("BF16", new byte[] { 0, 0, 0, 0, 64, 64, 128, 64, 0, 0, 0, 0 })]
    [InlineData("I8", new byte[] { 0, 0, 3, 4, 0, 0 })]
    public void Every_type_of_number_is_read(string type, byte[] data)
    {
        var model = Opened.Model(TinyModel.Safetensors(("embeddings", type, [3, 2], data)), Words);

        Assert.Equal([0.6f, 0.8f], model.Embed("a"));
    }

    [Fact]
    public void A_negative_byte_is_a_negative_number() =>
        Assert.Equal([-1f, 0], Opened.Model(TinyModel.Safetensors(("embeddings", "I8", [3, 2], [0, 0, 0x80, 0, 0, 0])), Words).Embed("a"));

    [Theory]
    [InlineData("{}", 0, "holds no tensor 'embeddings'")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}}""", 20, "'embeddings' (F32, 3 × 2)")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}}""", 25, "gap between them, at byte 24")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[3,2],"data_offsets":[1,25]}}""", 25, "gap between them, at byte 1")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[3,2],"data_offsets":[-24,0]}}""", 24, "'embeddings' (F32, 3 × 2)")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[3,2],"data_offsets":[24,0]}}""", 24, "'embeddings' (F32, 3 × 2)")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[3,2],"data_offsets":[0,9223372036854775807]}}""", 24, "'embeddings' (F32, 3 × 2)")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[3,2],"data_offsets":[0,92233720368547758070]}}""", 24, "shape of its format")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[3,2],"data_offsets":[0]}}""", 24, "'embeddings' (F32, 3 × 2)")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}""", 0, "'embeddings' (F32")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[2147483647,2147483647],"data_offsets":[0,24]}}""", 24, "'embeddings' (F32")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[-3,-2],"data_offsets":[0,24]}}""", 24, "'embeddings' (F32")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}}""", 24, "'embeddings' is F32, 6;")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[0,6],"data_offsets":[0,0]}}""", 0, "'embeddings' is F32, 0 × 6;")]
    [InlineData("""{"embeddings":{"dtype":"I8","shape":[1,5000],"data_offsets":[0,5000]}}""", 5000, "with at most 4096 dimensions")]
    [InlineData("""{"embeddings":{"dtype":"F64","shape":[3,1],"data_offsets":[0,24]}}""", 24, "'embeddings' is F64")]
    [InlineData("""{"embeddings":{"dtype":"Q4","shape":[3,2],"data_offsets":[0,24]}}""", 24, "'embeddings' (Q4, 3 × 2)")]
    [InlineData("""{"embeddings":{"dtype":"I8","shape":[3,1],"data_offsets":[0,3]},"embeddings":{"dtype":"I8","shape":[3,1],"data_offsets":[3,6]}}""", 6, "'embeddings' stands twice")]
    [InlineData("""{"embeddings":{"dtype":"I8","shape":[3,1],"data_offsets":[0,3]},"other":{"dtype":"I8","shape":[3,1],"data_offsets":[2,5]}}""", 5, "tensors overlap")]
    [InlineData("""{"embeddings":{"dtype":"I8","shape":[2,1],"data_offsets":[0,2]}}""", 2, "the token number 2, but model.safetensors has 2 tokens")]
    [InlineData("[]", 0, "shape of its format")]
    [InlineData("""{"embeddings":7}""", 0, "shape of its format")]
    [InlineData("""{"embeddings":{"dtype":"F32","shape":[1.5],"data_offsets":[0,24]}}""", 24, "shape of its format")]
    public void A_header_that_the_file_does_not_bear_out_is_a_finding(string header, int bytes, string message)
    {
        using var folder = TinyModel.Folder(TinyModel.Safetensors(header, new byte[bytes]), Words);

        Assert.Contains(message, Opened.Message(folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 1 })]
    [InlineData(new byte[] { 255, 255, 255, 127, 0, 0, 0, 0, 1 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0, 0, 0, 1 })]
    public void A_header_longer_than_the_file_is_a_finding(byte[] file)
    {
        using var folder = TinyModel.Folder(file, Words);

        Assert.Contains("does not begin with the length of a header", Opened.Message(folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    [InlineData("config.json")]
    public void A_file_that_is_absent_is_named(string name)
    {
        using var folder = TinyModel.Folder(TinyModel.Table([0, 0], [1, 0], [0, 1]), Words);
        File.Delete(Path.Combine(folder.Path, name));

        Assert.Contains($"it holds no {name}", Opened.Message(folder), StringComparison.Ordinal);
    }
}
