using System.Runtime.InteropServices;

namespace QaBuild.Model.Inference.Native;

/// <summary>What is called of <c>llama.h</c>, release <see cref="LlamaCpp.Release"/>. Names are those of the header, without their prefix.</summary>
internal static unsafe partial class Llama
{
    private const string Library = NativeLibraries.Llama;

    [LibraryImport(Library, EntryPoint = "llama_version")]
    public static partial nint Version();

    [LibraryImport(Library, EntryPoint = "llama_log_set")]
    public static partial void SetLog(delegate* unmanaged[Cdecl]<int, byte*, void*, void> callback, nint data);

    [LibraryImport(Library, EntryPoint = "llama_backend_init")]
    public static partial void InitializeBackend();

    [LibraryImport(Library, EntryPoint = "llama_model_default_params")]
    public static partial ModelParams ModelDefaults();

    [LibraryImport(Library, EntryPoint = "llama_context_default_params")]
    public static partial ContextParams ContextDefaults();

    [LibraryImport(Library, EntryPoint = "llama_model_quantize_default_params")]
    public static partial QuantizeParams QuantizeDefaults();

    [LibraryImport(Library, EntryPoint = "llama_sampler_chain_default_params")]
    public static partial SamplerChainParams SamplerChainDefaults();

    [LibraryImport(Library, EntryPoint = "llama_model_load_from_file", StringMarshalling = StringMarshalling.Utf8)]
    public static partial ModelHandle LoadModel(string path, ModelParams parameters);

    [LibraryImport(Library, EntryPoint = "llama_model_free")]
    public static partial void FreeModel(nint model);

    [LibraryImport(Library, EntryPoint = "llama_model_quantize", StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint Quantize(string input, string output, in QuantizeParams parameters);

    [LibraryImport(Library, EntryPoint = "llama_init_from_model")]
    public static partial ContextHandle CreateContext(ModelHandle model, ContextParams parameters);

    [LibraryImport(Library, EntryPoint = "llama_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "llama_n_ctx")]
    public static partial uint ContextLength(ContextHandle context);

    [LibraryImport(Library, EntryPoint = "llama_n_batch")]
    public static partial uint BatchLength(ContextHandle context);

    [LibraryImport(Library, EntryPoint = "llama_get_memory")]
    public static partial nint MemoryOf(ContextHandle context);

    [LibraryImport(Library, EntryPoint = "llama_memory_clear")]
    public static partial void ClearMemory(nint memory, [MarshalAs(UnmanagedType.U1)] bool data);

    [LibraryImport(Library, EntryPoint = "llama_model_get_vocab")]
    public static partial nint VocabularyOf(ModelHandle model);

    [LibraryImport(Library, EntryPoint = "llama_model_n_ctx_train")]
    public static partial int TrainingContext(ModelHandle model);

    [LibraryImport(Library, EntryPoint = "llama_model_has_encoder")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool HasEncoder(ModelHandle model);

    /// <returns>Text that ends with a zero byte, or 0.</returns>
    [LibraryImport(Library, EntryPoint = "llama_model_chat_template")]
    public static partial nint ChatTemplate(ModelHandle model, nint name);

    [LibraryImport(Library, EntryPoint = "llama_model_desc")]
    public static partial int Describe(ModelHandle model, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "llama_adapter_lora_init", StringMarshalling = StringMarshalling.Utf8)]
    public static partial AdapterHandle LoadAdapter(ModelHandle model, string path);

    [LibraryImport(Library, EntryPoint = "llama_adapter_lora_free")]
    public static partial void FreeAdapter(nint adapter);

    [LibraryImport(Library, EntryPoint = "llama_set_adapters_lora")]
    public static partial int SetAdapters(ContextHandle context, nint* adapters, nuint count, float* scales);

    [LibraryImport(Library, EntryPoint = "llama_vocab_n_tokens")]
    public static partial int VocabularySize(nint vocabulary);

    [LibraryImport(Library, EntryPoint = "llama_vocab_is_eog")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool EndsGeneration(nint vocabulary, int token);

    [LibraryImport(Library, EntryPoint = "llama_vocab_bos")]
    public static partial int BosOf(nint vocabulary);

    [LibraryImport(Library, EntryPoint = "llama_vocab_eos")]
    public static partial int EosOf(nint vocabulary);

    [LibraryImport(Library, EntryPoint = "llama_vocab_eot")]
    public static partial int EotOf(nint vocabulary);

    [LibraryImport(Library, EntryPoint = "llama_vocab_pad")]
    public static partial int PadOf(nint vocabulary);

    [LibraryImport(Library, EntryPoint = "llama_vocab_get_add_bos")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool AddsBos(nint vocabulary);

    /// <returns>The number of tokens; when it does not fit, its negative.</returns>
    [LibraryImport(Library, EntryPoint = "llama_tokenize")]
    public static partial int Tokenize(
        nint vocabulary, byte* text, int length, int* tokens, int capacity, [MarshalAs(UnmanagedType.U1)] bool addSpecial, [MarshalAs(UnmanagedType.U1)] bool parseSpecial);

    /// <returns>The number of bytes; when they do not fit, its negative.</returns>
    [LibraryImport(Library, EntryPoint = "llama_token_to_piece")]
    public static partial int Piece(nint vocabulary, int token, byte* buffer, int length, int strip, [MarshalAs(UnmanagedType.U1)] bool special);

    /// <returns>The number of bytes; when they do not fit, its negative.</returns>
    [LibraryImport(Library, EntryPoint = "llama_detokenize")]
    public static partial int Detokenize(
        nint vocabulary, int* tokens, int count, byte* buffer, int length, [MarshalAs(UnmanagedType.U1)] bool removeSpecial, [MarshalAs(UnmanagedType.U1)] bool renderSpecial);

    /// <returns>The number of bytes of the whole text, which may be more than fit; negative when llama.cpp does not know the template.</returns>
    [LibraryImport(Library, EntryPoint = "llama_chat_apply_template")]
    public static partial int ApplyChatTemplate(nint template, ChatMessageNative* messages, nuint count, [MarshalAs(UnmanagedType.U1)] bool addAssistant, byte* buffer, int length);

    /// <returns>0 for success.</returns>
    [LibraryImport(Library, EntryPoint = "llama_decode")]
    public static partial int Decode(ContextHandle context, Batch batch);

    /// <returns>As many floats as the vocabulary has tokens, or null. A negative index counts from the end.</returns>
    [LibraryImport(Library, EntryPoint = "llama_get_logits_ith")]
    public static partial float* Logits(ContextHandle context, int index);

    [LibraryImport(Library, EntryPoint = "llama_sampler_chain_init")]
    public static partial SamplerHandle CreateSamplerChain(SamplerChainParams parameters);

    [LibraryImport(Library, EntryPoint = "llama_sampler_chain_add")]
    public static partial void AddSampler(SamplerHandle chain, nint sampler);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_greedy")]
    public static partial nint GreedySampler();

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_dist")]
    public static partial nint DistributionSampler(uint seed);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_top_p")]
    public static partial nint TopPSampler(float p, nuint keep);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_min_p")]
    public static partial nint MinPSampler(float p, nuint keep);

    [LibraryImport(Library, EntryPoint = "llama_sampler_init_temp")]
    public static partial nint TemperatureSampler(float temperature);

    [LibraryImport(Library, EntryPoint = "llama_sampler_sample")]
    public static partial int Sample(SamplerHandle chain, ContextHandle context, int index);

    [LibraryImport(Library, EntryPoint = "llama_sampler_free")]
    public static partial void FreeSampler(nint sampler);
}
