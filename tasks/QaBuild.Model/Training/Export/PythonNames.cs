using System.Globalization;
using QaBuild.Model.Import;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Export;

/// <summary>What mlx-lm, PEFT and transformers call the weights of a layer, and in which order of rows and with which offset they have them.</summary>
internal static class PythonNames
{
    /// <summary>For example <c>model.layers.3.self_attn.q_proj</c>.</summary>
    public static string Linear(int layer, LinearKind kind) => string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.{kind.ModuleName()}");

    /// <summary>For example <c>model.layers.3.input_layernorm.weight</c>.</summary>
    public static string Norm(ModelShape shape, int layer, NormKind kind)
    {
        var name = kind switch
        {
            NormKind.Attention => "input_layernorm",
            NormKind.FeedForward => shape.HasPostNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm",
            NormKind.Query => "self_attn.q_norm",
            NormKind.Key => "self_attn.k_norm",
            NormKind.PostAttention => "post_attention_layernorm",
            NormKind.PostFeedForward => "post_feedforward_layernorm",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.{name}.weight");
    }

    /// <summary>What Python's norms have less than a GGUF's: Gemma's add one to their weights, which a GGUF holds added.</summary>
    public static float NormOffset(ModelShape shape) => shape.Architecture == ModelArchitecture.Gemma2 ? 1 : 0;

    /// <summary>
    /// Where Python has each output of a linear map: row i of a GGUF is row <c>result[i]</c> there. A llama's queries and keys stand in a GGUF in the order in which llama.cpp
    /// turns them.
    /// </summary>
    public static int[] Rows(ModelShape shape, LinearKind kind)
    {
        var rows = shape.Outputs(kind);
        var heads = (shape.Architecture, kind) switch
        {
            (ModelArchitecture.Llama, LinearKind.Query) => shape.Heads,
            (ModelArchitecture.Llama, LinearKind.Key) => shape.KeyHeads,
            _ => 0,
        };
        return [.. Enumerable.Range(0, rows).Select(i => heads == 0 ? i : (int)HfTensors.Permuted(i, rows, heads))];
    }
}
