using QaBuild.Model.Gguf;

namespace QaBuild.Model.Kernels;

/// <summary>
/// A weight matrix in whatever type it is stored, read where it lies: in a mapped file, or in memory of our own. Nothing holds a second copy of it; a product turns
/// tile after tile into floats. Output = input × matrixᵀ, as in ggml: each row makes one output.
/// </summary>
internal sealed unsafe class WeightMatrix
{
    private readonly byte* _data;
    private readonly Dequantizer _dequantizer;

    /// <summary>A matrix over memory that outlives it.</summary>
    public WeightMatrix(GgmlType type, byte* data, int rows, int columns)
    {
        Type = type;
        _data = data;
        Rows = rows;
        Columns = columns;
        _dequantizer = Dequantizer.Of(type);
        RowBytes = GgmlTypes.Bytes(type, [columns]) ?? throw new ArgumentException($"{columns} columns are no whole number of blocks of {type}", nameof(columns));
    }

    /// <summary>A matrix of floats that training changes.</summary>
    public WeightMatrix(float* data, int rows, int columns)
        : this(GgmlType.F32, (byte*)data, rows, columns) => Changes = true;

    /// <summary>How it is stored.</summary>
    public GgmlType Type { get; }

    /// <summary>Whether its numbers change, so that no copy of them can be kept.</summary>
    public bool Changes { get; }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    /// <summary>From a row to the next.</summary>
    public long RowBytes { get; }

    /// <summary>The matrix itself where it is stored as floats, else null.</summary>
    public float* Floats => Type == GgmlType.F32 ? (float*)_data : null;

    /// <summary>Its bfloat16 numbers where it is stored as such, else null.</summary>
    public ushort* BFloats => Type == GgmlType.BF16 ? (ushort*)_data : null;

    /// <summary>A part of a row as floats.</summary>
    /// <param name="row">0-based.</param>
    /// <param name="start">A multiple of the type's block.</param>
    /// <param name="count">Up to the end of the row, or a multiple of the type's block.</param>
    /// <param name="to">At least <paramref name="count"/> floats.</param>
    public void Read(int row, int start, int count, float* to) => _dequantizer.Read(_data + (row * RowBytes), start, count, to);
}
