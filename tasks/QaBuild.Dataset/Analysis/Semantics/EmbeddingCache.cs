using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using QaBuild.Dataset.Emission;

namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>
/// The vectors of the last compile, by what their texts say: an edited text alone is embedded again. The file holds what an embedder of one identity made of the
/// texts of one compile; it ends with a checksum, and one that is broken counts as absent.
/// </summary>
internal sealed class EmbeddingCache
{
    private const int KeyBytes = 2 * sizeof(ulong);
    private const long LargestFile = 1 << 30;
    private readonly byte[] _head;
    private readonly int _dimensions;
    private readonly byte[] _bytes;
    private readonly Dictionary<ulong, int> _places = [];

    private EmbeddingCache(byte[] head, int dimensions, byte[] bytes) => (_head, _dimensions, _bytes) = (head, dimensions, bytes);

    private int EntryBytes => KeyBytes + (_dimensions * sizeof(short));

    /// <summary>What a file holds for an embedder: nothing, when it cannot be read or another embedder made it.</summary>
    public static EmbeddingCache Read(string? path, IEmbedder embedder)
    {
        var head = SHA256.HashData(Encoding.UTF8.GetBytes($"QaBuild embeddings 1 {embedder.Dimensions} {embedder.Identity}"));
        try
        {
            if (path is not null && new FileInfo(path) is { Exists: true, Length: <= LargestFile })
            {
                var cache = new EmbeddingCache(head, embedder.Dimensions, File.ReadAllBytes(path));
                return cache.Index() ? cache : new EmbeddingCache(head, embedder.Dimensions, []);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As if there were none.
        }

        return new EmbeddingCache(head, embedder.Dimensions, []);
    }

    /// <summary>Copies the vector of a text.</summary>
    /// <returns>Whether it is there.</returns>
    public bool TryGet(TextKey key, Span<short> vector)
    {
        if (!_places.TryGetValue(key.Low, out var place) || BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(place)) != key.High)
        {
            return false;
        }

        place += KeyBytes;
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = BinaryPrimitives.ReadInt16LittleEndian(_bytes.AsSpan(place + (i * sizeof(short))));
        }

        return true;
    }

    /// <summary>Replaces the file's content. A cache that cannot be written is no fault: the next compile embeds everything.</summary>
    public void Write(string path, TextKey[] keys, UnitVectors vectors)
    {
        var content = new byte[_head.Length + ((long)keys.Length * EntryBytes) + SHA256.HashSizeInBytes];
        _head.CopyTo(content, 0);
        for (var i = 0; i < keys.Length; i++)
        {
            var entry = content.AsSpan(_head.Length + (i * EntryBytes), EntryBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, keys[i].High);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[sizeof(ulong)..], keys[i].Low);
            var vector = vectors[i];
            for (var k = 0; k < vector.Length; k++)
            {
                BinaryPrimitives.WriteInt16LittleEndian(entry[(KeyBytes + (k * sizeof(short)))..], vector[k]);
            }
        }

        SHA256.HashData(content.AsSpan(..^SHA256.HashSizeInBytes), content.AsSpan(^SHA256.HashSizeInBytes..));
        try
        {
            OutputFiles.Write(path, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Slower next time, and right all the same.
        }
    }

    private bool Index()
    {
        var end = _bytes.Length - SHA256.HashSizeInBytes;
        if (end < _head.Length || (end - _head.Length) % EntryBytes != 0 || !_bytes.AsSpan(.._head.Length).SequenceEqual(_head)
            || !SHA256.HashData(_bytes.AsSpan(..end)).AsSpan().SequenceEqual(_bytes.AsSpan(end..)))
        {
            return false;
        }

        for (var at = _head.Length; at < end; at += EntryBytes)
        {
            _places[BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at + sizeof(ulong)))] = at;
        }

        return true;
    }
}
