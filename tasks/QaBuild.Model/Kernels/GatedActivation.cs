using System.Numerics;
using System.Runtime.CompilerServices;

namespace QaBuild.Model.Kernels;

/// <summary>The function in front of a feed-forward's gate.</summary>
public enum Activation
{
    /// <summary>x · sigmoid(x).</summary>
    Silu,

    /// <summary>x · Φ(x) by its usual approximation with a hyperbolic tangent.</summary>
    Gelu,
}

/// <summary>y = f(gate) · up.</summary>
internal static unsafe class GatedActivation
{
    private const int Grain = 1 << 13;
    private const float RootTwoOverPi = 0.79788456f;
    private const float Cubic = 0.044715f;

    /// <summary>Gates <paramref name="length"/> numbers.</summary>
    public static void Forward(Workers workers, Activation activation, float* gate, float* up, long length, float* y) => Pieces(workers, length, (start, end) =>
    {
        var j = start;
        for (; j + Vector<float>.Count <= end; j += Vector<float>.Count)
        {
            (Value(activation, Vector.Load(gate + j)).Value * Vector.Load(up + j)).Store(y + j);
        }

        for (; j < end; j++)
        {
            y[j] = Value(activation, new Vector<float>(gate[j])).Value[0] * up[j];
        }
    });

    /// <summary>The gradients of both inputs. <paramref name="dgate"/> may be <paramref name="dy"/>.</summary>
    public static void Backward(Workers workers, Activation activation, float* gate, float* up, float* dy, long length, float* dgate, float* dup) => Pieces(workers, length, (start, end) =>
    {
        var j = start;
        for (; j + Vector<float>.Count <= end; j += Vector<float>.Count)
        {
            var (value, slope) = Value(activation, Vector.Load(gate + j));
            var d = Vector.Load(dy + j);
            (d * Vector.Load(up + j) * slope).Store(dgate + j);
            (d * value).Store(dup + j);
        }

        for (; j < end; j++)
        {
            var (value, slope) = Value(activation, new Vector<float>(gate[j]));
            (dgate[j], dup[j]) = (dy[j] * up[j] * slope[0], dy[j] * value[0]);
        }
    });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<float> Value, Vector<float> Slope) Value(Activation activation, Vector<float> x)
    {
        var one = Vector<float>.One;
        if (activation == Activation.Silu)
        {
            var sigmoid = VectorMath.Sigmoid(x);
            return (x * sigmoid, sigmoid * (one + (x * (one - sigmoid))));
        }

        var half = new Vector<float>(0.5f);
        var square = x * x;
        var tanh = VectorMath.Tanh(RootTwoOverPi * x * (one + (Cubic * square)));
        var slope = (half * (one + tanh)) + (half * x * (one - (tanh * tanh)) * RootTwoOverPi * (one + (3 * Cubic * square)));
        return (half * x * (one + tanh), slope);
    }

    private static void Pieces(Workers workers, long length, Action<long, long> body)
        => workers.For((int)((length + Grain - 1) / Grain), 1, (start, end, _) => body((long)start * Grain, Math.Min(length, (long)end * Grain)));
}
