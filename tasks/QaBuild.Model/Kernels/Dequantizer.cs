using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using QaBuild.Model.Gguf;

namespace QaBuild.Model.Kernels;

/// <summary>Turns stored numbers into floats. The layouts of the blocks are ggml's (ggml-common.h and ggml-quants.c of llama.cpp).</summary>
internal abstract unsafe class Dequantizer
{
    private static readonly Dictionary<GgmlType, Dequantizer> ByType = new()
    {
        [GgmlType.F32] = new OfFloats(),
        [GgmlType.F16] = new OfHalves(),
        [GgmlType.BF16] = new OfBFloats(),
        [GgmlType.Q8_0] = new OfQ8Blocks(),
        [GgmlType.Q4_0] = new OfQ4Blocks(),
        [GgmlType.Q4_1] = new OfShiftedBlocks(GgmlType.Q4_1),
        [GgmlType.Q5_0] = new OfQ5Blocks(),
        [GgmlType.Q5_1] = new OfShiftedBlocks(GgmlType.Q5_1),
        [GgmlType.Q4_K] = new OfQ4Superblocks(),
        [GgmlType.Q5_K] = new OfQ5Superblocks(),
        [GgmlType.Q6_K] = new OfQ6Superblocks(),
    };

    /// <summary>The types that can be read.</summary>
    public static IReadOnlyCollection<GgmlType> Types => ByType.Keys;

    /// <summary>The reader of a type.</summary>
    public static Dequantizer Of(GgmlType type) => ByType[type];

    /// <summary>Reads a part of a row that begins at <paramref name="row"/>.</summary>
    public abstract void Read(byte* row, int start, int count, float* to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Half(byte* at) => (float)BinaryPrimitives.ReadHalfLittleEndian(new ReadOnlySpan<byte>(at, sizeof(ushort)));

    private sealed class OfFloats : Dequantizer
    {
        public override void Read(byte* row, int start, int count, float* to) => new ReadOnlySpan<float>((float*)row + start, count).CopyTo(new Span<float>(to, count));
    }

    private sealed class OfHalves : Dequantizer
    {
        public override void Read(byte* row, int start, int count, float* to) =>
            TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>((Half*)row + start, count), new Span<float>(to, count));
    }

    private sealed class OfBFloats : Dequantizer
    {
        public override void Read(byte* row, int start, int count, float* to)
        {
            var from = (ushort*)row + start;
            for (var i = 0; i < count; i++)
            {
                to[i] = BitConverter.UInt32BitsToSingle((uint)from[i] << 16);
            }
        }
    }

    /// <summary>Reads whole blocks.</summary>
    private abstract class OfBlocks(GgmlType type) : Dequantizer
    {
        private readonly int _length = GgmlTypes.BlockLength(type);
        private readonly int _bytes = GgmlTypes.BlockBytes(type);

        public sealed override void Read(byte* row, int start, int count, float* to)
        {
            var block = row + ((long)(start / _length) * _bytes);
            for (var i = 0; i < count; i += _length, block += _bytes)
            {
                ReadBlock(block, to + i);
            }
        }

        protected abstract void ReadBlock(byte* block, float* to);
    }

    /// <summary>32 signed bytes times one scale.</summary>
    private sealed class OfQ8Blocks() : OfBlocks(GgmlType.Q8_0)
    {
        protected override void ReadBlock(byte* block, float* to)
        {
            var scale = Half(block);
            var values = (sbyte*)(block + 2);
            for (var i = 0; i < 32; i++)
            {
                to[i] = values[i] * scale;
            }
        }
    }

    /// <summary>32 nibbles less 8, times one scale: the low nibbles are the first half.</summary>
    private sealed class OfQ4Blocks() : OfBlocks(GgmlType.Q4_0)
    {
        protected override void ReadBlock(byte* block, float* to)
        {
            var scale = Half(block);
            var values = block + 2;
            for (var i = 0; i < 16; i++)
            {
                to[i] = ((values[i] & 15) - 8) * scale;
                to[i + 16] = ((values[i] >> 4) - 8) * scale;
            }
        }
    }

    /// <summary>As Q4_0 with a fifth bit each, less 16. llama.cpp takes this type where rows are no multiple of 256.</summary>
    private sealed class OfQ5Blocks() : OfBlocks(GgmlType.Q5_0)
    {
        protected override void ReadBlock(byte* block, float* to)
        {
            var scale = Half(block);
            var high = Unsafe.ReadUnaligned<uint>(block + 2);
            var values = block + 6;
            for (var i = 0; i < 16; i++)
            {
                to[i] = (((values[i] & 15) | (int)(((high >> i) & 1) << 4)) - 16) * scale;
                to[i + 16] = (((values[i] >> 4) | (int)(((high >> (i + 16)) & 1) << 4)) - 16) * scale;
            }
        }
    }

