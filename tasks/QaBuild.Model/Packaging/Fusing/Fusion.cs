using QaBuild.Model.Gguf;
using QaBuild.Model.Kernels;

namespace QaBuild.Model.Packaging.Fusing;

/// <summary>What was fused.</summary>
/// <param name="Type">Of the matrices written.</param>
/// <param name="BaseType">Of most of the base's.</param>
/// <param name="Fused">Matrices that the adapter changed.</param>
/// <param name="Matrices">Matrices in all.</param>
/// <param name="Bytes">Written.</param>
public sealed record FusionResult(GgmlType Type, GgmlType BaseType, int Fused, int Matrices, long Bytes);

/// <summary>
/// Makes one model of a base and its adapter. Tensors are streamed: a few megabytes are in memory at a time, beside the adapter's numbers of one matrix. Sums are of 32-bit
/// floats, rounded once.
/// </summary>
public static class Fusion
{
    /// <summary>Writes the fused model as GGUF.</summary>
    /// <param name="model">The base (GGUF, in one file or several).</param>
    /// <param name="adapter">What was trained: an adapter's GGUF, a folder of PEFT or mlx-lm, or a whole model (GGUF), as full training leaves it.</param>
    /// <param name="output">The fused model.</param>
    /// <param name="type">F32, F16 or BF16 of the matrices; null for the base's own, or F16 for a quantized base. Vectors stay as they are.</param>
    /// <param name="metadata">What the file says of itself.</param>
    /// <param name="progress">Gets bytes written and bytes in all.</param>
    /// <param name="cancellation">Leaves what was there before.</param>
    /// <exception cref="ModelFaultException">QA7003, QA7004, QA7010 or QA8004.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static FusionResult ToGguf(
        string model, string adapter, string output, GgmlType? type, ModelMetadata metadata, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        using var file = GgufFile.Open(model);
        using var whole = WholeModelAt(adapter, file);
        using var fitted = whole is null ? FittedAdapter.Open(adapter, file) : null;
        var (writer, result) = Writer(file, fitted, whole, type, metadata);
        writer.WriteTo(output, progress, cancellation);
        return result with { Bytes = new FileInfo(output).Length };
    }

    /// <summary>The type that the matrices of a fused model get when nothing is asked for.</summary>
    internal static GgmlType TypeFor(GgmlType model) => model is GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 ? model : GgmlType.F16;

    internal static (GgufWriter Writer, FusionResult Result) Writer(GgufFile file, FittedAdapter? adapter, GgufFile? whole, GgmlType? type, ModelMetadata metadata)
    {
        var matrices = file.Tensors.Where(t => t.Shape.Count > 1).ToArray();
        var own = matrices.GroupBy(t => t.Type).OrderByDescending(g => g.Sum(t => t.Elements)).Select(g => g.Key).FirstOrDefault();
        var to = type ?? TypeFor(own);
        var faults = new FaultList();
        foreach (var tensor in matrices.Where(t => !Dequantizer.Types.Contains(t.Type)))
        {
            faults.Add(new ModelFaultException(ModelFaults.ArchitectureUnsupported, file.Path, $"{tensor.Name}: {tensor.Type}", string.Join(", ", Dequantizer.Types)));
        }

        faults.ThrowIfAny();
        var writer = new GgufWriter();
        (metadata with { Finetune = adapter is null ? "full" : adapter.IsDora ? "dora" : "lora" }).WriteTo(writer, file, to);
        foreach (var tensor in file.Tensors)
        {
            var written = tensor.Shape.Count > 1 ? to : tensor.Type;
            var source = whole?.Find(tensor.Name) ?? tensor;
            var pair = adapter?.Pairs.GetValueOrDefault(tensor.Name);
            writer.AddTensor(tensor.Name, written, tensor.Shape, stream => TensorRows.Of(source).Write(stream, written, pair is null ? null : new RowFuser(pair).Add, tensor.Name));
        }

        return (writer, new FusionResult(to, own, adapter?.Pairs.Count ?? matrices.Length, matrices.Length, 0));
    }

    // Full training changes the weights themselves, and leaves all of them in one file.
    private static GgufFile? WholeModelAt(string path, GgufFile model)
    {
        if (Directory.Exists(path))
        {
            return null;
        }

        var file = GgufFile.Open(path);
        if (file.Text("general.type") == "adapter" || file.Text("adapter.type") is not null || file.Tensors.Count < model.Tensors.Count)
        {
            file.Dispose();
            return null;
        }

        var faults = new FaultList();
        foreach (var tensor in model.Tensors)
        {
            if (file.Find(tensor.Name) is not { } found || !found.Shape.SequenceEqual(tensor.Shape) || !Dequantizer.Types.Contains(found.Type))
            {
                var shape = file.Find(tensor.Name) is { } other ? $"{other.Type} {string.Join(" × ", other.Shape)}" : "–";
                faults.Add(new ModelFaultException(ModelFaults.AdapterUnusable, path, path, new Reason("AdapterShape", tensor.Name, shape, string.Join(" × ", tensor.Shape))));
            }
        }

        try
        {
            faults.ThrowIfAny();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
