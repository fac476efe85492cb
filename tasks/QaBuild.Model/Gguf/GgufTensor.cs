namespace QaBuild.Model.Gguf;

/// <summary>A tensor of a GGUF.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Of its elements.</param>
/// <param name="Shape">The densest dimension first, as ggml has it: a matrix of n rows of m elements is [m, n].</param>
/// <param name="Bytes">Its size in the file.</param>
public sealed record GgufTensor(string Name, GgmlType Type, IReadOnlyList<long> Shape, long Bytes)
{
    /// <summary>The number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, length) => product * length);

    /// <summary>The file it lies in, and where.</summary>
    internal MappedFile? Source { get; init; }

    /// <summary>From the start of <see cref="Source"/>.</summary>
    internal long Offset { get; init; }

    /// <summary>A part of the tensor's bytes: a view, good until its file is disposed.</summary>
    /// <param name="offset">From the tensor's start.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It would reach beyond the tensor.</exception>
    public ReadOnlySpan<byte> Read(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Bytes - length);
        return Source!.Slice(Offset + offset, length);
    }
}
