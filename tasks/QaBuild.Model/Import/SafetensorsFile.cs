using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text.Json;

namespace QaBuild.Model.Import;

/// <summary>
/// A safetensors file, memory-mapped: 8 bytes with the length of a JSON header, the header, the data (the format's own README). The header of a download may say anything;
/// it is believed only where it agrees with the file's size, and the data must be covered without overlap or gap, as the format demands.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const long LargestHeader = 100_000_000;
    private const int DeepestHeader = 8;

    private static readonly FrozenDictionary<string, int> Widths = new Dictionary<string, int>
    {
        ["BOOL"] = 1, ["U8"] = 1, ["I8"] = 1, ["F8_E4M3"] = 1, ["F8_E5M2"] = 1, ["U16"] = 2, ["I16"] = 2, ["F16"] = 2, ["BF16"] = 2,
        ["U32"] = 4, ["I32"] = 4, ["F32"] = 4, ["U64"] = 8, ["I64"] = 8, ["F64"] = 8,
    }.ToFrozenDictionary();

    private readonly MappedFile _file;

    private SafetensorsFile(MappedFile file, IReadOnlyList<SafeTensor> tensors, IReadOnlyDictionary<string, string> metadata) =>
        (_file, Tensors, Metadata) = (file, tensors, metadata);

    /// <summary>As the user named it.</summary>
    public string Path => _file.Path;

    /// <summary>In the header's order.</summary>
    public IReadOnlyList<SafeTensor> Tensors { get; }

    /// <summary>The header's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="ModelFaultException">QA7003: what is wrong.</exception>
    public static SafetensorsFile Open(string path) => Read(MappedFile.Open(path));

    /// <summary>Reads a file that is in memory already.</summary>
    internal static SafetensorsFile Parse(byte[] bytes, string path = "memory.safetensors") => Read(MappedFile.Over(bytes, path));

    /// <summary>Bytes an element of a type of the format, or null when it has no such type.</summary>
    public static int? WidthOf(string type) => Widths.TryGetValue(type, out var width) ? width : null;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static SafetensorsFile Read(MappedFile file)
    {
        try
        {
            var (tensors, metadata) = Header(file);
            return new SafetensorsFile(file, tensors, metadata);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static (List<SafeTensor> Tensors, Dictionary<string, string> Metadata) Header(MappedFile file)
    {
        if (file.Length < sizeof(ulong))
        {
            throw Malformed(file, "SafetensorsShort", file.Length);
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(0, sizeof(ulong)));
        if (length > (ulong)Math.Min(LargestHeader, file.Length - sizeof(ulong)))
        {
            throw Malformed(file, "SafetensorsHeaderLength", length, file.Length);
        }

        var tensors = new List<SafeTensor>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var start = sizeof(ulong) + (long)length;
        try
        {
            // A reader that never builds a tree: a header of brackets would cost many times its size.
            var reader = new Utf8JsonReader(file.Slice(sizeof(ulong), (int)length), new JsonReaderOptions { MaxDepth = DeepestHeader });
            var names = new HashSet<string>(StringComparer.Ordinal);
            Expect(ref reader, JsonTokenType.StartObject);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!names.Add(name))
                {
                    throw Malformed(file, "SafetensorsTwice", name);
                }

                if (name == "__metadata__")
                {
                    ReadMetadata(ref reader, metadata);
                }
                else
                {
                    tensors.Add(ReadTensor(ref reader, name, file, start));
                }
            }

            while (reader.Read())
            {
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Malformed(file, "SafetensorsHeader", e.Message);
        }

        RequireWhole(file, tensors, start);
        return (tensors, metadata);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        // mlx writes null when there is none.
        if (reader.Read() && reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"{JsonTokenType.StartObject} was expected, not {reader.TokenType}");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String);
            metadata[key] = reader.GetString()!;
        }
    }

    private static SafeTensor ReadTensor(ref Utf8JsonReader reader, string name, MappedFile file, long start)
    {
        const int MostDimensions = 8;
        var (type, shape, offsets) = ("", new List<long>(), new List<long>());
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (reader.GetString())
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String);
                    type = reader.GetString()!;
                    break;
                case "shape":
                    Numbers(ref reader, shape, MostDimensions);
                    break;
                case "data_offsets":
                    Numbers(ref reader, offsets, 2);
                    break;
                default:
                    reader.Read();
                    reader.Skip();
                    break;
            }
        }

        if (WidthOf(type) is not { } width)
        {
            throw Malformed(file, "SafetensorsType", name, type);
        }

        var bytes = (UInt128)(uint)width;
        foreach (var length in shape)
        {
            bytes = length < 0 || bytes > long.MaxValue ? UInt128.MaxValue : bytes * (ulong)length;
        }

        if (offsets.Count != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > file.Length - start || bytes != (ulong)(offsets[1] - offsets[0]))
        {
            throw Malformed(file, "SafetensorsExtent", name, type, string.Join(" × ", shape), string.Join("–", offsets), file.Length - start);
        }

        return new SafeTensor(name, type, shape, offsets[1] - offsets[0]) { Source = file, Offset = start + offsets[0] };
    }

    private static void Numbers(ref Utf8JsonReader reader, List<long> numbers, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        numbers.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            numbers.Add(numbers.Count < most ? reader.GetInt64() : throw new JsonException($"more than {most} numbers"));
        }

        if (reader.TokenType != JsonTokenType.EndArray)
        {
            throw new JsonException($"a number was expected, not {reader.TokenType}");
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException($"{type} was expected, not {reader.TokenType}");
        }
    }

    private static void RequireWhole(MappedFile file, List<SafeTensor> tensors, long start)
    {
        var at = start;
        foreach (var tensor in tensors.OrderBy(t => t.Offset).ThenBy(t => t.Bytes))
        {
            if (tensor.Offset != at)
            {
                throw Malformed(file, "SafetensorsGap", at - start, tensor.Name);
            }

            at += tensor.Bytes;
        }

        if (at != file.Length)
        {
            throw Malformed(file, "SafetensorsRest", file.Length - at);
        }
    }

    private static ModelFaultException Malformed(MappedFile file, string reason, params object[] arguments) =>
        new(ModelFaults.FileMalformed, file.Path, file.Path, new Reason(reason, arguments));
}
