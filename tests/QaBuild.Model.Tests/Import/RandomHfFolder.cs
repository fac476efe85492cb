using System.Globalization;
using System.Text.Json.Nodes;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;

namespace QaBuild.Model.Tests.Import;

/// <summary>A small Hugging Face folder with random weights.</summary>
internal sealed record RandomHfFolder
{
    public const int Width = 32;
    public const int FeedForward = 48;
    public const int Layers = 2;

    /// <summary>256 bytes and two special tokens.</summary>
    public const int Tokens = 258;

    public required string Architecture { get; init; }

    public int Heads { get; init; } = 4;

    public int KeyHeads { get; init; } = 2;

    public int HeadSize { get; init; } = 8;

    public bool Tied { get; init; }

    public bool AttentionBias { get; init; }

    /// <summary>Of what attention gives and of the feed-forward part.</summary>
    public bool OtherBias { get; init; }

    public string? RopeScaling { get; init; }

    public int SlidingWindow { get; init; } = 4;

    public GgmlType Type { get; init; } = GgmlType.F32;

    public bool Sharded { get; init; }

    public int Seed { get; init; } = 1;

    private bool IsGemma => Architecture == "Gemma2ForCausalLM";

    /// <summary>The shape of each linear of a layer, [out, in], by the last part of its name.</summary>
    public IReadOnlyDictionary<string, (int Out, int In)> Linears => new Dictionary<string, (int, int)>
    {
        ["self_attn.q_proj"] = (Heads * HeadSize, Width),
        ["self_attn.k_proj"] = (KeyHeads * HeadSize, Width),
        ["self_attn.v_proj"] = (KeyHeads * HeadSize, Width),
        ["self_attn.o_proj"] = (Width, Heads * HeadSize),
        ["mlp.gate_proj"] = (FeedForward, Width),
        ["mlp.up_proj"] = (FeedForward, Width),
        ["mlp.down_proj"] = (Width, FeedForward),
    };

    /// <summary>Writes the folder.</summary>
    public void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"bos_token": null, "eos_token": "<|endoftext|>", "add_bos_token": false}""");
        var random = new Random(Seed);
        var tensors = Tensors(random).ToArray();
        if (!Sharded)
        {
            Write(Path.Combine(folder, "model.safetensors"), tensors);
            return;
        }

        var places = new JsonObject();
        foreach (var (shard, number) in tensors.Chunk((tensors.Length / 2) + 1).Select((s, i) => (s, i + 1)))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"model-{number:D5}-of-00002.safetensors");
            Write(Path.Combine(folder, name), shard);
            foreach (var tensor in shard)
            {
                places[tensor.Name] = name;
            }
        }

        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), new JsonObject { ["weight_map"] = places }.ToJsonString());
    }

    /// <summary>Numbers of a normal distribution.</summary>
    public static float[] Normal(Random random, int count, double scale, double mean = 0)
    {
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = (float)(mean + (scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())));
        }

        return numbers;
    }

    /// <summary>Adds numbers in a type.</summary>
    public static void Add(SafetensorsWriter writer, string name, GgmlType type, long[] shape, float[] numbers) =>
        writer.AddTensor(name, FloatConverter.NameOf(type), shape, s =>
        {
            var bytes = new byte[numbers.Length * GgmlTypes.BlockBytes(type)];
            FloatConverter.Write(type, numbers, bytes);
            s.Write(bytes);
        });

    private void Write(string path, IEnumerable<(string Name, long[] Shape, float[] Numbers)> tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, shape, numbers) in tensors)
        {
            Add(writer, name, Type, shape, numbers);
        }

        writer.WriteTo(path);
    }

    private IEnumerable<(string Name, long[] Shape, float[] Numbers)> Tensors(Random random)
    {
        (string, long[], float[]) Vector(string name, int length, double mean, double scale = 0.1) => (name, [length], Normal(random, length, scale, mean));
        (string, long[], float[]) Matrix(string name, int rows, int columns) => (name, [rows, columns], Normal(random, rows * columns, 1 / Math.Sqrt(columns)));
        var norm = IsGemma ? 0 : 1;
        yield return ("model.embed_tokens.weight", [Tokens, Width], Normal(random, Tokens * Width, IsGemma ? 0.2 : 1));
        for (var layer = 0; layer < Layers; layer++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");
            yield return Vector(at + "input_layernorm.weight", Width, norm);
            yield return Vector(at + "post_attention_layernorm.weight", Width, norm);
            if (IsGemma)
            {
                yield return Vector(at + "pre_feedforward_layernorm.weight", Width, norm);

                // llama.cpp looks GELU up in a table of 16-bit numbers; a small share of it keeps that rounding out of the comparison.
                yield return Vector(at + "post_feedforward_layernorm.weight", Width, -0.7);
            }

            foreach (var (name, (rows, columns)) in Linears)
            {
                yield return Matrix(at + name + ".weight", rows, columns);
                if ((AttentionBias && (name is "self_attn.q_proj" or "self_attn.k_proj" or "self_attn.v_proj")) || (OtherBias && (name == "self_attn.o_proj" || name.StartsWith("mlp.", StringComparison.Ordinal))))
                {
                    yield return Vector(at + name + ".bias", rows, 0, 0.3);
                }
            }

            if (Architecture == "Qwen3ForCausalLM")
            {
                yield return Vector(at + "self_attn.q_norm.weight", HeadSize, 1);
                yield return Vector(at + "self_attn.k_norm.weight", HeadSize, 1);
            }
        }

        yield return Vector("model.norm.weight", Width, norm);
        if (!Tied)
        {
            yield return Matrix("lm_head.weight", Tokens, Width);
        }
    }

    private JsonObject Config()
    {
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray(Architecture),
            ["hidden_size"] = Width,
            ["intermediate_size"] = FeedForward,
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = Heads,
            ["num_key_value_heads"] = KeyHeads,
            ["head_dim"] = HeadSize,
            ["vocab_size"] = Tokens,
            ["max_position_embeddings"] = 64,
            ["rms_norm_eps"] = 1e-6,
            ["rope_theta"] = 10000.0,
            ["tie_word_embeddings"] = Tied,
            ["attention_bias"] = AttentionBias,
            ["hidden_act"] = IsGemma ? "gelu_pytorch_tanh" : "silu",
            ["torch_dtype"] = Type switch { GgmlType.F32 => "float32", GgmlType.F16 => "float16", _ => "bfloat16" },
            ["eos_token_id"] = 256,
        };
        if (RopeScaling is not null)
        {
            config["rope_scaling"] = JsonNode.Parse(RopeScaling);
        }

        if (IsGemma)
        {
            config["attn_logit_softcapping"] = 5.0;
            config["final_logit_softcapping"] = 3.0;
            config["sliding_window"] = SlidingWindow;
            config["query_pre_attn_scalar"] = HeadSize;
        }

        return config;
    }

    // GPT-2's letters for bytes: those that can be seen stand for themselves, the others for what follows 255.
    private static JsonObject Tokenizer()
    {
        var vocabulary = new JsonObject();
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            var seen = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            vocabulary[((char)(seen ? value : next++)).ToString()] = value;
        }

        JsonObject Special(int id, string content) => new() { ["id"] = id, ["content"] = content, ["special"] = true };
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(Special(256, "<|endoftext|>"), Special(257, "<|im_end|>")),
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = true },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray() },
        };
    }
}
