using System.Runtime.InteropServices;
using QaBuild.Model.Gguf;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Export;

/// <summary>Writes what was trained so that others can use it. The same weights, the same bytes; each file appears whole or not at all.</summary>
public static class AdapterExport
{
    /// <summary>The name of the GGUF of a LoRA, for llama.cpp and Ollama.</summary>
    public const string GgufName = "adapter.gguf";

    /// <summary>The name of the GGUF of a whole model: what DoRA and full training end in, which a GGUF of an adapter has no place for.</summary>
    public const string WholeName = "trained.gguf";

    /// <summary>The folder in mlx-lm's layout.</summary>
    public const string MlxName = "adapter-mlx";

    /// <summary>The folder in PEFT's layout.</summary>
    public const string PeftName = "adapter-peft";

    /// <summary>
    /// Writes all that can be made of what was trained. LoRA: <see cref="GgufName"/>, <see cref="MlxName"/> and <see cref="PeftName"/>; DoRA: the two folders and
    /// <see cref="WholeName"/>; full training: <see cref="MlxName"/> and <see cref="WholeName"/>. What an earlier run of another kind left is deleted: nobody shall take it
    /// for this one's.
    /// </summary>
    /// <param name="folder">Gets them.</param>
    /// <param name="adapter">What was trained.</param>
    /// <param name="weights">The base.</param>
    /// <param name="file">The file of the base.</param>
    /// <param name="baseName">The base as the user named it.</param>
    /// <param name="cancellation">Leaves files that are not yet written as they were.</param>
    /// <returns>What there is to say of it: QA7030 when llama.cpp gets a whole model.</returns>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static IReadOnlyList<ModelFaultException> WriteAll(string folder, AdapterWeights adapter, BaseWeights weights, GgufFile file, string baseName, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(weights);
        var (kind, shape) = (adapter.Options.Kind, weights.Shape);
        var (gguf, whole, mlx, peft) = (Path.Combine(folder, GgufName), Path.Combine(folder, WholeName), Path.Combine(folder, MlxName), Path.Combine(folder, PeftName));
        MlxLayout.Write(mlx, adapter, shape, baseName, cancellation);
        if (kind == AdapterKind.Full)
        {
            RemoveFolder(peft);
        }
        else
        {
            PeftLayout.Write(peft, adapter, shape, baseName, cancellation);
        }

        if (kind == AdapterKind.Lora)
        {
            WriteGguf(gguf, adapter, shape, cancellation);
            File.Delete(whole);
            return [];
        }

        File.Delete(gguf);
        WholeModel.Write(whole, adapter, weights, file, null, cancellation);
        return [NoGguf(kind, whole)];
    }

    /// <summary>Writes a LoRA as llama.cpp's GGUF of an adapter: <c>X.weight.lora_a</c> [inputs, rank] and <c>X.weight.lora_b</c> [rank, outputs], in F32.</summary>
    /// <exception cref="ModelFaultException">QA7030: it is no LoRA.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void WriteGguf(string path, AdapterWeights adapter, ModelShape shape, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(shape);
        if (adapter.Options.Kind != AdapterKind.Lora)
        {
            throw NoGguf(adapter.Options.Kind, WholeName);
        }

        var writer = new GgufWriter();
        writer.Add("general.type", "adapter");
        writer.Add("general.architecture", shape.Architecture.ToString().ToLowerInvariant());
        writer.Add("adapter.type", "lora");

        // llama.cpp multiplies by alpha ÷ rank.
        writer.Add("adapter.lora.alpha", adapter.Options.Scale * adapter.Options.Rank);
        foreach (var (_, _, linear) in adapter.Linears)
        {
            writer.AddTensor(linear.A.Name, GgmlType.F32, [linear.A.Columns, linear.A.Rows], s => s.Write(MemoryMarshal.AsBytes(linear.A.Values)));
            writer.AddTensor(linear.B.Name, GgmlType.F32, [linear.B.Rows, linear.B.Columns], s => s.Write(MemoryMarshal.AsBytes<float>(Transposed(linear.B))));
        }

        writer.WriteTo(path, null, cancellation);
    }

    /// <summary>[columns][rows] of a parameter's [rows][columns].</summary>
    internal static float[] Transposed(Parameter parameter)
    {
        var (rows, columns, values) = (parameter.Rows, parameter.Columns, parameter.Values.ToArray());
        var turned = new float[values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                turned[(column * rows) + row] = values[(row * columns) + column];
            }
        }

        return turned;
    }

    private static ModelFaultException NoGguf(AdapterKind kind, string whole)
        => new(ModelFaults.AdapterHasNoGguf, "", new Reason(kind == AdapterKind.Dora ? "AdapterIsDora" : "AdapterIsFull"), whole);

    private static void RemoveFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
