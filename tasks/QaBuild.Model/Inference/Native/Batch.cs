using System.Runtime.InteropServices;

namespace QaBuild.Model.Inference.Native;

/// <summary><c>llama_batch</c>, 56 bytes. Without positions and sequences the tokens go on with sequence 0; without flags the last token alone has logits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Batch
{
    public int Count;
    public int* Tokens;
    public float* Embeddings;
    public int* Positions;
    public int* SequenceCounts;
    public int** Sequences;
    public sbyte* HasLogits;
}
