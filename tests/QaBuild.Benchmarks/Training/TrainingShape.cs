using System.Runtime.InteropServices;
using QaBuild.Model.Gguf;

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
    public string File(string folder)
    {
        var path = Path.Combine(folder, $"{Name}-{Layers}.gguf");
        if (System.IO.File.Exists(path))
        {
            return path;
        }

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
        Matrix(writer, "token_embd.weight", Vocabulary, Width);
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
                Matrix(writer, $"blk.{l}.{name}.weight", rows, columns);
                if (name is "attn_q" or "attn_k" or "attn_v")
                {
                    Ones(writer, $"blk.{l}.{name}.bias", rows);
                }
            }
        }

        writer.WriteTo(path);
        return path;
    }

    private static void Ones(GgufWriter writer, string name, int length)
        => writer.AddTensor(name, GgmlType.F32, [length], s => s.Write(MemoryMarshal.AsBytes<float>(Enumerable.Repeat(1f, length).ToArray())));

    private static void Matrix(GgufWriter writer, string name, int rows, int columns) => writer.AddTensor(name, GgmlType.F32, [columns, rows], stream =>
    {
        const float Spread = 0.07f;
        var random = new Random(1);
        var row = new float[columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                row[j] = (random.NextSingle() - 0.5f) * Spread;
            }

            stream.Write(MemoryMarshal.AsBytes<float>(row));
        }
    });
}
