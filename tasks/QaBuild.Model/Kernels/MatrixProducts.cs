namespace QaBuild.Model.Kernels;

/// <summary>Chooses what multiplies matrices on this machine. The choice never depends on a measurement: a run that is resumed must choose the same.</summary>
internal static class MatrixProducts
{
    /// <summary>oneDNN for bfloat16 where its library is installed and the processor multiplies such numbers itself, else C#.</summary>
    public static IMatrixProducts Choose(Workers workers, Precision precision, MicroKernel? micro = null)
        => precision == Precision.BFloat16 && OneDnn.HasBFloatUnits && OneDnn.Installed is { } library ? new OneDnnProducts(workers, library, precision) : new ManagedProducts(workers, micro);
}
