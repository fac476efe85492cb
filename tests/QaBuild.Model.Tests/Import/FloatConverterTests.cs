using System.Buffers.Binary;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;

namespace QaBuild.Model.Tests.Import;

/// <summary>Numbers that do not fit a type become the nearest that does; of two as near, the one that ends in an even bit.</summary>
public sealed class FloatConverterTests
{
    [Theory]
    [InlineData(1.00390625f, 0x3F80)] // between 1 and the next, 1.0078125: 1 is even
    [InlineData(1.01171875f, 0x3F82)] // between 1.0078125 and 1.015625
    [InlineData(1.00390637f, 0x3F81)]
    [InlineData(-1.00390625f, 0xBF80)]
    [InlineData(3.4e38f, 0x7F80)]
    [InlineData(float.NegativeInfinity, 0xFF80)]
    [InlineData(1e-45f, 0x0000)]
    public void BF16_is_the_nearest_and_of_two_the_even(float number, int bits) => Assert.Equal(bits, Written(GgmlType.BF16, number));

    [Theory]
    [InlineData(1.00048828125f, 0x3C00)] // between 1 and the next, 1.0009765625
    [InlineData(1.00146484375f, 0x3C02)]
    [InlineData(1.0004884f, 0x3C01)]
    [InlineData(65520f, 0x7C00)]
    [InlineData(65519f, 0x7BFF)]
    [InlineData(2.9802322e-8f, 0x0000)] // half of the smallest
    [InlineData(6e-8f, 0x0001)]
    public void F16_is_the_nearest_and_of_two_the_even(float number, int bits) => Assert.Equal(bits, Written(GgmlType.F16, number));

    [Theory]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    public void A_NaN_stays_one(GgmlType type)
    {
        // Its set bits are all among those that are cut off.
        Span<byte> bytes = stackalloc byte[2];
        Span<float> read = stackalloc float[1];
        FloatConverter.Write(type, [BitConverter.UInt32BitsToSingle(0x7F80_0001)], bytes);
        FloatConverter.Read(type, bytes, read);

        Assert.True(float.IsNaN(read[0]));
    }

    [Theory]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    public void Every_number_of_a_narrow_type_comes_back_as_it_was(GgmlType type)
    {
        Span<byte> bytes = stackalloc byte[2];
        Span<byte> again = stackalloc byte[2];
        Span<float> read = stackalloc float[1];
        for (var bits = 0; bits <= ushort.MaxValue; bits++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)bits);
            FloatConverter.Read(type, bytes, read);
            FloatConverter.Write(type, read, again);
            Assert.True(float.IsNaN(read[0]) || bytes.SequenceEqual(again), $"{bits:X4}");
        }
    }

    private static int Written(GgmlType type, float number)
    {
        Span<byte> bytes = stackalloc byte[2];
        FloatConverter.Write(type, [number], bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }
}
