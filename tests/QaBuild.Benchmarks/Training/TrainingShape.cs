using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging.Quantizing;

namespace QaBuild.Benchmarks.Training;

/// <summary>The models of torch_lora_reference.py: Qwen2's architecture with random weights.</summary>
internal sealed record TrainingShape(string Name, int Layers, int Width, int Heads, int KeyHeads, int HeadSize, int FeedForward, int Vocabulary)
{
    public static TrainingShape Of(string name, int layers) => name switch
    {
        "S" => new("S", layers, 256, 4, 2, 64, 1024, 8192),
        "M" => new("M", layers, 896, 14, 2, 64, 4864, 151936),
        _ => throw new ArgumentException($"There is no shape {name}.", nameof(name)),
    };

    /// <summary>Floating-point operations of the linear maps and the output matrix, forward and backward, for one token.</summary>
    public double Operations => 4.0 * (((double)Layers * ((2.0 * Width * Heads * HeadSize) + (2.0 * Width * KeyHeads * HeadSize) + (3.0 * Width * FeedForward))) + ((double)Width * Vocabulary));

    /// <summary>Writes the model once; later runs find it.</summary>
    /// <param name="folder">Where models are kept.</param>
    /// <param name="type">F32, BF16, or one of llama.cpp's quantizations.</param>
    public string File(string folder, string type)
    {
        var path = Path.Combine(folder, $"{Name}-{Layers}-{type}.gguf");
        if (System.IO.File.Exists(path))
        {
            return path;
        }

        if (Enum.TryParse<GgmlType>(type, out var floats) && floats is GgmlType.F32 or GgmlType.BF16)
        {
            Write(path, floats);
        }
        else
        {
            Quantize(File(folder, nameof(GgmlType.F32)), path, Quantization.Parse([type])[0]).GetAwaiter().GetResult();
        }

        return path;
    }

    private static async Task Quantize(string from, string to, Quantization type)
    {
        await using var llama = LlamaProcess.Start(LlamaHost.Beside(await LlamaCpp.LocateOrRestoreAsync(null, _ => { }, default)));
        await Quantizer.RunAsync(llama, from, to, type);
    }

    private void Write(string path, GgmlType type)
    {
        var writer = new GgufWriter();
        writer.Add("general.architecture", "qwen2");
        foreach (var (key, value) in new[]
        {
            ("context_length", 32768), ("embedding_length", Width), ("block_count", Layers), ("feed_forward_length", FeedForward), ("attention.head_count", Heads), ("attention.head_count_kv", KeyHeads),
        })
        {
            writer.Add($"qwen2.{key}", (uint)value);
        }

        writer.Add("qwen2.attention.layer_norm_rms_epsilon", 1e-6f);
        writer.Add("qwen2.rope.freq_base", 1e6f);
        writer.Add("qwen2.vocab_size", (uint)Vocabulary);
        writer.Add("tokenizer.ggml.model", "no_vocab");
        Matrix(writer, type, "token_embd.weight", Vocabulary, Width);
        Ones(writer, "output_norm.weight", Width);
        for (var l = 0; l < Layers; l++)
        {
            Ones(writer, $"blk.{l}.attn_norm.weight", Width);
            Ones(writer, $"blk.{l}.ffn_norm.weight", Width);
            foreach (var (name, rows, columns) in new[]
            {
                ("attn_q", Heads * HeadSize, Width), ("attn_k", KeyHeads * HeadSize, Width), ("attn_v", KeyHeads * HeadSize, Width), ("attn_output", Width, Heads * HeadSize),
                ("ffn_gate", FeedForward, Width), ("ffn_up", FeedForward, Width), ("ffn_down", Width, FeedForward),
            })
            {
                Matrix(writer, type, $"blk.{l}.{name}.weight", rows, columns);
                if (name is "attn_q" or "attn_k" or "attn_v")
                {
                    Ones(writer, $"blk.{l}.{name}.bias", rows);
                }
            }
        }

        writer.WriteTo(path);
    }

    private static void Ones(GgufWriter writer, string name, int length)
        => writer.AddTensor(name, GgmlType.F32, [length], s => s.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(Enumerable.Repeat(1f, length).ToArray())));

    private static void Matrix(GgufWriter writer, GgmlType type, string name, int rows, int columns) => writer.AddTensor(name, type, [columns, rows], stream =>
    {
        const float Spread = 0.07f;
        var random = new Random(1);
        var row = new float[columns];
        var bytes = new byte[columns * GgmlTypes.BlockBytes(type)];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                row[j] = (random.NextSingle() - 0.5f) * Spread;
            }

            FloatConverter.Write(type, row, bytes);
            stream.Write(bytes);
        }
    });
}
