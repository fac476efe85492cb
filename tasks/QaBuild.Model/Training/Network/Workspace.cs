using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>Memory of a network for batches of up to so many tokens; allocated once and used by every pass.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly List<FloatBuffer> _all = [];
    private readonly Activations?[] _layers;
    private readonly FloatBuffer?[] _inputs;

    public Workspace(BaseWeights weights, AdapterWeights? adapter, TransformerOptions options, int tokens, bool training)
    {
        var shape = weights.Shape;
        Tokens = tokens;
        FloatBuffer Make(long width)
        {
            var buffer = FloatBuffer.Allocate(tokens * width);
            _all.Add(buffer);
            return buffer;
        }

        var first = training && adapter is not null ? adapter.FirstLayer : shape.Layers;
        _inputs = new FloatBuffer?[shape.Layers + 1];
        _layers = new Activations?[shape.Layers];
        FloatBuffer[] passing = first > 0 ? [Make(shape.Width), Make(shape.Width)] : [];
        Activations? shared = null;
        for (var l = 0; l <= shape.Layers; l++)
        {
            _inputs[l] = l < first || (l == first && l == shape.Layers && first > 0) ? passing[l % 2] : Make(shape.Width);
            if (l < shape.Layers)
            {
                var keeps = l >= first && !options.Checkpoint;
                _layers[l] = keeps ? new Activations(shape, tokens, adapter, l) : shared ??= new Activations(shape, tokens, adapter, shape.Layers - 1);
            }
        }

        Normed = Make(shape.Width);
        Query = Make(shape.QueryWidth);
        Key = Make(shape.KeyWidth);
        Gated = Make(shape.FeedForward);
        var rows = Math.Min(options.LossRows, tokens);
        Logits = FloatBuffer.Allocate((long)rows * shape.Vocabulary);
        Picked = FloatBuffer.Allocate((long)rows * shape.Width);
        PickedNormed = FloatBuffer.Allocate((long)rows * shape.Width);
        _all.AddRange([Logits, Picked, PickedNormed]);
        LossRows = rows;
        if (adapter is { Options.Dropout: > 0 })
        {
            Dropped = Make(Math.Max(shape.FeedForward, Math.Max(shape.Width, shape.QueryWidth)));
        }

        if (!training)
        {
            return;
        }

        Slope = Make(shape.Width);
        SlopeNormed = Make(shape.Width);
        SlopeWide = Make(shape.FeedForward);
        SlopeUp = Make(shape.FeedForward);
        SlopeAttended = Make(shape.QueryWidth);
        SlopeQuery = Make(shape.QueryWidth);
        SlopeKey = Make(shape.KeyWidth);
        SlopeValue = Make(shape.KeyWidth);
        Low = Make(Math.Max(1, adapter?.Options.Rank ?? 1));
        if (shape.HasPostNorms)
        {
            SlopePost = Make(shape.Width);
        }

        if (adapter is { Options.Kind: AdapterKind.Dora })
        {
            SlopePlain = Make(Math.Max(shape.FeedForward, Math.Max(shape.Width, shape.QueryWidth)));
        }
    }

    public int Tokens { get; }

    public int LossRows { get; }

    /// <summary>What passes need beside the logits.</summary>
    public long Bytes => _all.Union(_inputs.OfType<FloatBuffer>()).Sum(b => b.Bytes) - Logits.Bytes + _layers.OfType<Activations>().Distinct().Sum(a => a.Bytes);

    /// <summary>The input of the layer after a norm.</summary>
    public FloatBuffer Normed { get; }

    /// <summary>Turned queries.</summary>
    public FloatBuffer Query { get; }

    /// <summary>Turned keys.</summary>
    public FloatBuffer Key { get; }

    public FloatBuffer Gated { get; }

    /// <summary>[loss rows][vocabulary].</summary>
    public FloatBuffer Logits { get; }

    /// <summary>The rows of the last layer that carry loss.</summary>
    public FloatBuffer Picked { get; }

    public FloatBuffer PickedNormed { get; }

    /// <summary>Inputs of an adapter after dropout, and what flows back through it.</summary>
    public FloatBuffer? Dropped { get; }

    /// <summary>The gradient of what passes between layers.</summary>
    public FloatBuffer? Slope { get; }

    public FloatBuffer? SlopeNormed { get; }

    public FloatBuffer? SlopeWide { get; }

    public FloatBuffer? SlopeUp { get; }

    public FloatBuffer? SlopeAttended { get; }

    public FloatBuffer? SlopeQuery { get; }

    public FloatBuffer? SlopeKey { get; }

    public FloatBuffer? SlopeValue { get; }

    public FloatBuffer? SlopePost { get; }

    public FloatBuffer? SlopePlain { get; }

    public FloatBuffer? Low { get; }

    /// <summary>What enters layer <paramref name="layer"/>; after the last, what leaves it.</summary>
    public FloatBuffer Input(int layer) => _inputs[layer]!;

    public Activations Layer(int layer) => _layers[layer]!;

    public void Dispose()
    {
        _all.ForEach(b => b.Dispose());
        foreach (var layer in _layers.Distinct())
        {
            layer?.Dispose();
        }

        foreach (var input in _inputs.Distinct())
        {
            input?.Dispose();
        }
    }
}
