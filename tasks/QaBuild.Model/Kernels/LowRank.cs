using System.Numerics;
using System.Runtime.CompilerServices;

namespace QaBuild.Model.Kernels;

/// <summary>The thin products of an adapter. Libraries made for square matrices are slow at a rank of eight.</summary>
internal static unsafe class LowRank
{
    private const int RowGrain = 16;
    private const int ColumnGrain = 256;

    /// <summary>h = scale · x aᵀ: [m][k] by [rank][k] to [m][rank].</summary>
    public static void Project(Workers workers, float* x, int rows, int columns, float* a, int rank, float scale, float* h)
        => workers.For(rows, RowGrain, (start, end, _) =>
        {
            for (var i = start; i < end; i++)
            {
                var row = x + ((nint)i * columns);
                var to = h + ((nint)i * rank);
                var r = 0;
                for (; r + 4 <= rank; r += 4)
                {
                    Dot4(row, a + ((nint)r * columns), columns, scale, to + r);
                }

                for (; r < rank; r++)
                {
                    to[r] = scale * Dot(row, a + ((nint)r * columns), columns);
                }
            }
        });

    /// <summary>gradient += scale · hᵀ y: [m][rank] and [m][n] to [rank][n].</summary>
    public static void Accumulate(Workers workers, float* h, float* y, int rows, int columns, int rank, float scale, float* gradient)
        => workers.For(columns, ColumnGrain, (start, end, _) =>
        {
            var width = 2 * Vector<float>.Count;
            for (var r = 0; r < rank; r += 4)
            {
                var ranks = Math.Min(4, rank - r);
                var j = start;
                if (ranks == 4)
                {
                    for (; j + width <= end; j += width)
                    {
                        Outer4(h + r, rank, y + j, columns, rows, scale, gradient + ((nint)r * columns) + j);
                    }
                }

                for (; j < end; j++)
                {
                    for (var q = r; q < r + ranks; q++)
                    {
                        var sum = 0f;
                        for (var i = 0; i < rows; i++)
                        {
                            sum += h[((nint)i * rank) + q] * y[((nint)i * columns) + j];
                        }

                        gradient[((nint)q * columns) + j] += scale * sum;
                    }
                }
            }
        });

    /// <summary>The scalar product of two vectors.</summary>
    public static float Dot(float* x, float* y, int length)
    {
        var width = Vector<float>.Count;
        var (s0, s1, s2, s3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var j = 0;
        for (; j + (4 * width) <= length; j += 4 * width)
        {
            s0 = Vector.MultiplyAddEstimate(Vector.Load(x + j), Vector.Load(y + j), s0);
            s1 = Vector.MultiplyAddEstimate(Vector.Load(x + j + width), Vector.Load(y + j + width), s1);
            s2 = Vector.MultiplyAddEstimate(Vector.Load(x + j + (2 * width)), Vector.Load(y + j + (2 * width)), s2);
            s3 = Vector.MultiplyAddEstimate(Vector.Load(x + j + (3 * width)), Vector.Load(y + j + (3 * width)), s3);
        }

        for (; j + width <= length; j += width)
        {
            s0 = Vector.MultiplyAddEstimate(Vector.Load(x + j), Vector.Load(y + j), s0);
        }

        var sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; j < length; j++)
        {
            sum += x[j] * y[j];
        }

        return sum;
    }

    private static void Dot4(float* x, float* a, int length, float scale, float* to)
    {
        var width = Vector<float>.Count;
        var (s0, s1, s2, s3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var b = a + length;
        var c = a + (2 * (nint)length);
        var d = a + (3 * (nint)length);
        var j = 0;
        for (; j + width <= length; j += width)
        {
            var v = Vector.Load(x + j);
            s0 = Vector.MultiplyAddEstimate(v, Vector.Load(a + j), s0);
            s1 = Vector.MultiplyAddEstimate(v, Vector.Load(b + j), s1);
            s2 = Vector.MultiplyAddEstimate(v, Vector.Load(c + j), s2);
            s3 = Vector.MultiplyAddEstimate(v, Vector.Load(d + j), s3);
        }

        var (t0, t1, t2, t3) = (Vector.Sum(s0), Vector.Sum(s1), Vector.Sum(s2), Vector.Sum(s3));
        for (; j < length; j++)
        {
            t0 += x[j] * a[j];
            t1 += x[j] * b[j];
            t2 += x[j] * c[j];
            t3 += x[j] * d[j];
        }

        (to[0], to[1], to[2], to[3]) = (scale * t0, scale * t1, scale * t2, scale * t3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Outer4(float* h, int rank, float* y, int columns, int rows, float scale, float* gradient)
    {
        var width = Vector<float>.Count;
        Vector<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        for (var i = 0; i < rows; i++, h += rank, y += columns)
        {
            var (p, q) = (Vector.Load(y), Vector.Load(y + width));
            var x = new Vector<float>(h[0]);
            a0 = Vector.MultiplyAddEstimate(x, p, a0);
            a1 = Vector.MultiplyAddEstimate(x, q, a1);
            x = new Vector<float>(h[1]);
            b0 = Vector.MultiplyAddEstimate(x, p, b0);
            b1 = Vector.MultiplyAddEstimate(x, q, b1);
            x = new Vector<float>(h[2]);
            c0 = Vector.MultiplyAddEstimate(x, p, c0);
            c1 = Vector.MultiplyAddEstimate(x, q, c1);
            x = new Vector<float>(h[3]);
            d0 = Vector.MultiplyAddEstimate(x, p, d0);
            d1 = Vector.MultiplyAddEstimate(x, q, d1);
        }

        Add(gradient, a0, a1, scale);
        Add(gradient + columns, b0, b1, scale);
        Add(gradient + (2 * (nint)columns), c0, c1, scale);
        Add(gradient + (3 * (nint)columns), d0, d1, scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* to, Vector<float> first, Vector<float> second, float scale)
    {
        (Vector.Load(to) + (first * scale)).Store(to);
        (Vector.Load(to + Vector<float>.Count) + (second * scale)).Store(to + Vector<float>.Count);
    }
}