    /// <summary>32 numbers of four or five bits, times a scale, plus a minimum.</summary>
    private sealed class OfShiftedBlocks(GgmlType type) : OfBlocks(type)
    {
        private readonly bool _five = type == GgmlType.Q5_1;

        protected override void ReadBlock(byte* block, float* to)
        {
            var scale = Half(block);
            var least = Half(block + 2);
            var high = _five ? Unsafe.ReadUnaligned<uint>(block + 4) : 0;
            var values = block + (_five ? 8 : 4);
            for (var i = 0; i < 16; i++)
            {
                to[i] = (((values[i] & 15) | (int)(((high >> i) & 1) << 4)) * scale) + least;
                to[i + 16] = (((values[i] >> 4) | (int)(((high >> (i + 16)) & 1) << 4)) * scale) + least;
            }
        }
    }

    /// <summary>Blocks of 256 in eight parts of 32, each with a scale and a minimum of six bits.</summary>
    private abstract class OfScaledParts(GgmlType type) : OfBlocks(type)
    {
        protected const int Part = 32;

        /// <summary>The scale and the minimum of part <paramref name="j"/>: the first four have theirs in the low six bits, the rest in what is left over.</summary>
        protected static (int Scale, int Minimum) Six(byte* packed, int j) => j < 4
            ? (packed[j] & 63, packed[j + 4] & 63)
            : ((packed[j + 4] & 15) | ((packed[j - 4] >> 6) << 4), (packed[j + 4] >> 4) | ((packed[j] >> 6) << 4));
    }

    private sealed class OfQ4Superblocks() : OfScaledParts(GgmlType.Q4_K)
    {
        protected override void ReadBlock(byte* block, float* to)
        {
            var d = Half(block);
            var least = Half(block + 2);
            var scales = block + 4;
            var values = block + 16;
            for (var j = 0; j < 8; j += 2, values += Part, to += 2 * Part)
            {
                var (lowScale, lowMinimum) = Six(scales, j);
                var (highScale, highMinimum) = Six(scales, j + 1);
                var (s1, m1, s2, m2) = (d * lowScale, least * lowMinimum, d * highScale, least * highMinimum);
                for (var i = 0; i < Part; i++)
                {
                    to[i] = (s1 * (values[i] & 15)) - m1;
                    to[i + Part] = (s2 * (values[i] >> 4)) - m2;
                }
            }
        }
    }

    private sealed class OfQ5Superblocks() : OfScaledParts(GgmlType.Q5_K)
    {
        protected override void ReadBlock(byte* block, float* to)
        {
            var d = Half(block);
            var least = Half(block + 2);
            var scales = block + 4;
            var high = block + 16;
            var values = block + 48;
            for (var j = 0; j < 8; j += 2, values += Part, to += 2 * Part)
            {
                var (lowScale, lowMinimum) = Six(scales, j);
                var (highScale, highMinimum) = Six(scales, j + 1);
                var (s1, m1, s2, m2) = (d * lowScale, least * lowMinimum, d * highScale, least * highMinimum);
                for (var i = 0; i < Part; i++)
                {
                    to[i] = (s1 * ((values[i] & 15) + (((high[i] >> j) & 1) << 4))) - m1;
                    to[i + Part] = (s2 * ((values[i] >> 4) + (((high[i] >> (j + 1)) & 1) << 4))) - m2;
                }
            }
        }
    }

    /// <summary>Blocks of 256 in two halves: four low bits, two high bits, less 32, and a signed scale for each 16.</summary>
    private sealed class OfQ6Superblocks() : OfBlocks(GgmlType.Q6_K)
    {
        protected override void ReadBlock(byte* block, float* to)
        {
            var low = block;
            var high = block + 128;
            var scales = (sbyte*)(block + 192);
            var d = Half(block + 208);
            for (var half = 0; half < 2; half++, low += 64, high += 32, scales += 8, to += 128)
            {
                for (var i = 0; i < 32; i++)
                {
                    var part = i / 16;
                    to[i] = d * scales[part] * (((low[i] & 15) | ((high[i] & 3) << 4)) - 32);
                    to[i + 32] = d * scales[part + 2] * (((low[i + 32] & 15) | (((high[i] >> 2) & 3) << 4)) - 32);
                    to[i + 64] = d * scales[part + 4] * (((low[i] >> 4) | (((high[i] >> 4) & 3) << 4)) - 32);
                    to[i + 96] = d * scales[part + 6] * (((low[i + 32] >> 4) | ((high[i] >> 6) << 4)) - 32);
                }
            }
        }
    }
}
