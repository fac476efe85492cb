using QaBuild.Model.Gguf;
using QaBuild.Model.Kernels;
using QaBuild.Model.Training.Network;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Training;

/// <summary>Two steps of each optimizer on one number, against the formulas of MLX written out.</summary>
public sealed class OptimizerTests : IDisposable
{
    private const double Rate = 0.01;
    private readonly TemporaryFolder _folder = new();
    private readonly GgufFile _file;
    private readonly BaseWeights _weights;
    private readonly Workers _workers = new(2);

    public OptimizerTests()
    {
        _file = new TinyModel(ModelArchitecture.Llama).Open(_folder.Path);
        _weights = BaseWeights.Of(_file);
    }

    [Fact]
    public void Adam_is_that_of_MLX_which_corrects_no_bias()
    {
        var (m1, v1) = (0.1 * 2, 0.001 * 4);
        var (m2, v2) = ((0.9 * m1) + (0.1 * -1), (0.999 * v1) + 0.001);
        Check(a => new AdamOptimizer(a, new AdamOptions()), 1 - (Rate * m1 / (Math.Sqrt(v1) + 1e-8)) - (Rate * m2 / (Math.Sqrt(v2) + 1e-8)));
    }

    [Fact]
    public void AdamW_shrinks_weights_before_the_step()
    {
        var (m1, v1) = (0.1 * 2, 0.001 * 4);
        var (m2, v2) = ((0.9 * m1) + (0.1 * -1), (0.999 * v1) + 0.001);
        var first = (1 - (Rate * 0.5)) - (Rate * m1 / (Math.Sqrt(v1) + 1e-8));
        Check(a => new AdamOptimizer(a, new AdamOptions(WeightDecay: 0.5f)), (first * (1 - (Rate * 0.5))) - (Rate * m2 / (Math.Sqrt(v2) + 1e-8)));
    }

    [Fact]
    public void Adam_with_its_bias_corrected_is_that_of_the_paper()
    {
        var (m1, v1) = (0.1 * 2, 0.001 * 4);
        var (m2, v2) = ((0.9 * m1) + (0.1 * -1), (0.999 * v1) + 0.001);
        var first = 1 - (Rate * (m1 / 0.1) / (Math.Sqrt(v1 / 0.001) + 1e-8));
        Check(a => new AdamOptimizer(a, new AdamOptions(BiasCorrection: true)), first - (Rate * (m2 / (1 - 0.81)) / (Math.Sqrt(v2 / (1 - (0.999 * 0.999))) + 1e-8)));
    }

    [Fact]
    public void Gradient_descent_goes_along_the_gradient() => Check(a => new SgdOptimizer(a, new SgdOptions()), 1 - (Rate * 2) + Rate);

    [Fact]
    public void Gradient_descent_with_momentum_remembers()
        => Check(a => new SgdOptimizer(a, new SgdOptions(Momentum: 0.9f)), 1 - (Rate * 2) - (Rate * ((0.9 * 2) - 1)));

    [Fact]
    public void What_an_optimizer_remembers_has_names_and_can_be_put_back()
    {
        using var adapter = new AdapterWeights(_weights, new AdapterOptions());
        using var optimizer = new AdamOptimizer(adapter, new AdamOptions(BiasCorrection: true));
        adapter.Parameters[0].Gradient.Fill(1);
        optimizer.Step(_workers, 0.1f);
        var (values, slots) = (adapter.Parameters.Select(p => p.Values.ToArray()).ToArray(), optimizer.Slots.Select(s => s.Values.ToArray()).ToArray());
        optimizer.Step(_workers, 0.1f);
        var expected = adapter.Parameters[0].Values.ToArray();

        using var other = new AdapterWeights(_weights, new AdapterOptions { Seed = 5 });
        using var resumed = new AdamOptimizer(other, new AdamOptions(BiasCorrection: true)) { Steps = 1 };
        for (var i = 0; i < values.Length; i++)
        {
            values[i].CopyTo(other.Parameters[i].Values);
        }

        for (var i = 0; i < slots.Length; i++)
        {
            slots[i].CopyTo(resumed.Slots[i].Values);
        }

        other.Parameters[0].Gradient.Fill(1);
        resumed.Step(_workers, 0.1f);

        Assert.Equal(adapter.Parameters[0].Name + ".m", optimizer.Slots[0].Name);
        Assert.Equal(expected, other.Parameters[0].Values.ToArray());
    }

    public void Dispose()
    {
        _workers.Dispose();
        _weights.Dispose();
        _file.Dispose();
        _folder.Dispose();
    }

    /// <summary>From 1, with the gradients 2 and -1.</summary>
    private void Check(Func<AdapterWeights, Optimizer> make, double expected)
    {
        using var adapter = new AdapterWeights(_weights, new AdapterOptions());
        using var optimizer = make(adapter);
        var last = adapter.Parameters[^1];
        last.Values[^1] = 1;
        foreach (var gradient in new[] { 2f, -1f })
        {
            adapter.ClearGradients();
            last.Gradient[^1] = gradient;
            optimizer.Step(_workers, (float)Rate);
        }

        Assert.Equal(expected, last.Values[^1], 1e-6);
    }
}
