namespace QaBuild.Model.Kernels;

/// <summary>A matrix in memory, and whether its rows or its columns are the lanes of a product; the other direction is the depth.</summary>
internal readonly unsafe struct Operand(float* data, nint stride, bool lanesAreColumns)
{
    private readonly float* _data = data;
    private readonly nint _stride = stride;
    private readonly bool _lanesAreColumns = lanesAreColumns;

    /// <summary>Packs steps [start, start + depth) of all lanes.</summary>
    public void Pack(int lanes, int start, int depth, int width, float* panels)
    {
        if (_lanesAreColumns)
        {
            Panels.FromColumns(_data + (start * _stride), _stride, lanes, depth, width, panels);
        }
        else
        {
            Panels.FromRows(_data + start, _stride, lanes, depth, width, panels);
        }
    }
}

/// <summary>Products of blocks on one thread: attention makes many small ones at a time. One for each thread.</summary>
internal sealed unsafe class BlockProduct(MicroKernel micro) : IDisposable
{
    private const int Slab = 256;
    private FloatBuffer _left = FloatBuffer.Allocate(0);
    private FloatBuffer _right = FloatBuffer.Allocate(0);
    private readonly FloatBuffer _tile = FloatBuffer.Allocate(micro.Rows * micro.Columns);

    /// <summary>result (+)= left × rightᵀ, both given by lanes.</summary>
    public void Multiply(Operand left, int rows, Operand right, int columns, int depth, float* result, nint stride, bool add)
    {
        var (high, wide) = (micro.Rows, micro.Columns);
        for (var start = 0; start < depth; start += Slab)
        {
            var steps = Math.Min(Slab, depth - start);
            var keep = add || start > 0;
            var a = Room(ref _left, Panels.Length(rows, steps, high));
            var b = Room(ref _right, Panels.Length(columns, steps, wide));
            left.Pack(rows, start, steps, high, a);
            right.Pack(columns, start, steps, wide, b);
            for (var column = 0; column < columns; column += wide, b += (nint)wide * steps)
            {
                var panel = a;
                for (var row = 0; row < rows; row += high, panel += (nint)high * steps)
                {
                    var tile = result + (row * stride) + column;
                    if (row + high <= rows && column + wide <= columns)
                    {
                        micro.Multiply(steps, panel, b, tile, stride, keep);
                        continue;
                    }

                    micro.Multiply(steps, panel, b, _tile.Pointer, wide, add: false);
                    Copy(tile, stride, Math.Min(high, rows - row), Math.Min(wide, columns - column), keep);
                }
            }
        }
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        _tile.Dispose();
    }

    private void Copy(float* tile, nint stride, int rows, int columns, bool add)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var at = tile + (i * stride) + j;
                *at = (add ? *at : 0) + _tile.Pointer[(i * micro.Columns) + j];
            }
        }
    }

    private static float* Room(ref FloatBuffer buffer, long length)
    {
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = FloatBuffer.Allocate(length);
        }

        return buffer.Pointer;
    }
}
