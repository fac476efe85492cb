using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>The adapter of one linear map.</summary>
internal sealed unsafe class LinearAdapter : IDisposable
{
    private const int RowGrain = 32;
    private readonly FloatBuffer? _squares;

    public LinearAdapter(string name, WeightMatrix weights, AdapterOptions options, CounterRandom random)
    {
        A = new Parameter(name + ".lora_a", options.Rank, weights.Columns);
        B = new Parameter(name + ".lora_b", options.Rank, weights.Rows);
        var bound = 1 / MathF.Sqrt(weights.Columns);
        var values = A.Values;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ((2 * random[i]) - 1) * bound;
        }

        if (options.Kind == AdapterKind.Dora)
        {
            Magnitude = new Parameter(name + ".magnitude", 1, weights.Rows);
            Lengths = FloatBuffer.Allocate(weights.Rows);
            _squares = FloatBuffer.Allocate(weights.Rows);
            var row = new float[weights.Columns];
            fixed (float* at = row)
            {
                for (var i = 0; i < weights.Rows; i++)
                {
                    weights.Read(i, 0, row.Length, at);
                    _squares.Span[i] = LowRank.Dot(at, at, row.Length);
                    Magnitude.Values[i] = MathF.Sqrt(_squares.Span[i]);
                }
            }
        }
    }

    /// <summary>[rank][inputs].</summary>
    public Parameter A { get; }

    /// <summary>[rank][outputs]: B transposed, as mlx-lm stores it.</summary>
    public Parameter B { get; }

    /// <summary>DoRA's length of each output's row; else null.</summary>
    public Parameter? Magnitude { get; }

    /// <summary>The lengths of the rows of W + scale · B A as <see cref="Measure"/> last found them.</summary>
    public FloatBuffer? Lengths { get; }

    /// <summary>
    /// Measures the rows: |w + s b A|² = |w|² + 2 s b (A w) + s² b (A Aᵀ) bᵀ, so that no matrix of the size of W is made. Training takes the lengths for constants, as
    /// the paper and mlx-lm do.
    /// </summary>
    public void Measure(Workers workers, WeightMatrix weights, float scale)
    {
        var rank = A.Rows;
        var (inputs, outputs) = (weights.Columns, weights.Rows);
        var gram = new float[rank * rank];
        fixed (float* to = gram)
        {
            LowRank.Project(workers, A.Buffer.Pointer, rank, inputs, A.Buffer.Pointer, rank, 1, to);
        }

        workers.For(outputs, RowGrain, (start, end, _) =>
        {
            var row = new float[inputs];
            fixed (float* at = row)
            {
                for (var i = start; i < end; i++)
                {
                    weights.Read(i, 0, inputs, at);
                    var sum = _squares!.Pointer[i];
                    for (var r = 0; r < rank; r++)
                    {
                        var b = scale * B.Buffer.Pointer[((nint)r * outputs) + i];
                        sum += 2 * b * LowRank.Dot(at, A.Buffer.Pointer + ((nint)r * inputs), inputs);
                        for (var q = 0; q < rank; q++)
                        {
                            sum += b * gram[(r * rank) + q] * scale * B.Buffer.Pointer[((nint)q * outputs) + i];
                        }
                    }

                    Lengths!.Pointer[i] = MathF.Sqrt(MathF.Max(sum, float.Epsilon));
                }
            }
        });
    }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
        Magnitude?.Dispose();
        Lengths?.Dispose();
        _squares?.Dispose();
    }
}
