using System.Globalization;
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
    /// <summary>Of YaRN: what rotated numbers are multiplied with; null for what the factor gives.</summary>
    public double? AttentionFactor { get; init; }

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

    /// <summary>Rows of the embedding; the tokenizer may have fewer.</summary>
    public required int Tokens { get; init; }

    public required long Context { get; init; }

    public required double NormEpsilon { get; init; }

    public required double RopeBase { get; init; }

    public required RopeScaling Rope { get; init; }

    /// <summary>Whether the output matrix is the embedding's.</summary>
    public required bool Tied { get; init; }

    /// <summary>Whether queries, keys and values must have biases.</summary>
    public bool HasAttentionBias { get; init; }

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
    /// <exception cref="ModelFaultException">QA7003: values are missing or absurd; QA7004: the model is of another kind.</exception>
    public static HfConfig Read(string folder)
    {
        const int Widest = 1 << 20;
        using var json = JsonFile.Open(Path.Combine(folder, "config.json"));
        var architecture = ArchitectureOf(json);
        var faults = new FaultList();
        int Size(string name, long largest) => faults.Try(() => (int)json.Required(name, 1, largest));
        var (width, heads) = (Size("hidden_size", Widest), Size("num_attention_heads", 1 << 14));
        var (layers, feedForward, vocabulary) = (Size("num_hidden_layers", 4096), Size("intermediate_size", Widest * 4), Size("vocab_size", Vocabulary.MostTokens));
        var context = faults.Try(() => json.Integer("max_position_embeddings", 1, 1L << 31) ?? 2048);
        var keyHeads = faults.Try(() => json.Integer("num_key_value_heads", 1, 1 << 14)) ?? heads;
        var headSize = faults.Try(() => json.Integer("head_dim", 2, 1 << 14) ?? DefaultHeadSize(json, architecture, width, heads));
        var epsilon = faults.Try(() => json.Number("rms_norm_eps") ?? 1e-6);
        var ropeBase = faults.Try(() => json.Number("rope_theta") ?? (json.Find("rope_parameters") is { } parameters ? json.Number(parameters, "rope_theta") : null) ?? 10000);
        var rope = faults.Try(() => RopeOf(json, context));
        var tied = faults.Try(() => json.Flag("tie_word_embeddings") ?? architecture == "gemma2");
        var window = faults.Try(() => json.Integer("sliding_window", 1, 1L << 31));
        var type = faults.Try(() => TypeOf(json.Text("torch_dtype") ?? json.Text("dtype")));
        var (attentionCap, finalCap) = architecture == "gemma2" ? (faults.Try(() => SoftCap(json, "attn_logit_softcapping", 50)), faults.Try(() => SoftCap(json, "final_logit_softcapping", 30))) : (0, 0);
        RequirePositive(json, faults, ("rms_norm_eps", epsilon), ("rope_theta", ropeBase));
        faults.ThrowIfAny();
        if (heads % keyHeads != 0)
        {
            faults.Add(json.Malformed("ConfigKeyHeads", heads, keyHeads));
        }

        if (headSize % 2 != 0)
        {
            faults.Add(json.Malformed("ConfigHeadSize", headSize));
        }

        var config = new HfConfig
        {
            Architecture = architecture,
            Layers = layers,
            Width = width,
            Heads = heads,
            KeyHeads = (int)keyHeads,
            HeadSize = (int)headSize,
            FeedForward = feedForward,
            Tokens = vocabulary,

            // llama.cpp lets Mistral's heads see the whole context: beyond the window it would compute something else.
            Context = architecture == "llama" && window is { } seen ? Math.Min(context, seen) : context,
            NormEpsilon = epsilon,
            RopeBase = ropeBase,
            Rope = rope!,
            Tied = tied,
            HasAttentionBias = architecture == "qwen2" || (json.Find("attention_bias") is { ValueKind: JsonValueKind.True } && architecture is "llama" or "qwen3"),
            AttentionSoftCap = attentionCap,
            FinalSoftCap = finalCap,
            SlidingWindow = architecture == "gemma2" ? window ?? 4096 : 0,
            Type = type,
        };
        RefuseVariants(json, config, faults);
        faults.ThrowIfAny();
        return config;
    }

    /// <summary>What a GGUF says of a model of a known architecture: as much as names and shapes of its tensors need.</summary>
    /// <exception cref="ModelFaultException">QA7003: a value is missing or absurd; QA7004: the architecture is another.</exception>
    public static HfConfig Of(GgufFile file)
    {
        var architecture = file.Text("general.architecture") ?? "";
        if (!Architectures.ContainsValue(architecture))
        {
            throw new ModelFaultException(ModelFaults.ArchitectureUnsupported, file.Path, architecture, string.Join(", ", Architectures.Values.Distinct()));
        }

        var faults = new FaultList();
        int Size(string key, int? otherwise = null)
        {
            var name = $"{architecture}.{key}";
            if (!file.Metadata.ContainsKey(name) && otherwise is { } known)
            {
                return known;
            }

            if (file.Integer(name) is >= 1 and <= 1 << 24 and var number)
            {
                return (int)number;
            }

            faults.Add(new ModelFaultException(ModelFaults.FileMalformed, file.Path, file.Path, new Reason("JsonMissing", name)));
            return 1;
        }

        var (width, heads) = (Size("embedding_length"), Size("attention.head_count"));
        var config = new HfConfig
        {
            Architecture = architecture,
            Layers = Size("block_count"),
            Width = width,
            Heads = heads,
            KeyHeads = Size("attention.head_count_kv", heads),
            HeadSize = Size("attention.key_length", width / heads),
            FeedForward = Size("feed_forward_length"),
            Tokens = (int)Math.Min(Vocabulary.MostTokens, file.Find("token_embd.weight")?.Shape.ElementAtOrDefault(1) ?? 0),
            Context = 0,
            NormEpsilon = 0,
            RopeBase = 0,
            Rope = RopeScaling.None,
            Tied = file.Find("output.weight") is null,
        };
        faults.ThrowIfAny();
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
            "yarn" => RopeScaling.None with
            {
                Kind = RopeScalingKind.Yarn, Factor = Positive("factor"), OriginalContext = original, AttentionFactor = JsonFile.Find(found, "attention_factor") is null ? null : Positive("attention_factor"),
            },
            "llama3" => new RopeScaling(RopeScalingKind.Llama3, Positive("factor"), Positive("low_freq_factor"), Positive("high_freq_factor"), original),
            _ => throw new ModelFaultException(ModelFaults.ArchitectureUnsupported, json.Path, $"rope_type {kind}", "default, linear, yarn, llama3"),
        };
    }

    // Defaults of Hugging Face's transformers: a configuration need not repeat them.
    private static long DefaultHeadSize(JsonFile json, string architecture, int width, int heads) => architecture switch
    {
        "gemma2" => 256,
        "qwen3" => 128,
        _ when heads == 0 => 0,
        _ when width % heads == 0 => width / heads,
        _ => throw json.Malformed("ConfigHeads", width, heads),
    };

    private static double SoftCap(JsonFile json, string name, double otherwise)
    {
        if (!json.Root.TryGetProperty(name, out var member))
        {
            return otherwise;
        }

        // llama.cpp divides by it.
        return json.Number(name) is { } cap and > 0 and < 1e9 ? cap : throw json.Bad(name, new Reason("JsonPositive"), member);
    }

    private static void RequirePositive(JsonFile json, FaultList faults, params ReadOnlySpan<(string Name, double Number)> numbers)
    {
        foreach (var (name, number) in numbers)
        {
            // The default was taken where reading failed; then the fault is told already.
            if (json.Find(name) is { ValueKind: JsonValueKind.Number } member && number is <= 0 or > 1e12)
            {
                faults.Add(json.Bad(name, new Reason("JsonPositive"), member));
            }
        }
    }

    // What would load and talk nonsense is refused here.
    private static void RefuseVariants(JsonFile json, HfConfig config, FaultList faults)
    {
        var isGemma = config.Architecture == "gemma2";
        void Refuse(string what, string supported) => faults.Add(new ModelFaultException(ModelFaults.ArchitectureUnsupported, json.Path, what, supported));

        if (json.Find("quantization_config") is not null)
        {
            Refuse("quantization_config", "float32, float16, bfloat16");
        }

        foreach (var experts in new[] { "num_local_experts", "num_experts" })
        {
            if (faults.Try(() => json.Number(experts)) > 1)
            {
                Refuse($"{experts} (mixture of experts)", Supported);
            }
        }

        var activation = faults.Try(() => json.Text("hidden_activation") ?? json.Text("hidden_act"));
        if (isGemma ? activation is not (null or "gelu_pytorch_tanh") : activation is not (null or "silu"))
        {
            Refuse($"hidden_act {activation}", isGemma ? "gelu_pytorch_tanh" : "silu");
        }

        if (isGemma && !config.Tied)
        {
            Refuse("tie_word_embeddings false", "true");
        }

        if (faults.Try(() => json.Number("partial_rotary_factor")) is { } part && part != 1)
        {
            Refuse(string.Create(CultureInfo.InvariantCulture, $"partial_rotary_factor {part}"), "1");
        }

        // llama.cpp derives the scale of queries from the number of layers: 46 are the 27B model's.
        const int LayersOf27B = 46;
        var scalar = config.Layers == LayersOf27B ? config.Width / config.Heads : config.HeadSize;
        if (isGemma && (faults.Try(() => json.Number("query_pre_attn_scalar")) ?? 256) is var queries && queries != scalar)
        {
            Refuse(string.Create(CultureInfo.InvariantCulture, $"query_pre_attn_scalar {queries}"), scalar.ToString(CultureInfo.InvariantCulture));
        }

        if (config.Architecture is "qwen2" or "qwen3" && faults.Try(() => json.Flag("use_sliding_window")) == true)
        {
            Refuse("use_sliding_window true", "false");
        }

        // llama.cpp knows a row of rows of one kind alone, and Gemma 2's in turns.
        if (json.Find("layer_types") is { ValueKind: JsonValueKind.Array } types
            && types.EnumerateArray().Where((t, i) => t.ValueKind != JsonValueKind.String || !t.ValueEquals(isGemma && i % 2 == 0 ? "sliding_attention" : "full_attention")).Any())
        {
            Refuse("layer_types", isGemma ? "sliding_attention, full_attention, …" : "full_attention");
        }

        RefuseRopes(json, config, Refuse);
    }

    private static void RefuseRopes(JsonFile json, HfConfig config, Action<string, string> refuse)
    {
        if ((config.Rope.Kind == RopeScalingKind.Llama3 && config.Architecture != "llama") || (config.Rope.Kind == RopeScalingKind.Yarn && config.Architecture == "gemma2"))
        {
            refuse($"{config.Architecture} + rope_type {config.Rope.Kind}", config.Architecture == "gemma2" ? "default, linear" : "default, linear, yarn");
        }

        if (config.Rope.Kind != RopeScalingKind.Yarn || (json.Find("rope_scaling") ?? json.Find("rope_parameters")) is not { } scaling)
        {
            return;
        }

        // llama.cpp reads none of these for these architectures.
        foreach (var (name, number) in new[] { ("beta_fast", 32.0), ("beta_slow", 1.0) })
        {
            if (json.Number(scaling, name) is { } told && told != number)
            {
                refuse(string.Create(CultureInfo.InvariantCulture, $"{name} {told}"), number.ToString(CultureInfo.InvariantCulture));
            }
        }

        foreach (var name in new[] { "mscale", "mscale_all_dim" })
        {
            if (JsonFile.Find(scaling, name) is not null)
            {
                refuse(name, "attention_factor");
            }
        }

        if (JsonFile.Find(scaling, "truncate") is { ValueKind: JsonValueKind.False })
        {
            refuse("truncate false", "true");
        }
    }
}
