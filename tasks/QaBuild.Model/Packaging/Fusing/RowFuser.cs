using System.Numerics;
using System.Runtime.InteropServices;

namespace QaBuild.Model.Packaging.Fusing;

/// <summary>Adds an adapter to the rows of its matrix: W + scale · B A, and for DoRA each row brought to its length. Rows may be done in any order, by several threads.</summary>
internal sealed class RowFuser
{
    private readonly int _rank;
    private readonly int _inputs;
    private readonly float[] _a;
    private readonly float[] _b;
    private readonly float[]? _magnitude;

    /// <summary>Reads the adapter's numbers.</summary>
    public RowFuser(AdapterPair pair)
    {
        (_rank, _inputs) = (pair.Rank, (int)pair.A.Shape[0]);
        (_a, _b) = (AdapterPair.Numbers(pair.A), AdapterPair.Numbers(pair.B));
        _magnitude = pair.Magnitude is null ? null : AdapterPair.Numbers(pair.Magnitude);
        for (var i = 0; i < _b.Length; i++)
        {
            _b[i] *= pair.Scale;
        }
    }

    /// <summary>Adds to a row.</summary>
    /// <param name="row">Of the base's matrix as the GGUF has it.</param>
    /// <param name="numbers">The whole row.</param>
    public void Add(long row, Span<float> numbers)
    {
        var weights = _b.AsSpan((int)(row * _rank), _rank);
        for (var r = 0; r < _rank; r++)
        {
            MultiplyAdd(_a.AsSpan(r * _inputs, _inputs), weights[r], numbers);
        }

        if (_magnitude is not null)
        {
            Stretch(numbers, _magnitude[row]);
        }
    }

    private static void MultiplyAdd(ReadOnlySpan<float> x, float factor, Span<float> to)
    {
        var xs = MemoryMarshal.Cast<float, Vector<float>>(x);
        var tos = MemoryMarshal.Cast<float, Vector<float>>(to);
        var factors = new Vector<float>(factor);
        for (var i = 0; i < tos.Length; i++)
        {
            tos[i] += factors * xs[i];
        }

        for (var i = tos.Length * Vector<float>.Count; i < to.Length; i++)
        {
            to[i] += factor * x[i];
        }
    }

    // A row of zeros has no direction: it stays.
    private static void Stretch(Span<float> row, float length)
    {
        var sum = 0.0;
        foreach (var number in row)
        {
            sum += (double)number * number;
        }

        var factor = sum > 0 ? (float)(length / Math.Sqrt(sum)) : 1;
        for (var i = 0; i < row.Length; i++)
        {
            row[i] *= factor;
        }
    }
}
