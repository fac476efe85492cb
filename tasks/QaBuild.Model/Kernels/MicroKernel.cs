using System.Runtime.Intrinsics;

namespace QaBuild.Model.Kernels;

/// <summary>
/// The innermost loop of every matrix product: a small tile of the result, held in registers while the depth is walked. Operands come packed: for each step of the
/// depth the left panel holds <see cref="Rows"/> floats and the right panel <see cref="Columns"/>.
/// </summary>
internal abstract unsafe class MicroKernel
{
    /// <summary>Rows of a tile.</summary>
    public abstract int Rows { get; }

    /// <summary>Columns of a tile.</summary>
    public abstract int Columns { get; }

    /// <summary>The width of the vectors, as the user is told it.</summary>
    public abstract string Name { get; }

    /// <summary>The widest that this processor has in hardware; without any, the narrowest in software.</summary>
    public static MicroKernel Best { get; } =
        Vector512.IsHardwareAccelerated ? new MicroKernel512() : Vector256.IsHardwareAccelerated ? new MicroKernel256() : new MicroKernel128();

    /// <summary>Every one; those that the processor lacks run in software.</summary>
    public static IReadOnlyList<MicroKernel> All { get; } = [new MicroKernel128(), new MicroKernel256(), new MicroKernel512()];

    /// <summary>tile = left × right, or tile += left × right.</summary>
    /// <param name="depth">Steps.</param>
    /// <param name="left">[depth][<see cref="Rows"/>].</param>
    /// <param name="right">[depth][<see cref="Columns"/>].</param>
    /// <param name="tile">Its top left float.</param>
    /// <param name="stride">Floats from a row of the tile to the next.</param>
    /// <param name="add">Whether what stands in the tile is kept.</param>
    public abstract void Multiply(int depth, float* left, float* right, float* tile, nint stride, bool add);
}
