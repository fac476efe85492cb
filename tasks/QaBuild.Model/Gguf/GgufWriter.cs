using System.Buffers.Binary;
using System.Text;

namespace QaBuild.Model.Gguf;

/// <summary>Writes a GGUF of version 3. The order of the calls is the order in the file: the same calls, the same bytes.</summary>
public sealed class GgufWriter
{
    private readonly OrderedDictionary<string, object> _metadata = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, Pending> _tensors = new(StringComparer.Ordinal);

    /// <summary>Adds metadata.</summary>
    /// <param name="key">Not added before.</param>
    /// <param name="value">A number, <c>bool</c>, <c>string</c>, an array of these or a <see cref="GgufArray"/>; its .NET type decides the type in the file.</param>
    /// <exception cref="ArgumentException">The key was added before, or the format has no such type.</exception>
    public void Add(string key, object value)
    {
        if (key.Length == 0 || Encoding.UTF8.GetByteCount(key) > ushort.MaxValue)
        {
            throw new ArgumentException("A key has 1 to 65535 bytes.", nameof(key));
        }

        if (value is Array values)
        {
            value = new GgufArray(TypeOf(values.GetType().GetElementType()!), values);
        }

        _ = TypeOf(value.GetType());
        _metadata.Add(key, value);
    }

    /// <summary>Adds metadata unless there is none.</summary>
    public void AddIfAny(string key, object? value)
    {
        if (value is not null)
        {
            Add(key, value);
        }
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Not added before.</param>
    /// <param name="type">Of its elements.</param>
    /// <param name="shape">The densest dimension first.</param>
    /// <param name="write">Writes its bytes, all and no more, when the file is written.</param>
    /// <exception cref="ArgumentException">The name was added before, or no tensor can have this shape.</exception>
    public void AddTensor(string name, GgmlType type, IReadOnlyList<long> shape, Action<Stream> write)
    {
        if (name.Length is 0 or > GgufFile.LongestTensorName || shape.Count > GgufFile.MostDimensions)
        {
            throw new ArgumentException($"'{name}' has no name or shape that a tensor can have.", nameof(name));
        }

        _tensors.Add(name, new Pending(type, [.. shape], GgmlTypes.Bytes(type, shape) ?? throw new ArgumentException($"'{name}': {type} of {string.Join(" × ", shape)}", nameof(shape)), write));
    }

    /// <summary>Streams the file to a temporary one and moves it into place; a failure or a cancel leaves what was there.</summary>
    /// <param name="path">Its folder is made when absent.</param>
    /// <param name="progress">Gets bytes written and bytes in all.</param>
    /// <param name="cancellation">Heard between tensors and between their parts.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public void WriteTo(string path, Action<long, long>? progress = null, CancellationToken cancellation = default) =>
        AtomicFile.Write(path, stream => WriteTo(stream, progress, cancellation));

    /// <summary>Writes the file to a stream that begins with it.</summary>
    internal void WriteTo(Stream stream, Action<long, long>? progress, CancellationToken cancellation)
    {
        var alignment = _metadata.TryGetValue("general.alignment", out var told) ? (uint)told : GgufFile.DefaultAlignment;
        var header = Header(alignment);
        var total = _tensors.Values.Aggregate(GgufFile.Aligned(header.Length, alignment), (at, t) => GgufFile.Aligned(at + t.Bytes, alignment));
        stream.Write(header);
        var at = Pad(stream, header.Length, alignment);
        foreach (var (name, tensor) in _tensors)
        {
            cancellation.ThrowIfCancellationRequested();
            using var exact = new ExactStream(stream, tensor.Bytes, written => progress?.Invoke(at + written, total), cancellation);
            tensor.Write(exact);
            if (exact.Position != tensor.Bytes)
            {
                throw new InvalidOperationException($"'{name}' has {tensor.Bytes} bytes, {exact.Position} were written");
            }

            at = Pad(stream, at + tensor.Bytes, alignment);
        }
    }

    private static long Pad(Stream stream, long at, long alignment)
    {
        var aligned = GgufFile.Aligned(at, alignment);
        stream.Write(new byte[aligned - at]);
        return aligned;
    }

    private byte[] Header(long alignment)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)_tensors.Count);
        writer.Write((ulong)_metadata.Count);
        foreach (var (key, value) in _metadata)
        {
            Text(writer, key);
            var type = TypeOf(value.GetType());
            writer.Write((uint)type);
            Value(writer, value);
        }

        var offset = 0L;
        foreach (var (name, tensor) in _tensors)
        {
            Text(writer, name);
            writer.Write((uint)tensor.Shape.Length);
            foreach (var length in tensor.Shape)
            {
                writer.Write(length);
            }

            writer.Write((uint)tensor.Type);
            writer.Write(offset);
            offset = GgufFile.Aligned(offset + tensor.Bytes, alignment);
        }

        writer.Flush();
        return memory.ToArray();
    }

    private static void Text(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static void Value(BinaryWriter writer, object value)
    {
        Span<byte> number = stackalloc byte[sizeof(double)];
        switch (value)
        {
            case byte n:
                writer.Write(n);
                break;
            case sbyte n:
                writer.Write(n);
                break;
            case bool truth:
                writer.Write(truth);
                break;
            case ushort n:
                writer.Write(n);
                break;
            case short n:
                writer.Write(n);
                break;
            case uint n:
                writer.Write(n);
                break;
            case int n:
                writer.Write(n);
                break;
            case ulong n:
                writer.Write(n);
                break;
            case long n:
                writer.Write(n);
                break;
            case float n:
                BinaryPrimitives.WriteSingleLittleEndian(number, n);
                writer.Write(number[..sizeof(float)]);
                break;
            case double n:
                BinaryPrimitives.WriteDoubleLittleEndian(number, n);
                writer.Write(number);
                break;
            case string text:
                Text(writer, text);
                break;
            case GgufArray array:
                writer.Write((uint)array.ElementType);
                writer.Write((ulong)array.Values.Length);
                foreach (var element in array.Values)
                {
                    Value(writer, element);
                }

                break;
        }
    }

    private static GgufValueType TypeOf(Type type) => type switch
    {
        _ when type == typeof(byte) => GgufValueType.UInt8,
        _ when type == typeof(sbyte) => GgufValueType.Int8,
        _ when type == typeof(ushort) => GgufValueType.UInt16,
        _ when type == typeof(short) => GgufValueType.Int16,
        _ when type == typeof(uint) => GgufValueType.UInt32,
        _ when type == typeof(int) => GgufValueType.Int32,
        _ when type == typeof(float) => GgufValueType.Float32,
        _ when type == typeof(bool) => GgufValueType.Bool,
        _ when type == typeof(string) => GgufValueType.String,
        _ when type == typeof(GgufArray) => GgufValueType.Array,
        _ when type == typeof(ulong) => GgufValueType.UInt64,
        _ when type == typeof(long) => GgufValueType.Int64,
        _ when type == typeof(double) => GgufValueType.Float64,
        _ => throw new ArgumentException($"GGUF has no metadata of type {type.Name}.", nameof(type)),
    };

    private sealed record Pending(GgmlType Type, long[] Shape, long Bytes, Action<Stream> Write);
}
