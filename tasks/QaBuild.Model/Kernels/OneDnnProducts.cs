using System.Numerics;

namespace QaBuild.Model.Kernels;

/// <summary>
/// Matrix products by oneDNN, each thread with rows of its own. With bfloat16 one copy of each weight matrix serves both directions; without, matrices of floats are
/// used where they lie. What oneDNN cannot take (quantized weights as floats, weights that change as bfloat16) is multiplied in C#.
/// </summary>
internal sealed unsafe class OneDnnProducts(Workers workers, OneDnn library, Precision precision) : IMatrixProducts
{
    private const int FewestRows = 16;
    private readonly ManagedProducts _managed = new(workers);
    private readonly Dictionary<WeightMatrix, FloatBuffer> _copies = [];
    private FloatBuffer _left = FloatBuffer.Allocate(0);

    public string Name => precision == Precision.BFloat16 ? "oneDNN, bfloat16" : "oneDNN, floats";

    public long ScratchBytes(IEnumerable<WeightMatrix> weights, int rows)
        => _managed.ScratchBytes(weights, rows) + (precision == Precision.BFloat16 ? weights.Sum(w => w.BFloats == null ? (long)w.Rows * w.Columns * sizeof(ushort) : 0) + ((long)rows * weights.Max(w => Math.Max(w.Rows, w.Columns)) * sizeof(ushort)) : 0);

    public void Forward(float* x, int rows, WeightMatrix weights, LowRankTerm term, float* y, bool add)
    {
        if (!Multiply(x, rows, weights, y, add, transposed: true))
        {
            _managed.Forward(x, rows, weights, term, y, add);
            return;
        }

        _managed.AddTerm(rows, term, y, weights.Rows);
    }

    public void Backward(float* dy, int rows, WeightMatrix weights, LowRankTerm term, float* dx, bool add)
    {
        if (!Multiply(dy, rows, weights, dx, add, transposed: false))
        {
            _managed.Backward(dy, rows, weights, term, dx, add);
            return;
        }

        _managed.AddTerm(rows, term, dx, weights.Columns);
    }

    public void Gradient(float* dy, float* x, int rows, int outputs, int inputs, float* gradient) => _managed.Gradient(dy, x, rows, outputs, inputs, gradient);

    public void Dispose()
    {
        _managed.Dispose();
        _left.Dispose();
        foreach (var copy in _copies.Values)
        {
            copy.Dispose();
        }
    }

    /// <summary>Rounds to the nearest bfloat16, to even in the middle; what is no number stays none.</summary>
    public static void Round(float* from, ushort* to, long length)
    {
        var i = 0L;
        for (; i + (2 * Vector<float>.Count) <= length; i += 2 * Vector<float>.Count)
        {
            Vector.Narrow(Rounded(from + i), Rounded(from + i + Vector<float>.Count)).Store(to + i);
        }

        for (; i < length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(from[i]);
            to[i] = float.IsNaN(from[i]) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }

    private static Vector<uint> Rounded(float* from)
    {
        var numbers = Vector.Load(from);
        var bits = Vector.AsVectorUInt32(numbers);
        var high = bits >>> 16;
        return Vector.ConditionalSelect(
            Vector.AsVectorUInt32(Vector.Equals(numbers, numbers)), (bits + new Vector<uint>(0x7FFF) + (high & Vector<uint>.One)) >>> 16, high | new Vector<uint>(0x40));
    }

    private bool Multiply(float* left, int rows, WeightMatrix weights, float* result, bool add, bool transposed)
    {
        var (columns, depth) = transposed ? (weights.Rows, weights.Columns) : (weights.Columns, weights.Rows);
        if (rows < FewestRows || (precision == Precision.BFloat16 ? weights.Changes : weights.Floats == null))
        {
            return false;
        }

        var small = precision == Precision.BFloat16 ? Rounded(left, (long)rows * depth) : null;
        var matrix = precision == Precision.BFloat16 ? Copy(weights) : null;
        var done = true;
        workers.For(rows, (rows + workers.Count - 1) / workers.Count, (start, end, _) =>
        {
            var to = result + ((nint)start * columns);
            var ran = small == null
                ? library.Multiply(transposed, end - start, columns, depth, left + ((nint)start * depth), weights.Floats, add, to)
                : library.Multiply(transposed, end - start, columns, depth, small + ((nint)start * depth), matrix, add, to);
            if (!ran)
            {
                Volatile.Write(ref done, false);
            }
        });
        return done;
    }

    private ushort* Rounded(float* from, long length)
    {
        if (_left.Length < (length + 1) / 2)
        {
            _left.Dispose();
            _left = FloatBuffer.Allocate((length + 1) / 2);
        }

        const int Grain = 1 << 14;
        var to = (ushort*)_left.Pointer;
        workers.For((int)((length + Grain - 1) / Grain), 1, (start, end, _) => Round(from + ((nint)start * Grain), to + ((nint)start * Grain), Math.Min(length, (long)end * Grain) - ((long)start * Grain)));
        return to;
    }

    private ushort* Copy(WeightMatrix weights)
    {
        if (weights.BFloats is var stored && stored != null)
        {
            return stored;
        }

        if (!_copies.TryGetValue(weights, out var copy))
        {
            copy = _copies[weights] = FloatBuffer.Allocate((((long)weights.Rows * weights.Columns) + 1) / 2);
            var to = (ushort*)copy.Pointer;
            workers.For(weights.Rows, 16, (start, end, _) =>
            {
                var row = new float[weights.Columns];
                fixed (float* at = row)
                {
                    for (var i = start; i < end; i++)
                    {
                        weights.Read(i, 0, row.Length, at);
                        Round(at, to + ((nint)i * row.Length), row.Length);
                    }
                }
            });
        }

        return (ushort*)copy.Pointer;
    }
}
