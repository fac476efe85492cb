using System.Numerics;

namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>
/// Vectors of length 1 in 16-bit fixed point: their products are whole numbers, the same in any order of summing, hence on any machine and with any number
/// of threads. A cosine from them is off by some 0.00001.
/// </summary>
internal sealed class UnitVectors(int count, int dimensions)
{
    /// <summary>What stands for 1.</summary>
    public const int One = short.MaxValue;

    private readonly short[] _elements = new short[(long)count * dimensions];

    public int Count => count;

    public int Dimensions => dimensions;

    /// <summary>A vector's elements.</summary>
    public Span<short> this[int index] => _elements.AsSpan(index * dimensions, dimensions);

    /// <summary>Sets a vector to the direction of another; to zero, which is like nothing, when that has none.</summary>
    public void Set(int index, ReadOnlySpan<float> vector)
    {
        var squares = 0.0;
        foreach (var element in vector)
        {
            squares += (double)element * element;
        }

        var scale = squares > 0 && double.IsFinite(squares) ? One / Math.Sqrt(squares) : 0;
        var to = this[index];
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = (short)Math.Round(vector[i] * scale);
        }
    }

    /// <summary>The cosine of two vectors to four places, so that of equal ones it is 1.</summary>
    public static double Cosine(ReadOnlySpan<short> a, ReadOnlySpan<short> b) => Math.Round(Product(a, b) / ((double)One * One), 4);

    // No partial sum is larger than the product of the lengths, 2 to the 30th and a little, whatever the vectors are.
    private static int Product(ReadOnlySpan<short> a, ReadOnlySpan<short> b)
    {
        var sums = Vector<int>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(a[i..]), out var lowA, out var highA);
            Vector.Widen(new Vector<short>(b[i..]), out var lowB, out var highB);
            sums += (lowA * lowB) + (highA * highB);
        }

        var sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
