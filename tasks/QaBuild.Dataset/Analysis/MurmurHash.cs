using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace QaBuild.Dataset.Analysis;

/// <summary>
/// MurmurHash3 of 128 bits for 64-bit processors, by Austin Appleby, seed 0. A hash that withstands forgers costs a call of the system for each text, and who
/// forges a text that is taken for another one's duplicate harms his own text.
/// </summary>
internal static class MurmurHash
{
    private const ulong First = 0x87c37b91114253d5, Second = 0x4cf5ad432745937f;

    public static (ulong High, ulong Low) Of(ReadOnlySpan<byte> data)
    {
        const int Block = 16;
        ulong high = 0, low = 0;
        var rest = data;
        for (; rest.Length >= Block; rest = rest[Block..])
        {
            high ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(rest) * First, 31) * Second;
            high = ((BitOperations.RotateLeft(high, 27) + low) * 5) + 0x52dce729;
            low ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]) * Second, 33) * First;
            low = ((BitOperations.RotateLeft(low, 31) + high) * 5) + 0x38495ab5;
        }

        Span<byte> tail = stackalloc byte[Block];
        tail.Clear();
        rest.CopyTo(tail);
        low ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]) * Second, 33) * First;
        high ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(tail) * First, 31) * Second;

        high ^= (ulong)data.Length;
        low ^= (ulong)data.Length;
        high += low;
        low += high;
        high = Mixed(high);
        low = Mixed(low);
        high += low;
        return (high, low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51afd7ed558ccd;
        value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53;
        return value ^ (value >> 33);
    }
}
