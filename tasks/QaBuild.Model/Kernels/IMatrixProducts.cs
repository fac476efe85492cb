namespace QaBuild.Model.Kernels;

/// <summary>
/// The products that a network spends its time in, over all threads. All matrices but the weights are row-major floats without gaps. m is the number of rows of the
/// inputs (tokens), n the outputs of the weights and k their inputs.
/// </summary>
internal unsafe interface IMatrixProducts : IDisposable
{
    /// <summary>What computes, as the user is told it.</summary>
    string Name { get; }

    /// <summary>The bytes that products with these weights need beside their operands, at most.</summary>
    long ScratchBytes(IEnumerable<WeightMatrix> weights, int rows);

    /// <summary>y = x wᵀ + term: [m][k] by [n][k] to [m][n].</summary>
    /// <param name="x">[m][k].</param>
    /// <param name="rows">m.</param>
    /// <param name="weights">[n][k].</param>
    /// <param name="term">[m][rank] by [rank][n].</param>
    /// <param name="y">[m][n].</param>
    /// <param name="add">Whether what stands in <paramref name="y"/> is kept.</param>
    void Forward(float* x, int rows, WeightMatrix weights, LowRankTerm term, float* y, bool add);

    /// <summary>dx = dy w + term: [m][n] by [n][k] to [m][k].</summary>
    /// <param name="dy">[m][n].</param>
    /// <param name="rows">m.</param>
    /// <param name="weights">[n][k].</param>
    /// <param name="term">[m][rank] by [rank][k].</param>
    /// <param name="dx">[m][k].</param>
    /// <param name="add">Whether what stands in <paramref name="dx"/> is kept.</param>
    void Backward(float* dy, int rows, WeightMatrix weights, LowRankTerm term, float* dx, bool add);

    /// <summary>dw += dyᵀ x: the gradient of the weights, [n][k].</summary>
    void Gradient(float* dy, float* x, int rows, int outputs, int inputs, float* gradient);
}
