using System.Runtime.InteropServices;

namespace QaBuild.Model.Inference.Native;

/// <summary><c>llama_model_quantize_params</c>, 64 bytes. A C <c>bool</c> is a byte.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct QuantizeParams
{
    public int Threads;
    public int FileType;
    public int OutputTensorType;
    public int TokenEmbeddingType;
    public byte AllowRequantize;
    public byte QuantizeOutputTensor;
    public byte OnlyCopy;
    public byte Pure;
    public byte KeepSplit;
    public byte DryRun;
    public nint ImportanceMatrix;
    public nint KeyValueOverrides;
    public nint TensorTypeOverrides;
    public nint PruneLayers;
    public nuint BufferLimit;
}
