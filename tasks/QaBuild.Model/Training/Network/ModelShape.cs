using QaBuild.Model.Gguf;
using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>The sizes and constants of a model, as its GGUF states them.</summary>
public sealed record ModelShape
{
    private const int MostLayers = 1024;
    private const int LargestSize = 1 << 20;
    private const int DefaultGemmaWindow = 4096;
    private const int LayersOfGemma27B = 46;
    private const float DefaultAttentionCap = 50;
    private const float DefaultLogitCap = 30;

    /// <summary>What kind it is.</summary>
    public required ModelArchitecture Architecture { get; init; }

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Numbers of a token between layers.</summary>
    public required int Width { get; init; }

    /// <summary>Heads of the queries.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Numbers of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Numbers of a token within a feed-forward.</summary>
    public required int FeedForward { get; init; }

    /// <summary>Tokens that there are.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The longest sequence it was made for.</summary>
    public int Context { get; init; }

    /// <summary>ε of the norms.</summary>
    public float Epsilon { get; init; } = 1e-6f;

    /// <summary>What an embedding is multiplied by.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>What the product of a query and a key is multiplied by.</summary>
    public float AttentionScale { get; init; }

    /// <summary>Scores become cap · tanh(score / cap); 0 for none.</summary>
    public float AttentionCap { get; init; }

    /// <summary>Logits become cap · tanh(logit / cap); 0 for none.</summary>
    public float LogitCap { get; init; }

    /// <summary>How many positions a query of a layer with a window sees; 0 for all.</summary>
    public int Window { get; init; }

    /// <summary>Of the feed-forward.</summary>
    public Activation Activation { get; init; }

    /// <summary>Which numbers of a head turn together.</summary>
    public RopeLayout RopeLayout { get; init; }

    /// <summary>The angle a position of each pair, scalings included.</summary>
    public IReadOnlyList<double> RopeFrequencies { get; init; } = [];

    /// <summary>What turned numbers are multiplied by.</summary>
    public float RopeMagnitude { get; init; } = 1;

    /// <summary>Whether the output matrix is the embedding.</summary>
    public bool TiedOutput { get; init; }

    /// <summary>Numbers of all queries of a token.</summary>
    public int QueryWidth => Heads * HeadSize;

    /// <summary>Numbers of all keys of a token.</summary>
    public int KeyWidth => KeyHeads * HeadSize;

    /// <summary>Whether layers end attention and feed-forward with a norm.</summary>
    public bool HasPostNorms => Architecture == ModelArchitecture.Gemma2;

    /// <summary>Whether queries and keys are normalized.</summary>
    public bool HasHeadNorms => Architecture == ModelArchitecture.Qwen3;

    /// <summary>The outputs of a linear map.</summary>
    public int Outputs(LinearKind kind) => kind switch
    {
        LinearKind.Query => QueryWidth,
        LinearKind.Key or LinearKind.Value => KeyWidth,
        LinearKind.Gate or LinearKind.Up => FeedForward,
        _ => Width,
    };

    /// <summary>The inputs of a linear map.</summary>
    public int Inputs(LinearKind kind) => kind switch
    {
        LinearKind.Output => QueryWidth,
        LinearKind.Down => FeedForward,
        _ => Width,
    };

    /// <summary>How many positions a query of this layer sees; 0 for all.</summary>
    public int WindowOf(int layer) => layer % 2 == 0 ? Window : 0;

    /// <summary>Reads the sizes.</summary>
    /// <exception cref="ModelFaultException">QA7004: another kind of model; QA7003: a size is absent or makes no sense.</exception>
    public static ModelShape Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var name = file.Text("general.architecture") ?? "";
        ModelArchitecture? known = name switch { "llama" => ModelArchitecture.Llama, "qwen2" => ModelArchitecture.Qwen2, "qwen3" => ModelArchitecture.Qwen3, "gemma2" => ModelArchitecture.Gemma2, _ => null };
        if (known is not { } architecture || file.Integer($"{name}.expert_count") is > 0)
        {
            throw new ModelFaultException(ModelFaults.ArchitectureUnsupported, file.Path, name, "llama, qwen2, qwen3, gemma2");
        }

        int Size(string key, int? otherwise = null, int most = LargestSize)
        {
            var value = file.Integer($"{name}.{key}") ?? otherwise;
            return value is { } size && size >= 1 && size <= most ? (int)size : throw Malformed(file, $"{name}.{key}", value);
        }

        var width = Size("embedding_length");
        var heads = Size("attention.head_count");
        var headSize = Size("attention.key_length", width / heads);
        var embedding = file.Find("token_embd.weight");
        if (embedding is not { Shape: [var columns, var rows] } || columns != width || rows is < 1 or > LargestSize * 4)
        {
            throw Malformed(file, "token_embd.weight", embedding is null ? null : string.Join(" × ", embedding.Shape));
        }

        if (Size("attention.value_length", headSize) != headSize || heads % Size("attention.head_count_kv", heads) != 0)
        {
            throw Malformed(file, $"{name}.attention.head_count_kv", file.Integer($"{name}.attention.head_count_kv"));
        }

        if ((long)heads * headSize > LargestSize * 16L)
        {
            throw Malformed(file, $"{name}.attention.key_length", headSize);
        }

        var rope = RopeScaling.Of(file, name, Size("rope.dimension_count", headSize, headSize));
        var gemma = architecture == ModelArchitecture.Gemma2;
        var layers = Size("block_count", most: MostLayers);
        return new ModelShape
        {
            Architecture = architecture,
            Layers = layers,
            Width = width,
            Heads = heads,
            KeyHeads = Size("attention.head_count_kv", heads),
            HeadSize = headSize,
            FeedForward = Size("feed_forward_length"),
            Vocabulary = (int)rows,
            Context = Size("context_length", LargestSize, int.MaxValue),
            Epsilon = (float)(file.Number($"{name}.attention.layer_norm_rms_epsilon") ?? 1e-6),
            EmbeddingScale = gemma ? MathF.Sqrt(width) : 1,
            AttentionScale = 1 / MathF.Sqrt(gemma && layers == LayersOfGemma27B ? width / heads : headSize),
            AttentionCap = gemma ? (float)(file.Number("gemma2.attn_logit_softcapping") ?? DefaultAttentionCap) : 0,
            LogitCap = gemma ? (float)(file.Number("gemma2.final_logit_softcapping") ?? DefaultLogitCap) : 0,
            Window = gemma ? Size("attention.sliding_window", DefaultGemmaWindow, int.MaxValue) : 0,
            Activation = gemma ? Activation.Gelu : Activation.Silu,
            RopeLayout = architecture == ModelArchitecture.Llama ? RopeLayout.Adjacent : RopeLayout.Halves,
            RopeFrequencies = rope.Frequencies,
            RopeMagnitude = rope.Magnitude,
            TiedOutput = file.Find("output.weight") is null,
        };
    }

    internal static ModelFaultException Malformed(GgufFile file, string what, object? value)
        => new(ModelFaults.FileMalformed, file.Path, file.Path, value is null ? new Reason("ModelLacks", what) : new Reason("ModelValue", what, value));
}
