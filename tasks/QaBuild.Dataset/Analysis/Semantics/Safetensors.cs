using System.Buffers.Binary;
using System.Text.Json;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>An array of numbers in a safetensors file.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">For example F32.</param>
/// <param name="Shape">Every dimension.</param>
/// <param name="Data">Little-endian, the last dimension densest.</param>
internal sealed record Tensor(string Name, string Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data);

/// <summary>
/// Reads a safetensors file: 8 bytes with the length of a JSON header, the header, then the data. The file is a download and may hold anything, so the header
/// is believed only where it agrees with the file's own size.
/// </summary>
internal static class Safetensors
{
    private const int LargestHeader = 1 << 20;

    /// <summary>The tensors by name.</summary>
    /// <exception cref="UnusableModelException">It is not a safetensors file.</exception>
    public static IReadOnlyDictionary<string, Tensor> Parse(ReadOnlyMemory<byte> file)
    {
        if (file.Length < sizeof(ulong) || BinaryPrimitives.ReadUInt64LittleEndian(file.Span) is var length && (length > LargestHeader || length > (ulong)(file.Length - sizeof(ulong))))
        {
            throw new UnusableModelException(new Phrase("TensorsHeader"));
        }

        var data = file[(sizeof(ulong) + (int)length)..];
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var ranges = new List<(long Start, long End)>();
        using var header = JsonDocument.Parse(file.Slice(sizeof(ulong), (int)length));
        foreach (var entry in header.RootElement.EnumerateObject().Where(e => e.Name != "__metadata__"))
        {
            var (tensor, start, end) = Read(entry, data);
            ranges.Add((start, end));
            if (!tensors.TryAdd(tensor.Name, tensor))
            {
                throw new UnusableModelException(new Phrase("TensorTwice", tensor.Name));
            }
        }

        RequireWhole(ranges, data.Length);
        return tensors;
    }

    private static (Tensor Tensor, long Start, long End) Read(JsonProperty entry, ReadOnlyMemory<byte> data)
    {
        var type = entry.Value.GetProperty("dtype").GetString() ?? "";
        var offsets = entry.Value.GetProperty("data_offsets");
        var (start, end) = offsets.GetArrayLength() == 2 ? (offsets[0].GetInt64(), offsets[1].GetInt64()) : (-1, -1);
        var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
        if (start < 0 || end < start || end > data.Length || Bytes(type, shape) != end - start)
        {
            throw new UnusableModelException(new Phrase("TensorExtent", entry.Name, type, string.Join(" × ", shape)));
        }

        return (new Tensor(entry.Name, type, shape, data[(int)start..(int)end]), start, end);
    }

    /// <summary>The size that type and shape say, or -1 when they say none that a file can have.</summary>
    private static long Bytes(string type, long[] shape)
    {
        long bytes = type switch
        {
            "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" => 1,
            "U16" or "I16" or "F16" or "BF16" => 2,
            "U32" or "I32" or "F32" => 4,
            "U64" or "I64" or "F64" => 8,
            _ => -1,
        };
        foreach (var dimension in shape)
        {
            if (bytes < 0 || dimension < 0 || dimension > int.MaxValue || bytes > int.MaxValue)
            {
                return -1;
            }

            bytes *= dimension;
        }

        return bytes;
    }

    // The format allows no overlap and no gap, where something else could hide.
    private static void RequireWhole(List<(long Start, long End)> ranges, long length)
    {
        var at = 0L;
        foreach (var (start, end) in ranges.OrderBy(r => r.Start).ThenBy(r => r.End))
        {
            if (start != at)
            {
                throw new UnusableModelException(new Phrase("TensorGap", start));
            }

            at = end;
        }

        if (at != length)
        {
            throw new UnusableModelException(new Phrase("TensorGap", at));
        }
    }
}
