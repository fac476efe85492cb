using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using QaBuild.Model.Gguf;

namespace QaBuild.Model.Import;

/// <summary>Brings numbers from one type to another; what does not fit is rounded to the nearest, ties to even.</summary>
internal static class FloatConverter
{
    /// <summary>The type of safetensors in ggml, or null when it is none of floating point.</summary>
    public static GgmlType? TypeOf(string type) => type switch { "F32" => GgmlType.F32, "F16" => GgmlType.F16, "BF16" => GgmlType.BF16, _ => null };

    /// <summary>The type of ggml in safetensors.</summary>
    public static string NameOf(GgmlType type) => type switch { GgmlType.F32 => "F32", GgmlType.F16 => "F16", GgmlType.BF16 => "BF16", _ => throw new ArgumentOutOfRangeException(nameof(type)) };

    /// <summary>Reads little-endian numbers.</summary>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="bytes">Of <paramref name="numbers"/>' length.</param>
    /// <param name="numbers">Gets them.</param>
    public static void Read(GgmlType type, ReadOnlySpan<byte> bytes, Span<float> numbers)
    {
        switch (type)
        {
            case GgmlType.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(numbers));
                break;
            case GgmlType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes)[..numbers.Length], numbers);
                break;
            case GgmlType.BF16:
                for (var i = 0; i < numbers.Length; i++)
                {
                    numbers[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type));
        }
    }

    /// <summary>Writes little-endian numbers.</summary>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="numbers">To be written.</param>
    /// <param name="bytes">Of their length in this type.</param>
    public static void Write(GgmlType type, ReadOnlySpan<float> numbers, Span<byte> bytes)
    {
        switch (type)
        {
            case GgmlType.F32:
                MemoryMarshal.AsBytes(numbers).CopyTo(bytes);
                break;
            case GgmlType.F16:
                TensorPrimitives.ConvertToHalf(numbers, MemoryMarshal.Cast<byte, Half>(bytes));
                break;
            case GgmlType.BF16:
                for (var i = 0; i < numbers.Length; i++)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes[(2 * i)..], Rounded(numbers[i]));
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type));
        }
    }

    private static ushort Rounded(float number)
    {
        var bits = BitConverter.SingleToUInt32Bits(number);

        // Rounding the bits of a NaN could make it infinite.
        return float.IsNaN(number) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
