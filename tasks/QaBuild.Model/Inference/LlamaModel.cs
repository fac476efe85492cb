using System.Runtime.InteropServices;
using System.Text;
using QaBuild.Model.Inference.Native;

namespace QaBuild.Model.Inference;

/// <summary>A model in llama.cpp's hands. Lives in the child process: a mistake of llama.cpp's ends the process.</summary>
internal sealed unsafe class LlamaModel : IDisposable
{
    // A context's size is rounded up, so that prompts of about the same length share one.
    private const int ContextStep = 256;

    private readonly string _path;
    private readonly LoadOptions _options;
    private readonly ModelHandle _model;
    private readonly AdapterHandle? _adapter;
    private readonly nint _vocabulary;
    private ContextHandle? _context;

    private LlamaModel(string path, LoadOptions options, ModelHandle model, AdapterHandle? adapter)
    {
        (_path, _options, _model, _adapter) = (path, options, model, adapter);
        _vocabulary = Llama.VocabularyOf(model);
        VocabularySize = Llama.VocabularySize(_vocabulary);
        Info = new LlamaModelInfo(
            Description(), VocabularySize, Llama.BosOf(_vocabulary), Llama.EosOf(_vocabulary), Llama.EotOf(_vocabulary), Llama.PadOf(_vocabulary), Llama.AddsBos(_vocabulary),
            options.VocabularyOnly ? 0 : Llama.TrainingContext(model), Marshal.PtrToStringUTF8(Llama.ChatTemplate(model, 0)));
    }

    public LlamaModelInfo Info { get; }

    public int VocabularySize { get; }

    /// <exception cref="ModelFaultException">llama.cpp refuses the model or the adapter.</exception>
    public static LlamaModel Load(string path, LoadOptions options)
    {
        var parameters = Llama.ModelDefaults();
        parameters.VocabularyOnly = options.VocabularyOnly ? (byte)1 : (byte)0;
        var model = Llama.LoadModel(path, parameters);
        if (model.IsInvalid)
        {
            throw Refused(path);
        }

        AdapterHandle? adapter = null;
        if (options.Adapter is { } adapterPath)
        {
            adapter = Llama.LoadAdapter(model, adapterPath);
            if (adapter.IsInvalid)
            {
                model.Dispose();
                throw Refused(adapterPath);
            }
        }

        return new LlamaModel(path, options, model, adapter);
    }

    /// <summary>Ids of a text. May be called from several threads at once.</summary>
    public int[] Tokenize(string text, bool addSpecial, bool parseSpecial)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var room = new int[bytes.Length + 8];
        var count = Tokenize(bytes, room, addSpecial, parseSpecial);
        if (count < 0)
        {
            room = new int[-count];
            count = Tokenize(bytes, room, addSpecial, parseSpecial);
        }

