namespace QaBuild.Model.Kernels;

/// <summary>What an adapter adds to a product: <c>left × right</c>, [rows][rank] times [rank][columns], both row-major.</summary>
internal readonly unsafe struct LowRankTerm(float* left, float* right, int rank)
{
    public float* Left { get; } = left;

    public float* Right { get; } = right;

    /// <summary>0 when there is no adapter.</summary>
    public int Rank { get; } = rank;
}
