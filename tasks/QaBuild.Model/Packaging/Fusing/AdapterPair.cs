using QaBuild.Model.Gguf;
using QaBuild.Model.Import;

namespace QaBuild.Model.Packaging.Fusing;

/// <summary>What an adapter adds to one matrix of its base. The numbers stay in the file until they are asked for.</summary>
/// <param name="Target">The base's matrix: rows of <c>Shape[0]</c> numbers, a row an output.</param>
/// <param name="A">[inputs, rank], the densest first.</param>
/// <param name="B">[rank, outputs].</param>
/// <param name="Magnitude">DoRA's length of each row of the result, [outputs]; null for LoRA.</param>
/// <param name="Scale">What B A is multiplied with.</param>
internal sealed record AdapterPair(GgufTensor Target, GgufTensor A, GgufTensor B, GgufTensor? Magnitude, float Scale)
{
    /// <summary>Rows of A.</summary>
    public int Rank => (int)A.Shape[1];

    /// <summary>All numbers of one of the tensors: rank × width, small beside the matrix.</summary>
    public static float[] Numbers(GgufTensor tensor)
    {
        const int ChunkLength = 1 << 16;
        var numbers = new float[tensor.Elements];
        var width = GgmlTypes.BlockBytes(tensor.Type);
        for (var at = 0; at < numbers.Length; at += ChunkLength)
        {
            var count = Math.Min(ChunkLength, numbers.Length - at);
            FloatConverter.Read(tensor.Type, tensor.Read((long)at * width, count * width), numbers.AsSpan(at, count));
        }

        return numbers;
    }
}
