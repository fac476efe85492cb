using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QaBuild.Model.Gguf;

namespace QaBuild.Model.Import;

/// <summary>Writes a safetensors file. The order of the calls is the order in the file: the same calls, the same bytes.</summary>
public sealed class SafetensorsWriter
{
    private const int Alignment = 8;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, (string Type, long[] Shape, long Bytes, Action<Stream> Write)> _tensors = new(StringComparer.Ordinal);

    /// <summary>Adds to the header's <c>__metadata__</c>.</summary>
    public void Add(string key, string value) => _metadata.Add(key, value);

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Not added before.</param>
    /// <param name="type">A type of the format, such as <c>F32</c>.</param>
    /// <param name="shape">The densest dimension last.</param>
    /// <param name="write">Writes its bytes, all and no more, when the file is written.</param>
    /// <exception cref="ArgumentException">The name was added before, or the format has no such type.</exception>
    public void AddTensor(string name, string type, IReadOnlyList<long> shape, Action<Stream> write)
    {
        var width = SafetensorsFile.WidthOf(type) ?? throw new ArgumentException($"safetensors has no type '{type}'", nameof(type));
        _tensors.Add(name, (type, [.. shape], shape.Aggregate((long)width, (product, length) => checked(product * length)), write));
    }

    /// <summary>Streams the file to a temporary one and moves it into place; a failure or a cancel leaves what was there.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public void WriteTo(string path, CancellationToken cancellation = default) => AtomicFile.Write(path, stream => WriteTo(stream, cancellation));

    internal void WriteTo(Stream stream, CancellationToken cancellation)
    {
        var header = Header();
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (name, tensor) in _tensors)
        {
            using var exact = new ExactStream(stream, tensor.Bytes, _ => { }, cancellation);
            tensor.Write(exact);
            if (exact.Position != tensor.Bytes)
            {
                throw new InvalidOperationException($"'{name}' has {tensor.Bytes} bytes, {exact.Position} were written");
            }
        }
    }

    private byte[] Header()
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in _metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var (name, tensor) in _tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.Type);
                json.WriteStartArray("shape");
                foreach (var dimension in tensor.Shape)
                {
                    json.WriteNumberValue(dimension);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Bytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The data begins at a multiple of eight; the format allows blanks behind the header for it.
        memory.Write(Encoding.ASCII.GetBytes(new string(' ', (int)((Alignment - (memory.Length % Alignment)) % Alignment))));
        return memory.ToArray();
    }
}
