using System.Runtime.InteropServices;
using System.Text;
using QaBuild.Model.Gguf;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Tests.Training;

/// <summary>Small models of every architecture, whose numbers depend on the tensors' names alone (torch_step.py makes the same).</summary>
internal sealed record TinyModel(ModelArchitecture Architecture)
{
    public const int Width = 32;
    public const int Layers = 2;
    public const int Heads = 4;
    public const int KeyHeads = 2;
    public const int FeedForward = 48;
    public const int Vocabulary = 61;

    public int HeadSize { get; init; } = 8;

    public bool Tied { get; init; } = true;

    public int Window { get; init; } = 5;

    public double RopeBase { get; init; } = 1e6;

    public bool Biased => Architecture == ModelArchitecture.Qwen2;

    /// <summary>Numbers in [mean - spread / 2, mean + spread / 2).</summary>
    public static float[] Numbers(string name, int count, float spread, float mean = 0)
    {
        var seed = 0xCBF29CE484222325;
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            seed = (seed ^ b) * 0x100000001B3;
        }

        return [.. Enumerable.Range(0, count).Select(i => (float)(mean + (spread * ((Mix(seed + (((ulong)i + 1) * 0x9E3779B97F4A7C15)) >> 40) / (double)(1 << 24) - 0.5))))];
    }

    public static int[] Ids(string name, int count) => [.. Numbers(name, count, 1, 0.5f).Select(n => (int)(n * Vocabulary))];

    /// <summary>All tensors: name, shape (densest first) and numbers.</summary>
    public IEnumerable<(string Name, long[] Shape, float[] Values)> Tensors()
    {
        (string, long[], float[]) Matrix(string name, int rows, int columns) => (name, [columns, rows], Numbers(name, rows * columns, 0.6f));
        (string, long[], float[]) Vector(string name, int length, float spread = 0.4f, float mean = 1) => (name, [length], Numbers(name, length, spread, mean));
        var (q, kv) = (Heads * HeadSize, KeyHeads * HeadSize);
        yield return Matrix("token_embd.weight", Vocabulary, Width);
        yield return Vector("output_norm.weight", Width);
        if (!Tied)
        {
            yield return Matrix("output.weight", Vocabulary, Width);
        }

        for (var l = 0; l < Layers; l++)
        {
            foreach (var (kind, rows, columns) in new[] { ("attn_q", q, Width), ("attn_k", kv, Width), ("attn_v", kv, Width), ("attn_output", Width, q), ("ffn_gate", FeedForward, Width), ("ffn_up", FeedForward, Width), ("ffn_down", Width, FeedForward) })
            {
                yield return Matrix($"blk.{l}.{kind}.weight", rows, columns);
                if (Biased && (kind is "attn_q" or "attn_k" or "attn_v"))
                {
                    yield return Vector($"blk.{l}.{kind}.bias", rows, mean: 0);
                }
            }

            yield return Vector($"blk.{l}.attn_norm.weight", Width);
            yield return Vector($"blk.{l}.ffn_norm.weight", Width);
            if (Architecture == ModelArchitecture.Qwen3)
            {
                yield return Vector($"blk.{l}.attn_q_norm.weight", HeadSize);
                yield return Vector($"blk.{l}.attn_k_norm.weight", HeadSize);
            }

            if (Architecture == ModelArchitecture.Gemma2)
            {
                yield return Vector($"blk.{l}.post_attention_norm.weight", Width);
                yield return Vector($"blk.{l}.post_ffw_norm.weight", Width);
            }
        }
    }

    /// <summary>Writes the model and opens it.</summary>
    public GgufFile Open(string folder)
    {
        var (writer, prefix) = (new GgufWriter(), Architecture.ToString().ToLowerInvariant());
        writer.Add("general.architecture", prefix);
        foreach (var (key, value) in new (string, int)[]
        {
            ("context_length", 64), ("embedding_length", Width), ("block_count", Layers), ("feed_forward_length", FeedForward), ("attention.head_count", Heads), ("attention.head_count_kv", KeyHeads),
            ("attention.key_length", HeadSize), ("attention.value_length", HeadSize), ("rope.dimension_count", HeadSize),
        })
        {
            writer.Add($"{prefix}.{key}", (uint)value);
        }

        writer.Add($"{prefix}.attention.layer_norm_rms_epsilon", 1e-6f);
        writer.Add($"{prefix}.rope.freq_base", (float)RopeBase);
        if (Architecture == ModelArchitecture.Gemma2)
        {
            writer.Add("gemma2.attn_logit_softcapping", 2f);
            writer.Add("gemma2.final_logit_softcapping", 3f);
            writer.Add("gemma2.attention.sliding_window", (uint)Window);
        }

        foreach (var (name, shape, values) in Tensors())
        {
            writer.AddTensor(name, GgmlType.F32, shape, s => s.Write(MemoryMarshal.AsBytes<float>(values)));
        }

        var path = Path.Combine(folder, "tiny.gguf");
        writer.WriteTo(path);
        return GgufFile.Open(path);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
