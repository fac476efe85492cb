using System.Text.Json;
using QaBuild.Model.Gguf;

namespace QaBuild.Model.Import;

/// <summary>How positions beyond those of the training are reached.</summary>
internal enum RopeScalingKind
{
    None,

    /// <summary>Positions divided by a factor.</summary>
    Linear,

    /// <summary>Low frequencies divided by a factor, high ones kept (arXiv:2309.00071).</summary>
    Yarn,

    /// <summary>Llama 3.1's own division of frequencies.</summary>
    Llama3,
}

/// <summary>The scaling of rotary positions.</summary>
internal sealed record RopeScaling(RopeScalingKind Kind, double Factor, double LowFrequencyFactor, double HighFrequencyFactor, long OriginalContext)
{
    public static RopeScaling None { get; } = new(RopeScalingKind.None, 1, 1, 1, 0);
}

/// <summary>What <c>config.json</c> of a Hugging Face folder says of a model, within bounds.</summary>
internal sealed record HfConfig
{
    /// <summary>llama, qwen2, qwen3 or gemma2.</summary>
    public required string Architecture { get; init; }

    public required int Layers { get; init; }

    /// <summary>The width of the residual stream.</summary>
    public required int Width { get; init; }

    public required int Heads { get; init; }

    public required int KeyHeads { get; init; }

    public required int HeadSize { get; init; }

    public required int FeedForward { get; init; }

    public required int Vocabulary { get; init; }

    public required long Context { get; init; }

    public required double NormEpsilon { get; init; }

    public required double RopeBase { get; init; }

    public required RopeScaling Rope { get; init; }

    /// <summary>Whether the output matrix is the embedding's.</summary>
    public required bool Tied { get; init; }

    /// <summary>Gemma 2 only.</summary>
    public double AttentionSoftCap { get; init; }

    /// <summary>Gemma 2 only.</summary>
    public double FinalSoftCap { get; init; }

    /// <summary>Gemma 2 only.</summary>
    public long SlidingWindow { get; init; }

    /// <summary>The type that the weights are told to have, or null.</summary>
    public GgmlType? Type { get; init; }

    private static readonly Dictionary<string, string> Architectures = new(StringComparer.Ordinal)
    {
        ["LlamaForCausalLM"] = "llama",
        ["LLaMAForCausalLM"] = "llama",
        ["MistralForCausalLM"] = "llama",
        ["Qwen2ForCausalLM"] = "qwen2",
        ["Qwen3ForCausalLM"] = "qwen3",
        ["Gemma2ForCausalLM"] = "gemma2",
    };

    /// <summary>The architectures that can be imported, as <c>config.json</c> names them.</summary>
    public static string Supported { get; } = string.Join(", ", Architectures.Keys.Where(k => k != "LLaMAForCausalLM"));

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFaultException">QA7003: a value is missing or absurd; QA7004: the model is of another kind.</exception>
    public static HfConfig Read(string folder)
    {
        const int Most = 1 << 20;
        using var json = JsonFile.Open(Path.Combine(folder, "config.json"));
        var architecture = ArchitectureOf(json);
        var (width, heads) = ((int)json.Required("hidden_size", 1, Most), (int)json.Required("num_attention_heads", 1, 1 << 14));
        var keyHeads = (int)(json.Integer("num_key_value_heads", 1, heads) ?? heads);
        var headSize = (int)(json.Integer("head_dim", 2, 1 << 14) ?? (width % heads == 0 ? width / heads : throw json.Malformed("ConfigHeads", width, heads)));
        if (heads % keyHeads != 0)
        {
            throw json.Malformed("ConfigKeyHeads", heads, keyHeads);
        }

        if (headSize % 2 != 0)
        {
            throw json.Malformed("ConfigHeadSize", headSize);
        }

        var context = json.Integer("max_position_embeddings", 1, 1L << 31) ?? 2048;
        var config = new HfConfig
        {
            Architecture = architecture,
            Layers = (int)json.Required("num_hidden_layers", 1, 4096),
            Width = width,
            Heads = heads,
            KeyHeads = keyHeads,
            HeadSize = headSize,
            FeedForward = (int)json.Required("intermediate_size", 1, Most * 4),
            Vocabulary = (int)json.Required("vocab_size", 1, 1 << 24),
            Context = context,
            NormEpsilon = json.Number("rms_norm_eps") ?? 1e-6,
            RopeBase = json.Number("rope_theta") ?? (json.Find("rope_parameters") is { } parameters ? json.Number(parameters, "rope_theta") : null) ?? 10000,
            Rope = RopeOf(json, context),
            Tied = json.Flag("tie_word_embeddings") ?? architecture == "gemma2",
            AttentionSoftCap = architecture == "gemma2" ? json.Number("attn_logit_softcapping") ?? 0 : 0,
            FinalSoftCap = architecture == "gemma2" ? json.Number("final_logit_softcapping") ?? 0 : 0,
            SlidingWindow = architecture == "gemma2" ? json.Integer("sliding_window", 1, 1L << 31) ?? 4096 : 0,
            Type = TypeOf(json.Text("torch_dtype") ?? json.Text("dtype")),
        };
        RefuseVariants(json, config);
        return config;
    }

