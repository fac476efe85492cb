using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>What a layer's backward needs of its forward, for so many tokens. Norms and the gate's product are cheap and computed again.</summary>
internal sealed class Activations : IDisposable
{
    private readonly List<FloatBuffer> _all = [];

    public Activations(ModelShape shape, int tokens, AdapterWeights? adapter, int layer)
    {
        FloatBuffer Make(long width)
        {
            var buffer = FloatBuffer.Allocate(tokens * width);
            _all.Add(buffer);
            return buffer;
        }

        Query = Make(shape.QueryWidth);
        Key = Make(shape.KeyWidth);
        Value = Make(shape.KeyWidth);
        Attended = Make(shape.QueryWidth);
        Sums = Make(shape.Heads);
        Middle = Make(shape.Width);
        Gate = Make(shape.FeedForward);
        Up = Make(shape.FeedForward);
        if (shape.HasPostNorms)
        {
            (Projected, Fed) = (Make(shape.Width), Make(shape.Width));
        }

        foreach (var kind in LinearKinds.All)
        {
            if (adapter?.Adapter(layer, kind) is { } linear)
            {
                Low[(int)kind] = Make(linear.A.Rows);
                Plain[(int)kind] = linear.Magnitude is null ? null : Make(shape.Outputs(kind));
            }
        }
    }

    /// <summary>[tokens][query width], before head norms and turning.</summary>
    public FloatBuffer Query { get; }

    /// <summary>[tokens][key width], likewise.</summary>
    public FloatBuffer Key { get; }

    public FloatBuffer Value { get; }

    /// <summary>The output of attention before its linear map.</summary>
    public FloatBuffer Attended { get; }

    /// <summary>See <see cref="Attention.Forward"/>.</summary>
    public FloatBuffer Sums { get; }

    /// <summary>After attention was added.</summary>
    public FloatBuffer Middle { get; }

    public FloatBuffer Gate { get; }

    public FloatBuffer Up { get; }

    /// <summary>The output of attention before its norm.</summary>
    public FloatBuffer? Projected { get; }

    /// <summary>The output of the feed-forward before its norm.</summary>
    public FloatBuffer? Fed { get; }

    /// <summary>x Aᵀ of each adapter.</summary>
    public FloatBuffer?[] Low { get; } = new FloatBuffer?[LinearKinds.All.Count];

    /// <summary>A linear map's output before DoRA gives it another length.</summary>
    public FloatBuffer?[] Plain { get; } = new FloatBuffer?[LinearKinds.All.Count];

    public long Bytes => _all.Sum(b => b.Bytes);

    public void Dispose() => _all.ForEach(b => b.Dispose());
}
