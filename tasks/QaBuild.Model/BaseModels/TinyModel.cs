using System.Globalization;
using System.Runtime.InteropServices;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;

namespace QaBuild.Model.BaseModels;

/// <summary>
/// A Qwen2-shaped model of half a million random weights, with a token a byte and Qwen's special tokens: it knows nothing, and learns by heart what it is taught, so that
/// everything can be tried without a download. The same bytes on every machine.
/// </summary>
public static class TinyModel
{
    private const int Width = 128;
    private const int Layers = 2;
    private const int Heads = 4;
    private const int KeyHeads = 2;
    private const int HeadSize = Width / Heads;
    private const int FeedForward = 384;
    private const int Context = 4096;
    private const ulong Seed = 20240919;
    private const string EndOfText = "<|endoftext|>";
    private const string TurnBegins = "<|im_start|>";
    private const string TurnEnds = "<|im_end|>";

    // ChatML, as Qwen's models have it, without tools.
    private const string ChatTemplate =
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary>Makes the model unless it is there.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void EnsureAt(string path)
    {
        using var memory = new MemoryStream();
        Writer().WriteTo(memory, null, default);
        var bytes = memory.ToArray();
        if (File.Exists(path) && new FileInfo(path).Length == bytes.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
        {
            return;
        }

        Writer().WriteTo(path);
    }

    private static GgufWriter Writer()
    {
        var (tokens, types) = Vocabulary();
        var writer = new GgufWriter();
        writer.Add("general.architecture", "qwen2");
        writer.Add("general.type", "model");
        writer.Add("general.name", "tiny");
        writer.Add("qwen2.block_count", (uint)Layers);
        writer.Add("qwen2.context_length", (uint)Context);
        writer.Add("qwen2.embedding_length", (uint)Width);
        writer.Add("qwen2.feed_forward_length", (uint)FeedForward);
        writer.Add("qwen2.attention.head_count", (uint)Heads);
        writer.Add("qwen2.attention.head_count_kv", (uint)KeyHeads);
        writer.Add("qwen2.attention.key_length", (uint)HeadSize);
        writer.Add("qwen2.attention.value_length", (uint)HeadSize);
        writer.Add("qwen2.attention.layer_norm_rms_epsilon", 1e-6f);
        writer.Add("qwen2.rope.dimension_count", (uint)HeadSize);
        writer.Add("qwen2.rope.freq_base", 10000f);
        writer.Add("qwen2.vocab_size", (uint)tokens.Length);
        writer.Add("general.file_type", 0u);
        var ids = tokens.Select((t, i) => (t, i)).ToDictionary(t => t.t, t => t.i, StringComparer.Ordinal);
        new Vocabulary("gpt2", "qwen2", tokens, types)
        {
            Merges = [],

            // As Qwen's base models have it: the specification ends rows with this token.
            Eos = ids[EndOfText],
            Padding = ids[EndOfText],
            AddBos = false,
            ChatTemplates = [("default", ChatTemplate)],
        }.WriteTo(writer);
        AddTensors(writer, tokens.Length);
        return writer;
    }

    private static (string[] Tokens, TokenType[] Types) Vocabulary()
    {
        // The letters that GPT-2's tokenizer writes bytes with: those that can be seen are themselves, the others follow 255.
        var tokens = new List<string>();
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            tokens.Add(((char)(value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? value : next++)).ToString());
        }

        tokens.AddRange([EndOfText, TurnBegins, TurnEnds]);
        return ([.. tokens], [.. tokens.Select((_, i) => i < 256 ? TokenType.Normal : TokenType.Control)]);
    }

    private static void AddTensors(GgufWriter writer, int tokens)
    {
        var random = new NormalNumbers(Seed);
        void Matrix(string name, int rows, int columns, double scale)
        {
            var numbers = random.Next(rows * columns, scale);
            writer.AddTensor(name, GgmlType.F32, [columns, rows], s => s.Write(MemoryMarshal.AsBytes(numbers.AsSpan())));
        }

        void Vector(string name, int length, float value)
        {
            var numbers = new float[length];
            Array.Fill(numbers, value);
            writer.AddTensor(name, GgmlType.F32, [length], s => s.Write(MemoryMarshal.AsBytes(numbers.AsSpan())));
        }

        Matrix("token_embd.weight", tokens, Width, 0.5);
        for (var layer = 0; layer < Layers; layer++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"blk.{layer}.");
            Vector(at + "attn_norm.weight", Width, 1);
            Matrix(at + "attn_q.weight", Heads * HeadSize, Width, Linear(Width));
            Vector(at + "attn_q.bias", Heads * HeadSize, 0);
            Matrix(at + "attn_k.weight", KeyHeads * HeadSize, Width, Linear(Width));
            Vector(at + "attn_k.bias", KeyHeads * HeadSize, 0);
            Matrix(at + "attn_v.weight", KeyHeads * HeadSize, Width, Linear(Width));
            Vector(at + "attn_v.bias", KeyHeads * HeadSize, 0);
            Matrix(at + "attn_output.weight", Width, Heads * HeadSize, Linear(Heads * HeadSize));
            Vector(at + "ffn_norm.weight", Width, 1);
            Matrix(at + "ffn_gate.weight", FeedForward, Width, Linear(Width));
            Matrix(at + "ffn_up.weight", FeedForward, Width, Linear(Width));
            Matrix(at + "ffn_down.weight", Width, FeedForward, Linear(FeedForward));
        }

        Vector("output_norm.weight", Width, 1);
        Matrix("output.weight", tokens, Width, Linear(Width));

        // Keeps the size of what passes through.
        static double Linear(int columns) => 1 / Math.Sqrt(columns);
    }
}
