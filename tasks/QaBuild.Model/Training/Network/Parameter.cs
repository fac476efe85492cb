using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>Numbers that training changes, and the gradient that says how.</summary>
public sealed class Parameter : IDisposable
{
    internal Parameter(string name, int rows, int columns)
    {
        (Name, Rows, Columns) = (name, rows, columns);
        Buffer = FloatBuffer.Zeros((long)rows * columns);
        GradientBuffer = FloatBuffer.Zeros((long)rows * columns);
    }

    /// <summary>That of the tensor it belongs to, and <c>.lora_a</c>, <c>.lora_b</c> or <c>.magnitude</c>.</summary>
    public string Name { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>[rows][columns], row-major.</summary>
    public Span<float> Values => Buffer.Span;

    /// <summary>[rows][columns]; passes add to it until it is cleared.</summary>
    public Span<float> Gradient => GradientBuffer.Span;

    internal FloatBuffer Buffer { get; }

    internal FloatBuffer GradientBuffer { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Buffer.Dispose();
        GradientBuffer.Dispose();
    }
}
