using System.Globalization;
using System.Text.RegularExpressions;

namespace QaBuild.Model.Gguf;

/// <summary>
/// A GGUF of version 2 or 3 (docs/gguf.md of ggml's repository), memory-mapped. A model in several files is opened through any of them. The file is a download and may
/// hold anything: whatever does not fit is a finding, and no size is believed before it is held against the file's own.
/// </summary>
public sealed partial class GgufFile : IDisposable
{
    /// <summary>Where tensors begin when <c>general.alignment</c> says nothing else.</summary>
    public const int DefaultAlignment = 32;

    internal const int MostDimensions = 4;
    internal const int LongestTensorName = 127;
    private const int SmallestPair = sizeof(ulong) + 1 + sizeof(uint) + 1;
    private const int SmallestTensor = sizeof(ulong) + 1 + sizeof(uint) + sizeof(uint) + sizeof(ulong);
    private const uint Magic = 0x46554747;
    private const uint LargestAlignment = 1 << 20;
    private readonly List<MappedFile> _files = [];
    private readonly Dictionary<string, GgufTensor> _byName;

    private GgufFile(string path, List<MappedFile> files, uint version, IReadOnlyDictionary<string, object> metadata, List<GgufTensor> tensors)
    {
        (Path, _files, Version, Metadata, Tensors) = (path, files, version, metadata, tensors);
        _byName = tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>As the user named it.</summary>
    public string Path { get; }

    /// <summary>2 or 3.</summary>
    public uint Version { get; }

    /// <summary>Numbers as their own .NET types, <c>bool</c>, <c>string</c> or <see cref="GgufArray"/>, in the file's order; of several files, those of the first.</summary>
    public IReadOnlyDictionary<string, object> Metadata { get; }

    /// <summary>In the file's order.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <summary>Opens a model, an adapter or a vocabulary.</summary>
    /// <exception cref="ModelFaultException">QA7003: what is wrong, and where.</exception>
    public static GgufFile Open(string path)
    {
        var files = new List<MappedFile>();
        try
        {
            return Open(path, MappedFile.Open, files);
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    /// <summary>Reads a file that is in memory already.</summary>
    internal static GgufFile Parse(byte[] bytes, string path = "memory.gguf")
    {
        var files = new List<MappedFile>();
        try
        {
            return Open(path, p => MappedFile.Over(bytes, p), files);
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    /// <summary>The tensor of this name, or null.</summary>
    public GgufTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The text of a key; null when it is absent or no text.</summary>
    public string? Text(string key) => Metadata.GetValueOrDefault(key) as string;

    /// <summary>The whole number of a key; null when it is absent or none.</summary>
    public long? Integer(string key) => Metadata.GetValueOrDefault(key) switch
    {
        byte n => n,
        sbyte n => n,
        ushort n => n,
        short n => n,
        uint n => n,
        int n => n,
        long n => n,
        ulong n when n <= long.MaxValue => (long)n,
        _ => null,
    };

    /// <summary>The number of a key; null when it is absent or none.</summary>
    public double? Number(string key) => Metadata.GetValueOrDefault(key) switch
    {
        float n => n,
        double n => n,
        _ => Integer(key),
    };

    /// <summary>The truth value of a key; null when it is absent or none.</summary>
    public bool? Flag(string key) => Metadata.GetValueOrDefault(key) as bool?;

    /// <summary>The array of a key; null when it is absent or of elements of another type.</summary>
    public T[]? Array<T>(string key) => (Metadata.GetValueOrDefault(key) as GgufArray)?.Values as T[];

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(f => f.Dispose());

    private static GgufFile Open(string path, Func<string, MappedFile> open, List<MappedFile> files)
    {
        var first = Part(path, open, files);
        var count = first.Integer("split.count") ?? 1;
        if (count <= 1)
        {
            return first;
        }

        var cursor = new GgufCursor(files[0]);
        var match = ShardName().Match(System.IO.Path.GetFileName(path));
        if (!match.Success || long.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture) != count)
        {
            throw cursor.Malformed("GgufShardName", count);
        }

        var folder = System.IO.Path.GetDirectoryName(path) ?? "";
        var own = first.Integer("split.no") ?? -1;
        var tensors = new List<GgufTensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var lead = first;
        for (var number = 0; number < count; number++)
        {
            var part = first;
            if (number != own)
            {
                var sibling = System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{match.Groups[1].Value}-{number + 1:D5}-of-{count:D5}.gguf"));
                part = Part(sibling, open, files);
            }

            var (of, no) = (part.Integer("split.count"), part.Integer("split.no"));
            if (of != count || no != number)
            {
                throw new GgufCursor(files[^1]).Malformed("GgufShardNumber", (no ?? -1) + 1, of ?? 0, number + 1, count);
            }

            lead = number == 0 ? part : lead;
            foreach (var tensor in part.Tensors)
            {
                tensors.Add(names.Add(tensor.Name) ? tensor : throw new GgufCursor(tensor.Source!).Malformed("GgufTensorTwice", tensor.Name));
            }
        }

        if (lead.Integer("split.tensors.count") is { } told && told != tensors.Count)
        {
            throw cursor.Malformed("GgufShardTensors", told, tensors.Count);
        }

        return new GgufFile(path, files, lead.Version, lead.Metadata, tensors);
    }

    private static GgufFile Part(string path, Func<string, MappedFile> open, List<MappedFile> files)
    {
        var file = open(path);
        files.Add(file);
        var cursor = new GgufCursor(file);
        if (cursor.Left < sizeof(uint) || cursor.UInt32("magic") != Magic)
        {
            throw cursor.Malformed("GgufMagic");
        }

        var version = cursor.UInt32("version");
        if (version is not (2 or 3))
        {
            // A version is a small number: with its bytes turned round it is a large one.
            throw version > ushort.MaxValue ? cursor.Malformed("GgufBigEndian") : cursor.Malformed("GgufVersion", version);
        }

        var tensorCount = cursor.Count("tensor_count", 1);
        var pairCount = cursor.Count("metadata_kv_count", SmallestPair);
        var metadata = new OrderedDictionary<string, object>(StringComparer.Ordinal);
        for (var i = 0; i < pairCount; i++)
        {
            var key = cursor.Key("key");
            var value = cursor.Value(key, (GgufValueType)cursor.UInt32(key));
            if (!metadata.TryAdd(key, value))
            {
                throw cursor.Malformed("GgufKeyTwice", key);
            }
        }

        var tensors = ReadTensors(cursor, tensorCount, Alignment(cursor, metadata), file);
        return new GgufFile(path, files, version, metadata, tensors);
    }

    private static long Alignment(GgufCursor cursor, OrderedDictionary<string, object> metadata) => metadata.GetValueOrDefault("general.alignment") switch
    {
        null => DefaultAlignment,
        uint alignment when alignment is > 0 and <= LargestAlignment && (alignment & (alignment - 1)) == 0 => alignment,
        var other => throw cursor.Malformed("GgufAlignment", other as object ?? ""),
    };

    private static List<GgufTensor> ReadTensors(GgufCursor cursor, int count, long alignment, MappedFile file)
    {
        if (count > cursor.Left / SmallestTensor)
        {
            throw cursor.Malformed("GgufCount", "tensor_count", count, cursor.At, cursor.Left);
        }

        var found = new List<GgufTensor>(count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = cursor.Key("tensor");
            if (name.Length > LongestTensorName)
            {
                throw cursor.Malformed("GgufTensorName", name, LongestTensorName);
            }

            if (!names.Add(name))
            {
                throw cursor.Malformed("GgufTensorTwice", name);
            }

            var dimensions = cursor.UInt32(name);
            if (dimensions > MostDimensions)
            {
                throw cursor.Malformed("GgufDimensions", name, dimensions, MostDimensions);
            }

            var shape = new long[dimensions];
            for (var d = 0; d < shape.Length; d++)
            {
                shape[d] = (long)cursor.UInt64(name);
            }

            var type = (GgmlType)cursor.UInt32(name);
            if (!GgmlTypes.IsKnown(type))
            {
                throw cursor.Malformed("GgufTensorType", name, (uint)type);
            }

            var bytes = GgmlTypes.Bytes(type, shape) ?? throw cursor.Malformed("GgufShape", name, string.Join(" × ", shape), type.ToString());
            var offset = cursor.UInt64(name);
            if (offset > long.MaxValue || (long)offset % alignment != 0)
            {
                throw cursor.Malformed("GgufOffset", name, offset, alignment);
            }

            found.Add(new GgufTensor(name, type, shape, bytes) { Source = file, Offset = (long)offset });
        }

        return Placed(cursor, found, alignment, file);
    }

    private static List<GgufTensor> Placed(GgufCursor cursor, List<GgufTensor> found, long alignment, MappedFile file)
    {
        var start = Aligned(cursor.At, alignment);
        var end = 0L;
        foreach (var tensor in found.OrderBy(t => t.Offset).ThenBy(t => t.Bytes))
        {
            if (tensor.Bytes > 0 && (start > file.Length || tensor.Offset > file.Length - start || tensor.Bytes > file.Length - start - tensor.Offset))
            {
                throw cursor.Malformed("GgufTensorEnds", tensor.Name, tensor.Bytes, tensor.Offset, Math.Max(0, file.Length - start));
            }

            if (tensor.Offset < end)
            {
                throw cursor.Malformed("GgufOverlap", tensor.Name);
            }

            end = tensor.Offset + tensor.Bytes;
        }

        return found.ConvertAll(t => t with { Offset = start + t.Offset });
    }

    internal static long Aligned(long offset, long alignment) => (offset + alignment - 1) / alignment * alignment;

    [GeneratedRegex(@"^(.+)-([0-9]{5})-of-([0-9]{5})\.gguf$", RegexOptions.CultureInvariant)]
    private static partial Regex ShardName();
}
