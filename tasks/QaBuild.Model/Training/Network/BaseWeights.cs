using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QaBuild.Model.Gguf;
using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>
/// The weights of a base model. Matrices stay where they are, in the mapped file and in the type they are stored in; only norms and biases are copied. The file must
/// outlive this.
/// </summary>
public sealed unsafe class BaseWeights : IDisposable
{
    private readonly GgufFile _file;
    private readonly List<FloatBuffer> _owned = [];

    private BaseWeights(GgufFile file)
    {
        _file = file;
        Shape = ModelShape.Of(file);
        Embedding = Matrix("token_embd.weight", Shape.Vocabulary, Shape.Width);
        Output = Shape.TiedOutput ? Embedding : Matrix("output.weight", Shape.Vocabulary, Shape.Width);
        OutputNorm = Vector("output_norm.weight", Shape.Width) ?? throw ModelShape.Malformed(file, "output_norm.weight", null);
        Layers = [.. Enumerable.Range(0, Shape.Layers).Select(Layer)];
    }

    /// <summary>The sizes.</summary>
    public ModelShape Shape { get; }

    /// <summary>What the matrices take where they are stored.</summary>
    public long Bytes { get; private set; }

    internal WeightMatrix Embedding { get; }

    internal WeightMatrix Output { get; }

    internal FloatBuffer OutputNorm { get; }

    internal LayerWeights[] Layers { get; }

    internal IEnumerable<WeightMatrix> Matrices => Layers.SelectMany(l => l.Matrices).Append(Embedding).Append(Output).Distinct();

    /// <summary>Finds the weights of a model and holds their shapes and types against what its architecture needs.</summary>
    /// <exception cref="ModelFaultException">QA7003: a tensor is absent, or of another shape; QA7004: of a type that is not read.</exception>
    public static BaseWeights Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new BaseWeights(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _owned.ForEach(b => b.Dispose());

    private LayerWeights Layer(int number)
    {
        var layer = new LayerWeights();
        foreach (var kind in LinearKinds.All)
        {
            layer.Matrices[(int)kind] = Matrix(kind.TensorName(number), Shape.Outputs(kind), Shape.Inputs(kind));
            layer.Biases[(int)kind] = Vector(LayerWeights.BiasName(kind, number), Shape.Outputs(kind));
        }

        foreach (var (kind, length) in LayerWeights.NormsOf(Shape))
        {
            var name = LayerWeights.NormName(kind, number);
            layer.Norms[(int)kind] = Vector(name, length) ?? throw ModelShape.Malformed(_file, name, null);
        }

        return layer;
    }

    private WeightMatrix Matrix(string name, int rows, int columns)
    {
        var tensor = _file.Find(name) ?? throw ModelShape.Malformed(_file, name, null);
        Bytes += tensor.Bytes;
        return new WeightMatrix(tensor.Type, Data(tensor, rows, columns), rows, columns);
    }

    private FloatBuffer? Vector(string name, int length)
    {
        if (_file.Find(name) is not { } tensor)
        {
            return null;
        }

        var buffer = FloatBuffer.Allocate(length);
        _owned.Add(buffer);
        new WeightMatrix(tensor.Type, Data(tensor, 1, length), 1, length).Read(0, 0, length, buffer.Pointer);
        return buffer;
    }

    // A mapping does not move, and the file's length was held against the shape when it was opened.
    private byte* Data(GgufTensor tensor, int rows, int columns)
    {
        var fits = tensor.Shape is [var c, var r] ? c == columns && r == rows : rows == 1 && tensor.Shape is [var only] && only == columns;
        if (!fits)
        {
            throw ModelShape.Malformed(_file, tensor.Name, $"{string.Join(" × ", tensor.Shape)} ≠ {columns} × {rows}");
        }

        return Dequantizer.Types.Contains(tensor.Type)
            ? (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.Read(0, (int)Math.Min(tensor.Bytes, int.MaxValue))))
            : throw new ModelFaultException(ModelFaults.ArchitectureUnsupported, _file.Path, $"{tensor.Name}: {tensor.Type}", string.Join(", ", Dequantizer.Types));
    }
}