        return room[..count];
    }

    public string Detokenize(int[] ids, bool renderSpecial)
    {
        RequireInVocabulary(ids);
        var room = new byte[(ids.Length * 16) + 16];
        var count = Detokenize(ids, room, renderSpecial);
        if (count < 0)
        {
            room = new byte[-count];
            count = Detokenize(ids, room, renderSpecial);
        }

        return Encoding.UTF8.GetString(room, 0, count);
    }

    /// <summary>Runs a sequence from its start and hands out the logits after each position, or after the last.</summary>
    public void Logits(int[] ids, bool lastOnly, Action<byte[]> take)
    {
        RequireInVocabulary(ids);
        var context = Begin(ids.Length);
        if (lastOnly)
        {
            Decode(context, ids);
            take(RowOf(context, -1));
            return;
        }

        Decode(context, ids, count =>
        {
            for (var i = 0; i < count; i++)
            {
                take(RowOf(context, i));
            }
        });
    }

    /// <summary>The logarithm of the likelihood of each token from <paramref name="from"/> on, given those before it.</summary>
    public double[] Score(int[] ids, int from)
    {
        RequireInVocabulary(ids);
        var context = Begin(ids.Length);
        var found = new double[ids.Length - from];
        var at = 0;
        Decode(context, ids, count =>
        {
            for (var i = 0; i < count; i++, at++)
            {
                var next = at + 1;
                if (next >= from && next < ids.Length)
                {
                    found[next - from] = LogLikelihood.Of(Row(context, i), ids[next]);
                }
            }
        });
        return found;
    }

    public Generation Generate(Prompt prompt, GenerateOptions options, Action<string> piece)
    {
        var ids = Tokenize(prompt.Text ?? Rendered(prompt.Messages ?? []), addSpecial: true, parseSpecial: true);
        if (ids.Length == 0)
        {
            throw NotDone("LlamaEmptyPrompt");
        }

        var context = Begin(ids.Length + 1, ids.Length + Math.Max(1, options.MaxTokens));
        var length = (int)Llama.ContextLength(context);
        using var sampler = SamplerOf(options);
        var text = new PieceText(piece);
        Decode(context, ids);
        var generated = 0;
        var next = new int[1];
        while (generated < options.MaxTokens)
        {
            next[0] = Llama.Sample(sampler, context, -1);
            if (Llama.EndsGeneration(_vocabulary, next[0]))
            {
                return new Generation(text.End(), FinishReason.Eos, ids.Length, generated);
            }

            generated++;
            text.Add(PieceOf(next[0]));
            if (ids.Length + generated >= length)
            {
                break;
            }

            Decode(context, next);
        }

        return new Generation(text.End(), FinishReason.Length, ids.Length, generated);
    }

    public void Dispose()
    {
        _context?.Dispose();
        _adapter?.Dispose();
        _model.Dispose();
    }

    private static ModelFaultException Refused(string path) =>
        new(ModelFaults.ModelNotLoaded, path, path, LlamaLog.Errors() is { } errors ? errors : new Reason("LlamaSaysNothing"));

    private static SamplerHandle SamplerOf(GenerateOptions options)
    {
        var chain = Llama.CreateSamplerChain(Llama.SamplerChainDefaults());
        if (options.Temperature <= 0)
        {
            Llama.AddSampler(chain, Llama.GreedySampler());
            return chain;
        }

        if (options.TopP < 1)
        {
            Llama.AddSampler(chain, Llama.TopPSampler(options.TopP, 1));
        }

        if (options.MinP > 0)
        {
            Llama.AddSampler(chain, Llama.MinPSampler(options.MinP, 1));
        }

        Llama.AddSampler(chain, Llama.TemperatureSampler(options.Temperature));
        Llama.AddSampler(chain, Llama.DistributionSampler(options.Seed));
        return chain;
    }

    private ModelFaultException NotDone(string reason, params object[] arguments) => new(ModelFaults.ModelNotLoaded, _path, _path, new Reason(reason, arguments));

    private void RequireInVocabulary(int[] ids)
    {
        var stranger = ids.AsSpan().IndexOfAnyExceptInRange(0, VocabularySize - 1);
        if (stranger >= 0)
        {
            throw NotDone("LlamaNoSuchToken", ids[stranger], VocabularySize);
        }
    }

    /// <summary>A context with nothing in it that holds <paramref name="needed"/> tokens, and <paramref name="wanted"/> where the model can.</summary>
    private ContextHandle Begin(int needed, int wanted = 0)
    {
        var limit = _options.Context > 0 ? _options.Context : Info.TrainingContext;
        if (needed > limit)
        {
            throw NotDone("LlamaTooLong", needed, limit);
        }

        var length = Math.Min(limit, (Math.Max(needed, wanted) + ContextStep - 1) / ContextStep * ContextStep);
        if (_context is not null && Llama.ContextLength(_context) >= length)
        {
            Llama.ClearMemory(Llama.MemoryOf(_context), true);
            return _context;
        }

        _context?.Dispose();
        _context = null;
        var parameters = Llama.ContextDefaults();
        parameters.Context = (uint)length;
        parameters.Threads = parameters.ThreadsOfBatch = _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount;
        if (_options.Exact)
        {
            parameters.TypeOfKeys = parameters.TypeOfValues = Ggml.TypeF32;
            parameters.FlashAttention = 0;
        }

        var context = Llama.CreateContext(_model, parameters);
        if (context.IsInvalid)
        {
            throw Refused(_path);
        }

        if (_adapter is not null)
        {
            var adapter = _adapter.DangerousGetHandle();
            var scale = _options.AdapterScale;
            if (Llama.SetAdapters(context, &adapter, 1, &scale) != 0)
            {
                context.Dispose();
                throw Refused(_options.Adapter!);
            }
        }

        return _context = context;
    }

    /// <summary>Goes on with tokens. The last one has logits; with <paramref name="afterBatch"/>, which hears how many tokens a batch had, all of a batch have.</summary>
    private void Decode(ContextHandle context, int[] ids, Action<int>? afterBatch = null)
    {
        var most = (int)Llama.BatchLength(context);
        var flags = new sbyte[Math.Min(most, ids.Length)];
        Array.Fill(flags, (sbyte)1);
        for (var from = 0; from < ids.Length; from += most)
        {
            var count = Math.Min(most, ids.Length - from);
            fixed (int* tokens = &ids[from])
            fixed (sbyte* all = flags)
            {
                var status = Llama.Decode(context, new Batch { Count = count, Tokens = tokens, HasLogits = afterBatch is null ? null : all });
                if (status != 0)
                {
                    throw NotDone("LlamaNotDecoded", status, LlamaLog.Errors() is { } errors ? errors : new Reason("LlamaSaysNothing"));
                }
            }

            afterBatch?.Invoke(count);
        }
    }

    private byte[] RowOf(ContextHandle context, int index) => MemoryMarshal.AsBytes(Row(context, index)).ToArray();

    private ReadOnlySpan<float> Row(ContextHandle context, int index)
    {
        var logits = Llama.Logits(context, index);
        if (logits is null)
        {
            throw NotDone("LlamaNotDecoded", index, LlamaLog.Errors() is { } errors ? errors : new Reason("LlamaSaysNothing"));
        }

        return new ReadOnlySpan<float>(logits, VocabularySize);
    }

    private int Tokenize(byte[] text, int[] room, bool addSpecial, bool parseSpecial)
    {
        fixed (byte* bytes = text)
        fixed (int* ids = room)
        {
            // 'fixed' makes null of an empty array, which llama.cpp would take the address of.
            byte nothing = 0;
            return Llama.Tokenize(_vocabulary, bytes is null ? &nothing : bytes, text.Length, ids, room.Length, addSpecial, parseSpecial);
        }
    }

    private int Detokenize(int[] ids, byte[] room, bool renderSpecial)
    {
        fixed (int* tokens = ids)
        fixed (byte* bytes = room)
        {
            return Llama.Detokenize(_vocabulary, tokens, ids.Length, bytes, room.Length, false, renderSpecial);
        }
    }

    private byte[] PieceOf(int token)
    {
        var room = new byte[64];
        while (true)
        {
            int count;
            fixed (byte* bytes = room)
            {
                count = Llama.Piece(_vocabulary, token, bytes, room.Length, 0, false);
            }

            if (count >= 0)
            {
                return room[..count];
            }

            room = new byte[-count];
        }
    }

    private string Rendered(IReadOnlyList<ChatMessage> messages) =>
        LlamaChat.Render(Info.ChatTemplate ?? throw NotDone("LlamaNoTemplate"), messages, addGenerationPrompt: true, NotDone);

    private string Description()
    {
        var room = new byte[256];
        fixed (byte* bytes = room)
        {
            var count = Llama.Describe(_model, bytes, (nuint)room.Length);
            return Encoding.UTF8.GetString(room, 0, Math.Clamp(count, 0, room.Length - 1));
        }
    }
}
