using System.Text;

namespace QaBuild.Tests;

/// <summary>
/// A GGUF that llama.cpp loads, made from a seed: one layer of the llama architecture with random weights, and a vocabulary of bytes. It knows nothing of our own
/// writer, so that neither is checked with itself.
/// </summary>
internal static class TinyGguf
{
    /// <summary>Beginning of a text, end of a text, and what ChatML puts around a turn.</summary>
    public const int Bos = 1;
    public const int Eos = 2;
    public const int TurnStart = 259;
    public const int TurnEnd = 260;

    /// <summary>In tokens.</summary>
    public const int Context = 512;

    /// <summary>A template that llama.cpp takes for ChatML.</summary>
    public const string ChatMl = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}";

    private const int Width = 32;
    private const int Heads = 2;
    private const int Inner = 64;
    private const int Alignment = 32;

    private static readonly (string Text, int Type)[] s_tokens =
    [
        ("<unk>", 2), ("<s>", 3), ("</s>", 3),
        .. Enumerable.Range(0, 256).Select(b => ($"<0x{b:X2}>", 6)),
        ("<|im_start|>", 3), ("<|im_end|>", 3), ("▁", 1), ("▁the", 1), ("▁t", 1), ("h", 1), ("t", 1), ("e", 1), ("he", 1),
    ];

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="chatTemplate">None when null.</param>
    /// <param name="layers">What the file says it has; it has one.</param>
    public static string Write(string path, string? chatTemplate = null, int layers = 1)
    {
        (string Name, int[] Shape)[] tensors =
        [
            ("token_embd.weight", [Width, s_tokens.Length]), ("output_norm.weight", [Width]), ("output.weight", [Width, s_tokens.Length]),
            ("blk.0.attn_norm.weight", [Width]), ("blk.0.attn_q.weight", [Width, Width]), ("blk.0.attn_k.weight", [Width, Width]), ("blk.0.attn_v.weight", [Width, Width]),
            ("blk.0.attn_output.weight", [Width, Width]), ("blk.0.ffn_norm.weight", [Width]),
            ("blk.0.ffn_gate.weight", [Width, Inner]), ("blk.0.ffn_up.weight", [Width, Inner]), ("blk.0.ffn_down.weight", [Inner, Width]),
        ];
        (string Key, object Value)[] metadata =
        [
            ("general.architecture", "llama"), ("general.name", "tiny"),
            ("llama.block_count", (uint)layers), ("llama.context_length", (uint)Context), ("llama.embedding_length", (uint)Width), ("llama.feed_forward_length", (uint)Inner),
            ("llama.attention.head_count", (uint)Heads), ("llama.attention.layer_norm_rms_epsilon", 1e-5f), ("llama.rope.dimension_count", (uint)(Width / Heads)),
            ("tokenizer.ggml.model", "llama"), ("tokenizer.ggml.bos_token_id", (uint)Bos), ("tokenizer.ggml.eos_token_id", (uint)Eos), ("tokenizer.ggml.eot_token_id", (uint)TurnEnd),
            ("tokenizer.ggml.tokens", s_tokens.Select(t => t.Text).ToArray()), ("tokenizer.ggml.token_type", s_tokens.Select(t => t.Type).ToArray()),
            ("tokenizer.ggml.scores", s_tokens.Select((t, i) => t.Type == 1 ? -i : 0f).ToArray()),
            .. chatTemplate is null ? Array.Empty<(string, object)>() : [("tokenizer.chat_template", chatTemplate)],
        ];

        using var stream = File.Create(path);
        using var writer = new BinaryWriter(stream);
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write((long)tensors.Length);
        writer.Write((long)metadata.Length);
        foreach (var (key, value) in metadata)
        {
            WriteText(writer, key);
            WriteValue(writer, value);
        }

        var offset = 0L;
        foreach (var (name, shape) in tensors)
        {
            WriteText(writer, name);
            writer.Write(shape.Length);
            foreach (var length in shape)
            {
                writer.Write((long)length);
            }

            writer.Write(0);
            writer.Write(offset);
            offset += Padded(shape.Aggregate(1L, (a, b) => a * b) * sizeof(float));
        }

        Pad(writer);
        var random = new Random(7);
        foreach (var (name, shape) in tensors)
        {
            var count = shape.Aggregate(1, (a, b) => a * b);
            for (var i = 0; i < count; i++)
            {
                writer.Write(name.Contains("norm", StringComparison.Ordinal) ? 1f : (float)((random.NextDouble() - 0.5) * 0.6));
            }

            Pad(writer);
        }

        return path;
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case uint number:
                writer.Write(4);
                writer.Write(number);
                break;
            case float number:
                writer.Write(6);
                writer.Write(number);
                break;
            case string text:
                writer.Write(8);
                WriteText(writer, text);
                break;
            case Array items:
                writer.Write(9);
                writer.Write(items switch { string[] => 8, float[] => 6, _ => 5 });
                writer.Write((long)items.Length);
                foreach (var item in items)
                {
                    if (item is string text)
                    {
                        WriteText(writer, text);
                    }
                    else if (item is float real)
                    {
                        writer.Write(real);
                    }
                    else
                    {
                        writer.Write((int)item);
                    }
                }

                break;
            default:
                throw new ArgumentException(value.GetType().Name);
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }

    private static long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private static void Pad(BinaryWriter writer)
    {
        while (writer.BaseStream.Position % Alignment != 0)
        {
            writer.Write((byte)0);
        }
    }
}
