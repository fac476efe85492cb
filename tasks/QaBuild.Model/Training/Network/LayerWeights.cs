using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>The norms of a layer. Which of them there are is a matter of the architecture.</summary>
internal enum NormKind
{
    Attention,
    FeedForward,
    Query,
    Key,
    PostAttention,
    PostFeedForward,
}

/// <summary>The weights that one layer computes with.</summary>
internal sealed class LayerWeights
{
    private static readonly string[] NormNames = ["attn_norm", "ffn_norm", "attn_q_norm", "attn_k_norm", "post_attention_norm", "post_ffw_norm"];

    /// <summary>By <see cref="LinearKind"/>.</summary>
    public WeightMatrix[] Matrices { get; } = new WeightMatrix[LinearKinds.All.Count];

    /// <summary>By <see cref="LinearKind"/>; null where there is none.</summary>
    public FloatBuffer?[] Biases { get; } = new FloatBuffer?[LinearKinds.All.Count];

    /// <summary>By <see cref="NormKind"/>; null where there is none.</summary>
    public FloatBuffer?[] Norms { get; } = new FloatBuffer?[NormNames.Length];

    /// <summary>For example <c>blk.3.attn_norm.weight</c>.</summary>
    public static string NormName(NormKind kind, int layer) => $"blk.{layer}.{NormNames[(int)kind]}.weight";

    /// <summary>For example <c>blk.3.attn_q.bias</c>.</summary>
    public static string BiasName(LinearKind kind, int layer) => kind.TensorName(layer).Replace(".weight", ".bias", StringComparison.Ordinal);

    /// <summary>The norms that layers of this shape have, and how many numbers each has.</summary>
    public static IEnumerable<(NormKind Kind, int Length)> NormsOf(ModelShape shape)
    {
        yield return (NormKind.Attention, shape.Width);
        yield return (NormKind.FeedForward, shape.Width);
        if (shape.HasHeadNorms)
        {
            yield return (NormKind.Query, shape.HeadSize);
            yield return (NormKind.Key, shape.HeadSize);
        }

        if (shape.HasPostNorms)
        {
            yield return (NormKind.PostAttention, shape.Width);
            yield return (NormKind.PostFeedForward, shape.Width);
        }
    }
}
