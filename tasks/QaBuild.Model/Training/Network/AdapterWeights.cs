using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>What is trained on top of a base.</summary>
public sealed class AdapterWeights : IDisposable
{
    private readonly LinearAdapter?[][] _adapters;
    private readonly TrainedLayer?[] _layers;

    /// <summary>A new adapter that changes nothing yet: A is uniform in ±1/√inputs, B is zero, magnitudes are those of the base (as mlx-lm begins).</summary>
    public AdapterWeights(BaseWeights weights, AdapterOptions options)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rank, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Dropout);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.Dropout, 1);
        var shape = weights.Shape;
        (Options, FirstLayer) = (options, options.FirstLayer(shape));
        _adapters = [.. Enumerable.Range(0, shape.Layers).Select(_ => new LinearAdapter?[LinearKinds.All.Count])];
        _layers = new TrainedLayer?[shape.Layers];
        var parameters = new List<Parameter>();
        for (var l = FirstLayer; l < shape.Layers; l++)
        {
            if (options.Kind == AdapterKind.Full)
            {
                _layers[l] = new TrainedLayer(shape, weights.Layers[l], l);
                parameters.AddRange(_layers[l]!.Parameters);
                continue;
            }

            foreach (var kind in options.Targets.Distinct().Order())
            {
                var adapter = new LinearAdapter(kind.TensorName(l), weights.Layers[l].Matrices[(int)kind], options, CounterRandom.Of(options.Seed, l, (long)kind));
                _adapters[l][(int)kind] = adapter;
                parameters.AddRange([adapter.A, adapter.B]);
                if (adapter.Magnitude is { } magnitude)
                {
                    parameters.Add(magnitude);
                }
            }
        }

        Parameters = parameters;
    }

    /// <summary>What it was made from.</summary>
    public AdapterOptions Options { get; }

    /// <summary>
    /// All that is trained, in a fixed order: by layer, linear map, and <c>.lora_a</c> [rank][inputs], <c>.lora_b</c> [rank][outputs] (both as mlx-lm has them but for A,
    /// which it stores as [inputs][rank]), <c>.magnitude</c> [outputs].
    /// </summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Numbers that are trained.</summary>
    public long Count => Parameters.Sum(p => p.Buffer.Length);

    /// <summary>The first layer that is trained; nothing below it needs a backward.</summary>
    internal int FirstLayer { get; }

    /// <summary>The adapters of linear maps, in the order of <see cref="Parameters"/>.</summary>
    internal IEnumerable<(int Layer, LinearKind Kind, LinearAdapter Adapter)> Linears =>
        from layer in Enumerable.Range(0, _adapters.Length) from kind in LinearKinds.All where Adapter(layer, kind) is not null select (layer, kind, Adapter(layer, kind)!);

    /// <summary>Forgets all gradients.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in Parameters)
        {
            parameter.Gradient.Clear();
        }
    }

    /// <summary>The length of all gradients together; not a number when one of them is not.</summary>
    public double GradientLength()
    {
        var sum = 0.0;
        foreach (var parameter in Parameters)
        {
            foreach (var g in parameter.Gradient)
            {
                sum += (double)g * g;
            }
        }

        return Math.Sqrt(sum);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in Parameters)
        {
            parameter.Dispose();
        }

        foreach (var adapter in _adapters.SelectMany(a => a).OfType<LinearAdapter>())
        {
            adapter.Dispose();
        }
    }

    internal LinearAdapter? Adapter(int layer, LinearKind kind) => _adapters[layer][(int)kind];

    internal TrainedLayer? Layer(int layer) => _layers[layer];

    internal void Measure(Workers workers, BaseWeights weights)
    {
        if (Options.Kind != AdapterKind.Dora)
        {
            return;
        }

        for (var l = FirstLayer; l < _adapters.Length; l++)
        {
            foreach (var kind in LinearKinds.All)
            {
                Adapter(l, kind)?.Measure(workers, weights.Layers[l].Matrices[(int)kind], Options.Scale);
            }
        }
    }
}
