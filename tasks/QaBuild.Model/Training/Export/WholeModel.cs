using System.Runtime.InteropServices;
using QaBuild.Model.Gguf;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Export;

/// <summary>A base with what was trained in it, as one GGUF.</summary>
public static class WholeModel
{
    private const int ChunkLength = 1 << 20;

    /// <summary>
    /// Writes the model. Tensors that training changed are F32, so that nothing of it is rounded away; all others, and the metadata, are those of the base, byte for byte.
    /// </summary>
    /// <param name="path">Of the GGUF.</param>
    /// <param name="adapter">LoRA, DoRA or whole layers.</param>
    /// <param name="weights">The base.</param>
    /// <param name="file">The file of the base.</param>
    /// <param name="progress">Gets bytes written and bytes in all.</param>
    /// <param name="cancellation">Leaves what was there before.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string path, AdapterWeights adapter, BaseWeights weights, GgufFile file, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(file);
        var changed = Changed(adapter, weights);
        var writer = new GgufWriter();
        // A base in several files becomes one.
        foreach (var (key, value) in file.Metadata.Where(m => !m.Key.StartsWith("split.", StringComparison.Ordinal)))
        {
            writer.Add(key, value);
        }

        foreach (var tensor in file.Tensors)
        {
            if (changed.TryGetValue(tensor.Name, out var write))
            {
                writer.AddTensor(tensor.Name, GgmlType.F32, tensor.Shape, write);
            }
            else
            {
                writer.AddTensor(tensor.Name, tensor.Type, tensor.Shape, s => Copy(tensor, s));
            }
        }

        writer.WriteTo(path, progress, cancellation);
    }

    private static Dictionary<string, Action<Stream>> Changed(AdapterWeights adapter, BaseWeights weights)
    {
        var changed = new Dictionary<string, Action<Stream>>(StringComparer.Ordinal);
        foreach (var (layer, kind, linear) in adapter.Linears)
        {
            changed[kind.TensorName(layer)] = s => Merge(weights.Layers[layer].Matrices[(int)kind], linear, adapter.Options.Scale, s);
        }

        if (adapter.Options.Kind == AdapterKind.Full)
        {
            foreach (var parameter in adapter.Parameters)
            {
                changed[parameter.Name] = s => WriteRows(parameter, s);
            }
        }

        return changed;
    }

    private static void WriteRows(Parameter parameter, Stream stream)
    {
        for (var row = 0; row < parameter.Rows; row++)
        {
            stream.Write(MemoryMarshal.AsBytes(parameter.Values.Slice(row * parameter.Columns, parameter.Columns)));
        }
    }

    /// <summary>Rows of W + scale · B A, with DoRA's lengths where it has any.</summary>
    private static unsafe void Merge(Kernels.WeightMatrix matrix, LinearAdapter linear, float scale, Stream stream)
    {
        ReadOnlySpan<float> a = linear.A.Values, b = linear.B.Values;
        var (rank, columns) = (linear.A.Rows, matrix.Columns);
        var row = new float[columns];
        for (var i = 0; i < matrix.Rows; i++)
        {
            fixed (float* to = row)
            {
                matrix.Read(i, 0, columns, to);
            }

            for (var r = 0; r < rank; r++)
            {
                var factor = scale * b[(r * matrix.Rows) + i];
                var from = a.Slice(r * columns, columns);
                for (var j = 0; j < columns; j++)
                {
                    row[j] += factor * from[j];
                }
            }

            if (linear.Magnitude is { } magnitude)
            {
                var squares = 0.0;
                foreach (var number in row)
                {
                    squares += (double)number * number;
                }

                var factor = (float)(magnitude.Values[i] / Math.Sqrt(Math.Max(squares, float.Epsilon)));
                for (var j = 0; j < columns; j++)
                {
                    row[j] *= factor;
                }
            }

            stream.Write(MemoryMarshal.AsBytes<float>(row));
        }
    }

    private static void Copy(GgufTensor tensor, Stream stream)
    {
        for (var offset = 0L; offset < tensor.Bytes; offset += ChunkLength)
        {
            stream.Write(tensor.Read(offset, (int)Math.Min(ChunkLength, tensor.Bytes - offset)));
        }
    }
}
