namespace QaBuild.Model.Kernels;

/// <summary>Matrix products as they are defined. Every other implementation is held against this one.</summary>
internal sealed unsafe class ReferenceProducts : IMatrixProducts
{
    public string Name => "reference";

    public long ScratchBytes(IEnumerable<WeightMatrix> weights, int rows) => 0;

    public void Forward(float* x, int rows, WeightMatrix weights, LowRankTerm term, float* y, bool add)
    {
        var (n, k) = (weights.Rows, weights.Columns);
        var row = new float[k];
        fixed (float* w = row)
        {
            for (var output = 0; output < n; output++)
            {
                weights.Read(output, 0, k, w);
                for (var i = 0; i < rows; i++)
                {
                    var sum = add ? (double)y[((nint)i * n) + output] : 0;
                    for (var j = 0; j < k; j++)
                    {
                        sum += (double)x[((nint)i * k) + j] * w[j];
                    }

                    y[((nint)i * n) + output] = (float)(sum + Term(term, i, output, n));
                }
            }
        }
    }

    public void Backward(float* dy, int rows, WeightMatrix weights, LowRankTerm term, float* dx, bool add)
    {
        var (n, k) = (weights.Rows, weights.Columns);
        var row = new float[k];
        var sums = new double[(long)rows * k];
        fixed (float* w = row)
        {
            for (var output = 0; output < n; output++)
            {
                weights.Read(output, 0, k, w);
                for (var i = 0; i < rows; i++)
                {
                    for (var j = 0; j < k; j++)
                    {
                        sums[(i * k) + j] += (double)dy[((nint)i * n) + output] * w[j];
                    }
                }
            }
        }

        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < k; j++)
            {
                var at = dx + ((nint)i * k) + j;
                *at = (float)((add ? *at : 0) + sums[(i * k) + j] + Term(term, i, j, k));
            }
        }
    }

    public void Gradient(float* dy, float* x, int rows, int outputs, int inputs, float* gradient)
    {
        for (var n = 0; n < outputs; n++)
        {
            for (var k = 0; k < inputs; k++)
            {
                var sum = 0.0;
                for (var i = 0; i < rows; i++)
                {
                    sum += (double)dy[((nint)i * outputs) + n] * x[((nint)i * inputs) + k];
                }

                gradient[((nint)n * inputs) + k] += (float)sum;
            }
        }
    }

    public void Dispose()
    {
    }

    private static double Term(LowRankTerm term, int row, int column, int columns)
    {
        var sum = 0.0;
        for (var r = 0; r < term.Rank; r++)
        {
            sum += (double)term.Left[((nint)row * term.Rank) + r] * term.Right[((nint)r * columns) + column];
        }

        return sum;
    }
}
