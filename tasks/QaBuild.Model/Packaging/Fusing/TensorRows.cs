using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Kernels;

namespace QaBuild.Model.Packaging.Fusing;

/// <summary>What becomes of a row of numbers.</summary>
/// <param name="row">0-based.</param>
/// <param name="numbers">To be changed in place.</param>
internal delegate void RowChange(long row, Span<float> numbers);

/// <summary>A tensor's rows on their way from one file to another. A few megabytes of them are in memory at a time, whatever the tensor's size.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Of the first row.</param>
/// <param name="Type">One that can be read as numbers.</param>
/// <param name="Columns">Numbers a row.</param>
/// <param name="Rows">Rows.</param>
internal sealed record TensorRows(string Path, long Offset, GgmlType Type, long Columns, long Rows)
{
    private const int ChunkBytes = 4 << 20;

    private long RowBytes => GgmlTypes.Bytes(Type, [Columns])!.Value;

    /// <summary>The rows of a tensor of a GGUF.</summary>
    public static TensorRows Of(GgufTensor tensor) =>
        new(tensor.Source!.Path, tensor.Offset, tensor.Type, tensor.Shape.Count == 0 ? 1 : tensor.Shape[0], tensor.Shape.Skip(1).Aggregate(1L, (product, length) => product * length));

    /// <summary>The rows of a tensor of floats of a safetensors file.</summary>
    public static TensorRows Of(SafeTensor tensor, GgmlType type)
    {
        var columns = tensor.Shape.Count == 0 ? 1 : tensor.Shape[^1];
        return new TensorRows(tensor.Source!.Path, tensor.Offset, type, columns, columns == 0 ? 0 : tensor.Elements / columns);
    }

    /// <summary>Writes the rows in another type; what becomes infinite by it is a fault.</summary>
    /// <param name="stream">Gets them.</param>
    /// <param name="to">F32, F16 or BF16.</param>
    /// <param name="change">Null to leave the numbers as they are.</param>
    /// <param name="name">The tensor's, for the fault.</param>
    /// <exception cref="ModelFaultException">QA8004: a number does not fit the type; QA7003: the file ends early.</exception>
    public void Write(Stream stream, GgmlType to, RowChange? change, string name)
    {
        using var handle = File.OpenHandle(Path, options: FileOptions.SequentialScan);
        if (change is null && to == Type)
        {
            Copy(handle, stream);
            return;
        }

        var (from, width) = (RowBytes, Columns * GgmlTypes.BlockBytes(to));
        var chunk = (int)Math.Clamp(ChunkBytes / Math.Max(1, Math.Max(from, width)), 1, Math.Max(1, Rows));
        var read = ArrayPool<byte>.Shared.Rent(checked((int)(chunk * from)));
        var written = ArrayPool<byte>.Shared.Rent(checked((int)(chunk * width)));
        try
        {
            for (var start = 0L; start < Rows; start += chunk)
            {
                var (first, count) = (start, (int)Math.Min(chunk, Rows - start));
                Fill(handle, Offset + (first * from), read.AsSpan(0, (int)(count * from)));
                InParallel(count, (i, numbers) =>
                {
                    Dequantize(read.AsSpan((int)(i * from), (int)from), numbers);
                    change?.Invoke(first + i, numbers);
                    RequireFinite(numbers, to, name);
                    FloatConverter.Write(to, numbers, written.AsSpan((int)(i * width), (int)width));
                });
                stream.Write(written, 0, (int)(count * width));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(read);
            ArrayPool<byte>.Shared.Return(written);
        }
    }

    private void InParallel(int count, Action<int, float[]> row)
    {
        try
        {
            Parallel.For(0, count, () => new float[Columns], (i, _, numbers) =>
            {
                row(i, numbers);
                return numbers;
            }, _ => { });
        }
        catch (AggregateException several) when (several.InnerExceptions.OfType<ModelFaultException>().FirstOrDefault() is { } fault)
        {
            throw fault;
        }
    }

    private unsafe void Dequantize(ReadOnlySpan<byte> row, Span<float> numbers)
    {
        fixed (byte* from = row)
        fixed (float* to = numbers)
        {
            Dequantizer.Of(Type).Read(from, 0, numbers.Length, to);
        }
    }

    private void Copy(SafeFileHandle handle, Stream stream)
    {
        var bytes = RowBytes * Rows;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(ChunkBytes, Math.Max(1, bytes)));
        try
        {
            for (var at = 0L; at < bytes;)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, bytes - at));
                Fill(handle, Offset + at, part);
                stream.Write(part);
                at += part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The file may have been cut since its header was read.
    private void Fill(SafeFileHandle handle, long offset, Span<byte> to)
    {
        while (to.Length > 0)
        {
            var count = RandomAccess.Read(handle, to, offset);
            if (count == 0)
            {
                throw new ModelFaultException(ModelFaults.FileMalformed, Path, Path, new Reason("GgufEnds", "tensor", offset));
            }

            offset += count;
            to = to[count..];
        }
    }

    // The largest numbers that do not round to infinity. A comparison with what is no number is false.
    private void RequireFinite(ReadOnlySpan<float> numbers, GgmlType to, string name)
    {
        var largest = to switch { GgmlType.F16 => 65519.996f, GgmlType.BF16 => BitConverter.UInt32BitsToSingle(0x7F7F7FFF), _ => float.MaxValue };
        var limit = new Vector<float>(largest);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(numbers);
        var fits = true;
        foreach (var vector in vectors)
        {
            fits &= Vector.LessThanOrEqualAll(Vector.Abs(vector), limit);
        }

        foreach (var number in numbers[(vectors.Length * Vector<float>.Count)..])
        {
            fits &= Math.Abs(number) <= largest;
        }

        if (!fits)
        {
            throw new ModelFaultException(ModelFaults.WeightsNotFinite, Path, name, to.ToString());
        }
    }
}
