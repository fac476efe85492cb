using System.Numerics;

namespace QaBuild.Model.Kernels;

/// <summary>y = w · x / √(mean x² + ε), a row at a time (root mean square layer normalization, Zhang and Sennrich 2019).</summary>
internal static unsafe class RmsNorm
{
    private const int RowGrain = 16;
    private const int ColumnGrain = 64;

    /// <summary>Normalizes rows. <paramref name="x"/> and <paramref name="y"/> may be the same.</summary>
    public static void Forward(Workers workers, float* x, float* weights, int rows, int columns, float epsilon, float* y)
        => workers.For(rows, RowGrain, (start, end, _) =>
        {
            for (var i = start; i < end; i++)
            {
                var from = x + ((nint)i * columns);
                var to = y + ((nint)i * columns);
                var scale = Scale(from, columns, epsilon);
                var j = 0;
                for (; j + Vector<float>.Count <= columns; j += Vector<float>.Count)
                {
                    (Vector.Load(from + j) * scale * Vector.Load(weights + j)).Store(to + j);
                }

                for (; j < columns; j++)
                {
                    to[j] = from[j] * scale * weights[j];
                }
            }
        });

    /// <summary>dx (+)= the gradient of the rows' inputs. <paramref name="dy"/> and <paramref name="dx"/> may be the same.</summary>
    public static void Backward(Workers workers, float* x, float* weights, float* dy, int rows, int columns, float epsilon, float* dx, bool add)
        => workers.For(rows, RowGrain, (start, end, _) =>
        {
            for (var i = start; i < end; i++)
            {
                var offset = (nint)i * columns;
                BackwardRow(x + offset, weights, dy + offset, columns, epsilon, dx + offset, add);
            }
        });

    /// <summary>gradient += that of the weights.</summary>
    public static void Gradient(Workers workers, float* x, float* dy, int rows, int columns, float epsilon, float* gradient)
    {
        var scales = new float[rows];
        workers.For(rows, RowGrain, (start, end, _) =>
        {
            for (var i = start; i < end; i++)
            {
                scales[i] = Scale(x + ((nint)i * columns), columns, epsilon);
            }
        });
        workers.For(columns, ColumnGrain, (start, end, _) =>
        {
            for (var i = 0; i < rows; i++)
            {
                var offset = (nint)i * columns;
                for (var j = start; j < end; j++)
                {
                    gradient[j] += dy[offset + j] * x[offset + j] * scales[i];
                }
            }
        });
    }

    private static float Scale(float* x, int columns, float epsilon) => 1 / MathF.Sqrt((LowRank.Dot(x, x, columns) / columns) + epsilon);

    private static void BackwardRow(float* x, float* weights, float* dy, int columns, float epsilon, float* dx, bool add)
    {
        var scale = Scale(x, columns, epsilon);
        var sum = Vector<float>.Zero;
        var j = 0;
        for (; j + Vector<float>.Count <= columns; j += Vector<float>.Count)
        {
            sum += Vector.Load(x + j) * Vector.Load(weights + j) * Vector.Load(dy + j);
        }

        var along = Vector.Sum(sum);
        for (; j < columns; j++)
        {
            along += x[j] * weights[j] * dy[j];
        }

        var pull = along * scale * scale * scale / columns;
        for (j = 0; j + Vector<float>.Count <= columns; j += Vector<float>.Count)
        {
            var own = (Vector.Load(dy + j) * Vector.Load(weights + j) * scale) - (Vector.Load(x + j) * pull);
            (add ? Vector.Load(dx + j) + own : own).Store(dx + j);
        }

        for (; j < columns; j++)
        {
            dx[j] = (add ? dx[j] : 0) + (dy[j] * weights[j] * scale) - (x[j] * pull);
        }
    }
}
