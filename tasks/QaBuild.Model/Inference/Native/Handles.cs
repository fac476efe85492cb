using Microsoft.Win32.SafeHandles;

namespace QaBuild.Model.Inference.Native;

/// <summary>A <c>llama_model</c>.</summary>
internal sealed class ModelHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        Llama.FreeModel(handle);
        return true;
    }
}

/// <summary>A <c>llama_context</c>; to be freed before its model.</summary>
internal sealed class ContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        Llama.FreeContext(handle);
        return true;
    }
}

/// <summary>A <c>llama_adapter_lora</c>; to be freed before its model.</summary>
internal sealed class AdapterHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        Llama.FreeAdapter(handle);
        return true;
    }
}

/// <summary>A chain of <c>llama_sampler</c>s; it frees those that were added to it.</summary>
internal sealed class SamplerHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        Llama.FreeSampler(handle);
        return true;
    }
}
