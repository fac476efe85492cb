using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Semantics;

public sealed class EmbeddingCacheTests
{
    private static readonly TextKey[] Keys = [TextKey.Of("a"), TextKey.Of("b")];
    private static readonly IEmbedder Model = new Named(3, "one");

    [Fact]
    public void What_was_written_is_read_again()
    {
        using var folder = new TemporaryFolder();
        var cache = EmbeddingCache.Read(Write(folder), Model);

        Assert.Equal([0, 0, UnitVectors.One], Get(cache, Keys[0])!);
        Assert.Equal([-UnitVectors.One, 0, 0], Get(cache, Keys[1])!);
        Assert.Null(Get(cache, TextKey.Of("c")));
        Assert.Null(Get(cache, Keys[0] with { High = 7 }));
    }

    [Theory]
    [InlineData(3, "two")]
    [InlineData(2, "one")]
    public void Another_model_finds_nothing(int dimensions, string identity)
    {
        using var folder = new TemporaryFolder();

        Assert.Null(Get(EmbeddingCache.Read(Write(folder), new Named(dimensions, identity)), Keys[0]));
    }

    [Fact]
    public void A_cache_with_any_byte_changed_or_cut_off_counts_as_absent()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder);
        var bytes = File.ReadAllBytes(path);
        Assert.All(Enumerable.Range(0, bytes.Length), at =>
        {
            File.WriteAllBytes(path, [.. bytes[..at], (byte)(bytes[at] ^ 1), .. bytes[(at + 1)..]]);
            Assert.Null(Get(EmbeddingCache.Read(path, Model), Keys[1]));
            File.WriteAllBytes(path, bytes[..at]);
            Assert.Null(Get(EmbeddingCache.Read(path, Model), Keys[1]));
        });
    }

    [Fact]
    public void A_cache_that_cannot_be_written_or_read_is_no_fault()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "embeddings.cache"));

        Assert.Null(Get(EmbeddingCache.Read(Write(folder), Model), Keys[0]));
        Assert.Null(Get(EmbeddingCache.Read(null, Model), Keys[0]));
    }

    private static string Write(TemporaryFolder folder)
    {
        var path = Path.Combine(folder.Path, "embeddings.cache");
        var vectors = new UnitVectors(2, 3);
        vectors.Set(0, [0, 0, 2]);
        vectors.Set(1, [-5, 0, 0]);
        EmbeddingCache.Read(null, Model).Write(path, Keys, vectors);
        return path;
    }

    private static short[]? Get(EmbeddingCache cache, TextKey key)
    {
        var vector = new short[3];
        return cache.TryGet(key, vector) ? vector : null;
    }

    private sealed record Named(int Dimensions, string Identity) : IEmbedder
    {
        public void Embed(string text, Span<float> vector) => throw new InvalidOperationException("A cache needs no vector.");
    }
}
