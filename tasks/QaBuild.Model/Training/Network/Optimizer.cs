using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>Numbers that an optimizer remembers; a checkpoint holds them.</summary>
public sealed class OptimizerSlot
{
    internal OptimizerSlot(string name, long length) => (Name, Buffer) = (name, FloatBuffer.Zeros(length));

    /// <summary>The parameter's name and <c>.m</c> or <c>.v</c>.</summary>
    public string Name { get; }

    /// <summary>The numbers.</summary>
    public Span<float> Values => Buffer.Span;

    internal FloatBuffer Buffer { get; }
}

/// <summary>Changes parameters along their gradients. The defaults of each are mlx-lm's.</summary>
public abstract class Optimizer : IDisposable
{
    private const int Grain = 1 << 14;
    private readonly List<OptimizerSlot> _slots = [];

    private protected Optimizer(AdapterWeights adapter, IReadOnlyList<string> slots)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        Adapter = adapter;
        _slots.AddRange(adapter.Parameters.SelectMany(p => slots.Select(s => new OptimizerSlot($"{p.Name}.{s}", p.Buffer.Length))));
    }

    /// <summary>Steps taken; a checkpoint holds it.</summary>
    public long Steps { get; set; }

    /// <summary>All that is remembered, in a fixed order.</summary>
    public IReadOnlyList<OptimizerSlot> Slots => _slots;

    private protected AdapterWeights Adapter { get; }

    /// <summary>Takes one step.</summary>
    /// <param name="workers">Who does it.</param>
    /// <param name="learningRate">Of this step.</param>
    public unsafe void Step(Workers workers, float learningRate)
    {
        ArgumentNullException.ThrowIfNull(workers);
        Steps++;
        var perParameter = _slots.Count / Math.Max(1, Adapter.Parameters.Count);
        for (var i = 0; i < Adapter.Parameters.Count; i++)
        {
            var parameter = Adapter.Parameters[i];
            var first = perParameter > 0 ? _slots[i * perParameter].Buffer : null;
            var second = perParameter > 1 ? _slots[(i * perParameter) + 1].Buffer : null;
            workers.For((int)((parameter.Buffer.Length + Grain - 1) / Grain), 1, (start, end, _) =>
            {
                var (from, to) = ((nint)start * Grain, (nint)Math.Min(parameter.Buffer.Length, (long)end * Grain));
                Update(parameter.Buffer.Pointer + from, parameter.GradientBuffer.Pointer + from, first is null ? null : first.Pointer + from, second is null ? null : second.Pointer + from, (int)(to - from), learningRate);
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _slots.ForEach(s => s.Buffer.Dispose());
        GC.SuppressFinalize(this);
    }

    private protected abstract unsafe void Update(float* values, float* gradient, float* first, float* second, int length, float learningRate);
}

/// <summary>Adam (Kingma and Ba 2014), and with a decay of the weights AdamW (Loshchilov and Hutter 2017). MLX corrects no bias unless it is told to.</summary>
public sealed class AdamOptimizer(AdapterWeights adapter, AdamOptions options) : Optimizer(adapter, ["m", "v"])
{
    private protected override unsafe void Update(float* values, float* gradient, float* first, float* second, int length, float learningRate)
    {
        var (b1, b2) = (options.Beta1, options.Beta2);
        var rate = options.BiasCorrection ? (float)(learningRate / (1 - Math.Pow(b1, Steps))) : learningRate;
        var spread = options.BiasCorrection ? (float)(1 / Math.Sqrt(1 - Math.Pow(b2, Steps))) : 1;
        var kept = 1 - (learningRate * options.WeightDecay);
        for (var i = 0; i < length; i++)
        {
            var g = gradient[i];
            first[i] = (b1 * first[i]) + ((1 - b1) * g);
            second[i] = (b2 * second[i]) + ((1 - b2) * g * g);
            values[i] = (values[i] * kept) - (rate * first[i] / ((MathF.Sqrt(second[i]) * spread) + options.Epsilon));
        }
    }
}

/// <summary>The constants of Adam and AdamW.</summary>
/// <param name="Beta1">Of the mean.</param>
/// <param name="Beta2">Of the mean of squares.</param>
/// <param name="Epsilon">Added to the divisor.</param>
/// <param name="WeightDecay">0 for Adam; mlx-lm's AdamW has 0.01.</param>
/// <param name="BiasCorrection">Whether the first steps are enlarged as in the paper (and PyTorch).</param>
public sealed record AdamOptions(float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f, float WeightDecay = 0, bool BiasCorrection = false);

/// <summary>Gradient descent.</summary>
public sealed class SgdOptimizer(AdapterWeights adapter, SgdOptions options) : Optimizer(adapter, options.Momentum > 0 ? ["m"] : [])
{
    private protected override unsafe void Update(float* values, float* gradient, float* first, float* second, int length, float learningRate)
    {
        for (var i = 0; i < length; i++)
        {
            var g = gradient[i] + (options.WeightDecay * values[i]);
            if (first != null)
            {
                first[i] = (options.Momentum * first[i]) + ((1 - options.Dampening) * g);
                g = options.Nesterov ? g + (options.Momentum * first[i]) : first[i];
            }

            values[i] -= learningRate * g;
        }
    }
}

/// <summary>The constants of gradient descent.</summary>
/// <param name="Momentum">Of what was done before.</param>
/// <param name="WeightDecay">Added to the gradient.</param>
/// <param name="Dampening">Of the gradient in the momentum.</param>
/// <param name="Nesterov">Looks one step ahead.</param>
public sealed record SgdOptions(float Momentum = 0, float WeightDecay = 0, float Dampening = 0, bool Nesterov = false);
