using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>A layer all of whose weights are trained: copies of the base's as floats.</summary>
internal sealed unsafe class TrainedLayer
{
    public TrainedLayer(ModelShape shape, LayerWeights from, int layer)
    {
        Weights = new LayerWeights();
        foreach (var kind in LinearKinds.All)
        {
            var matrix = from.Matrices[(int)kind];
            var parameter = Matrices[(int)kind] = new Parameter(kind.TensorName(layer), matrix.Rows, matrix.Columns);
            for (var row = 0; row < matrix.Rows; row++)
            {
                matrix.Read(row, 0, matrix.Columns, parameter.Buffer.Pointer + ((nint)row * matrix.Columns));
            }

            Weights.Matrices[(int)kind] = new WeightMatrix(parameter.Buffer.Pointer, matrix.Rows, matrix.Columns);
            if (from.Biases[(int)kind] is { } bias)
            {
                Weights.Biases[(int)kind] = (Biases[(int)kind] = Copy(LayerWeights.BiasName(kind, layer), bias)).Buffer;
            }
        }

        foreach (var (kind, _) in LayerWeights.NormsOf(shape))
        {
            Weights.Norms[(int)kind] = (Norms[(int)kind] = Copy(LayerWeights.NormName(kind, layer), from.Norms[(int)kind]!)).Buffer;
        }
    }

    /// <summary>What the layer computes with.</summary>
    public LayerWeights Weights { get; }

    public Parameter[] Matrices { get; } = new Parameter[LinearKinds.All.Count];

    public Parameter?[] Biases { get; } = new Parameter?[LinearKinds.All.Count];

    public Parameter?[] Norms { get; } = new Parameter?[Enum.GetValues<NormKind>().Length];

    public IEnumerable<Parameter> Parameters => Matrices.Concat(Biases.OfType<Parameter>()).Concat(Norms.OfType<Parameter>());

    private static Parameter Copy(string name, FloatBuffer from)
    {
        var parameter = new Parameter(name, 1, (int)from.Length);
        from.Span.CopyTo(parameter.Values);
        return parameter;
    }
}
