using System.Runtime.CompilerServices;
using QaBuild.Model.Inference;
using QaBuild.Model.Inference.Native;
using NativeLlama = QaBuild.Model.Inference.Native.Llama;

namespace QaBuild.Model.Tests.Inference;

/// <summary>The declarations lie in memory as the header of the pinned release has them. What is wrong here is silently wrong in native code.</summary>
public sealed class NativeLayoutTests
{
    [Fact]
    public void Structs_have_the_sizes_of_the_header()
    {
        Assert.Equal(80, Unsafe.SizeOf<ModelParams>());
        Assert.Equal(160, Unsafe.SizeOf<ContextParams>());
        Assert.Equal(56, Unsafe.SizeOf<Batch>());
        Assert.Equal(64, Unsafe.SizeOf<QuantizeParams>());
        Assert.Equal(16, Unsafe.SizeOf<ChatMessageNative>());
        Assert.Equal(1, Unsafe.SizeOf<SamplerChainParams>());
    }

    [LlamaFact]
    public void Defaults_of_a_model_stand_at_their_fields()
    {
        NativeLibraries.LoadFrom(LlamaCpp.Find()!);

        var defaults = NativeLlama.ModelDefaults();

        Assert.Equal(
            new ModelParams { GpuLayers = -1, SplitMode = 1, LoadMode = -1, LazyMode = 1, UseExtraBuffers = 1 },
            defaults);
    }

    [LlamaFact]
    public void Defaults_of_a_context_stand_at_their_fields()
    {
        NativeLibraries.LoadFrom(LlamaCpp.Find()!);

        var defaults = NativeLlama.ContextDefaults();

        Assert.Equal(
            new ContextParams
            {
                Context = 512, Batch = 2048, MicroBatch = 512, Sequences = 1, OutputsOfSequence = 1, Threads = 4, ThreadsOfBatch = 4,
                RopeScalingType = -1, PoolingType = -1, AttentionType = -1, FlashAttention = -1,
                YarnExtensionFactor = -1, YarnAttentionFactor = -1, YarnBetaFast = -1, YarnBetaSlow = -1, DefragmentationThreshold = -1,
                TypeOfKeys = Ggml.TypeF16, TypeOfValues = Ggml.TypeF16, OffloadKeysAndValues = 1, NoPerformance = 1, OffloadOperations = 1, FullSlidingWindow = 1,
            },
            defaults);
    }

    [LlamaFact]
    public void Defaults_of_quantizing_stand_at_their_fields()
    {
        NativeLibraries.LoadFrom(LlamaCpp.Find()!);

        var defaults = NativeLlama.QuantizeDefaults();

        // No type is the number of types, which grows.
        Assert.Equal(defaults.OutputTensorType, defaults.TokenEmbeddingType);
        Assert.InRange(defaults.OutputTensorType, 31, 100);
        Assert.Equal(
            new QuantizeParams
            {
                FileType = 7, OutputTensorType = defaults.OutputTensorType, TokenEmbeddingType = defaults.OutputTensorType, QuantizeOutputTensor = 1, BufferLimit = (nuint)8 << 30,
            },
            defaults);
    }
}
