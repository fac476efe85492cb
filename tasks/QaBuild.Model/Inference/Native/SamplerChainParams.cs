using System.Runtime.InteropServices;

namespace QaBuild.Model.Inference.Native;

/// <summary><c>llama_sampler_chain_params</c>, 1 byte.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SamplerChainParams
{
    public byte NoPerformance;
}
