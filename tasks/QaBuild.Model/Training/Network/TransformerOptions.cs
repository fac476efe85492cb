using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>How a network computes. None of it but <see cref="Precision"/> and the processor's vectors changes a result by a bit.</summary>
public sealed record TransformerOptions
{
    /// <summary>Threads; 0 for one a processor.</summary>
    public int Threads { get; init; }

    /// <summary>Computes each layer twice and keeps only its input in between.</summary>
    public bool Checkpoint { get; init; }

    /// <summary>Rows of logits that exist at a time.</summary>
    public int LossRows { get; init; } = 256;

    /// <summary>Of the matrix products.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    internal MicroKernel? Micro { get; init; }

    internal Func<Workers, IMatrixProducts>? Products { get; init; }
}