    private static string ArchitectureOf(JsonFile json)
    {
        var name = json.Find("architectures") is { ValueKind: JsonValueKind.Array } names && names.GetArrayLength() > 0 && names[0].ValueKind == JsonValueKind.String
            ? json.Text("architectures", names[0])
            : json.Text("model_type") ?? throw json.Missing("architectures");
        return Architectures.GetValueOrDefault(name)
            ?? (json.Text("model_type") is { } type && json.Find("architectures") is null ? type switch { "llama" or "mistral" => "llama", "qwen2" => "qwen2", "qwen3" => "qwen3", "gemma2" => "gemma2", _ => null } : null)
            ?? throw new ModelFaultException(ModelFaults.ArchitectureUnsupported, json.Path, name, Supported);
    }

    private static GgmlType? TypeOf(string? name) => name switch { "float32" => GgmlType.F32, "float16" => GgmlType.F16, "bfloat16" => GgmlType.BF16, _ => null };

    private static RopeScaling RopeOf(JsonFile json, long context)
    {
        var scaling = json.Find("rope_scaling") ?? json.Find("rope_parameters");
        if (scaling is not { ValueKind: JsonValueKind.Object } found)
        {
            return RopeScaling.None;
        }

        var kind = (JsonFile.Find(found, "rope_type") ?? JsonFile.Find(found, "type")) is { } type ? json.Text("rope_type", type) : "default";
        double Positive(string name, double? otherwise = null) =>
            (json.Number(found, name) ?? otherwise) is { } number ? number is > 0 and < 1e6 ? number : throw json.Bad(name, new Reason("JsonPositive"), JsonFile.Find(found, name)!.Value) : throw json.Missing(name);
        var original = (long)Positive("original_max_position_embeddings", context);
        return kind switch
        {
            "default" => RopeScaling.None,
            "linear" => RopeScaling.None with { Kind = RopeScalingKind.Linear, Factor = Positive("factor") },
            "yarn" => RopeScaling.None with { Kind = RopeScalingKind.Yarn, Factor = Positive("factor"), OriginalContext = original },
            "llama3" => new RopeScaling(RopeScalingKind.Llama3, Positive("factor"), Positive("low_freq_factor"), Positive("high_freq_factor"), original),
            _ => throw new ModelFaultException(ModelFaults.ArchitectureUnsupported, json.Path, $"rope_type {kind}", "default, linear, yarn, llama3"),
        };
    }

    // What would load and talk nonsense is refused here.
    private static void RefuseVariants(JsonFile json, HfConfig config)
    {
        void Refuse(string what, string supported) => throw new ModelFaultException(ModelFaults.ArchitectureUnsupported, json.Path, what, supported);

        if (json.Find("quantization_config") is not null)
        {
            Refuse("quantization_config", "float32, float16, bfloat16");
        }

        var activation = json.Text("hidden_activation") ?? json.Text("hidden_act");
        if (config.Architecture == "gemma2" ? activation is not (null or "gelu_pytorch_tanh") : activation is not (null or "silu"))
        {
            Refuse($"hidden_act {activation}", config.Architecture == "gemma2" ? "gelu_pytorch_tanh" : "silu");
        }

        if (config.Architecture == "gemma2" && !config.Tied)
        {
            Refuse("tie_word_embeddings false", "true");
        }

        // llama.cpp derives the scale of queries from the number of layers: 46 are the 27B model's.
        const int LayersOf27B = 46;
        var scalar = config.Layers == LayersOf27B ? config.Width / config.Heads : config.HeadSize;
        if (config.Architecture == "gemma2" && json.Number("query_pre_attn_scalar") is { } queries && queries != scalar)
        {
            Refuse($"query_pre_attn_scalar {queries}", scalar.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        if (config.Architecture is "qwen2" or "qwen3" && json.Flag("use_sliding_window") == true)
        {
            Refuse("use_sliding_window true", "false");
        }
    }
}
