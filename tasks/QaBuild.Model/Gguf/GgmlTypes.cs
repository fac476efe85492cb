using System.Collections.Frozen;

namespace QaBuild.Model.Gguf;

/// <summary>Sizes of the types of tensors. Quantized types hold a block of elements in a fixed number of bytes (ggml-common.h of llama.cpp).</summary>
public static class GgmlTypes
{
    private static readonly FrozenDictionary<GgmlType, (int Elements, int Bytes)> Blocks = new Dictionary<GgmlType, (int, int)>
    {
        [GgmlType.F32] = (1, 4),
        [GgmlType.F16] = (1, 2),
        [GgmlType.BF16] = (1, 2),
        [GgmlType.F64] = (1, 8),
        [GgmlType.I8] = (1, 1),
        [GgmlType.I16] = (1, 2),
        [GgmlType.I32] = (1, 4),
        [GgmlType.I64] = (1, 8),
        [GgmlType.Q1_0] = (128, 18),
        [GgmlType.Q2_0] = (64, 18),
        [GgmlType.Q4_0] = (32, 18),
        [GgmlType.Q4_1] = (32, 20),
        [GgmlType.Q5_0] = (32, 22),
        [GgmlType.Q5_1] = (32, 24),
        [GgmlType.Q8_0] = (32, 34),
        [GgmlType.Q8_1] = (32, 36),
        [GgmlType.MXFP4] = (32, 17),
        [GgmlType.NVFP4] = (64, 36),
        [GgmlType.Q2_K] = (256, 84),
        [GgmlType.Q3_K] = (256, 110),
        [GgmlType.Q4_K] = (256, 144),
        [GgmlType.Q5_K] = (256, 176),
        [GgmlType.Q6_K] = (256, 210),
        [GgmlType.Q8_K] = (256, 292),
        [GgmlType.IQ1_S] = (256, 50),
        [GgmlType.IQ1_M] = (256, 56),
        [GgmlType.IQ2_XXS] = (256, 66),
        [GgmlType.IQ2_XS] = (256, 74),
        [GgmlType.IQ2_S] = (256, 82),
        [GgmlType.IQ3_XXS] = (256, 98),
        [GgmlType.IQ3_S] = (256, 110),
        [GgmlType.IQ4_NL] = (32, 18),
        [GgmlType.IQ4_XS] = (256, 136),
        [GgmlType.TQ1_0] = (256, 54),
        [GgmlType.TQ2_0] = (256, 66),
    }.ToFrozenDictionary();

    /// <summary>Whether the sizes of this type are known.</summary>
    public static bool IsKnown(GgmlType type) => Blocks.ContainsKey(type);

    /// <summary>Elements a block; 1 for types that are not quantized.</summary>
    public static int BlockLength(GgmlType type) => Blocks[type].Elements;

    /// <summary>Bytes a block.</summary>
    public static int BlockBytes(GgmlType type) => Blocks[type].Bytes;

    /// <summary>Bytes of a tensor.</summary>
    /// <param name="type">A known one.</param>
    /// <param name="shape">The densest dimension first; it must be a multiple of the block's length.</param>
    /// <returns>Null when no tensor can have this shape.</returns>
    public static long? Bytes(GgmlType type, IReadOnlyList<long> shape)
    {
        var (elements, bytes) = Blocks[type];
        if (shape.Count > 0 && shape[0] % elements != 0)
        {
            return null;
        }

        var size = (UInt128)(ulong)bytes;
        for (var i = 0; i < shape.Count; i++)
        {
            if (shape[i] < 0)
            {
                return null;
            }

            size *= (ulong)(i == 0 ? shape[0] / elements : shape[i]);
            if (size > long.MaxValue)
            {
                return null;
            }
        }

        return (long)size;
    }
}
