namespace QaBuild.Model;

/// <summary>A tensor in a file that is mapped into memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">In the order of the file's format.</param>
/// <param name="Bytes">Its size in the file.</param>
public abstract record StoredTensor(string Name, IReadOnlyList<long> Shape, long Bytes)
{
    /// <summary>The number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, length) => product * length);

    /// <summary>The file it lies in.</summary>
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
