namespace QaBuild.Model.Training.Network;

/// <summary>What is trained.</summary>
public enum AdapterKind
{
    /// <summary>y = W x + scale · B A x (Hu et al. 2021).</summary>
    Lora,

    /// <summary>The same with the length of each row of W + scale · B A learned apart (Liu et al. 2024).</summary>
    Dora,

    /// <summary>All weights of the chosen layers: matrices, biases and norms, as mlx-lm's <c>full</c>. Embedding and output stay as they are.</summary>
    Full,
}

/// <summary>Which weights are trained, and how.</summary>
public sealed record AdapterOptions
{
    /// <summary>What is trained.</summary>
    public AdapterKind Kind { get; init; } = AdapterKind.Lora;

    /// <summary>Rows of A.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>What the product of the two matrices is multiplied by (alpha ÷ rank where a format has alpha).</summary>
    public float Scale { get; init; } = 20;

    /// <summary>The share of a linear map's inputs that its adapter does not see, in [0, 1).</summary>
    public float Dropout { get; init; }

    /// <summary>How many layers, from the last; -1 for all.</summary>
    public int Layers { get; init; } = -1;

    /// <summary>The linear maps that get an adapter; of no meaning for <see cref="AdapterKind.Full"/>.</summary>
    public IReadOnlyList<LinearKind> Targets { get; init; } = LinearKinds.All;

    /// <summary>What the random numbers begin with.</summary>
    public ulong Seed { get; init; }

    /// <summary>The first layer that is trained.</summary>
    public int FirstLayer(ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return Layers < 0 ? 0 : Math.Max(0, shape.Layers - Layers);
    }
}
