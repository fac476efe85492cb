namespace QaBuild.Model.Kernels;

/// <summary>
/// Matrix products in C#. The left operand is packed once, a slab of the depth at a time; every thread packs a panel of the weights into its first-level cache and
/// walks the whole left slab with it, so that weights are read from memory once a product, in their stored type.
/// </summary>
internal sealed unsafe class ManagedProducts : IMatrixProducts
{
    /// <summary>Steps of the depth at a time: a panel of the weights then fills half of a first-level cache. A multiple of every type's block.</summary>
    private const int Slab = 256;

    /// <summary>Floats of the left operand that are packed at a time; they should stay in the last-level cache.</summary>
    private const long PackedLeft = 1 << 20;

    /// <summary>Columns of a weight matrix's row that are read at a time when the columns are the lanes.</summary>
    private const int ColumnGroup = 64;

    /// <summary>With fewer rows than this, packing the weights costs more than it saves.</summary>
    private const int FewRows = 4;

    private readonly MicroKernel _micro;
    private readonly Workers _workers;
    private readonly FloatBuffer[] _panels;
    private FloatBuffer _left = FloatBuffer.Allocate(0);
    private FloatBuffer _slab = FloatBuffer.Allocate(0);

    public ManagedProducts(Workers workers, MicroKernel? micro = null)
    {
        (_workers, _micro) = (workers, micro ?? MicroKernel.Best);
        _panels = [.. Enumerable.Range(0, workers.Count).Select(_ => FloatBuffer.Allocate((long)Slab * (ColumnGroup + (2 * _micro.Columns)) + (_micro.Rows * _micro.Columns)))];
    }

    public string Name => $"managed, {_micro.Name}";

    public long ScratchBytes(IEnumerable<WeightMatrix> weights, int rows)
        => (_panels.Sum(p => p.Length) + Math.Max(PackedLeft, (long)(rows + _micro.Rows) * Slab) + weights.Max(w => w.Floats == null ? (long)Slab * w.Columns : 0)) * sizeof(float);

    public void Forward(float* x, int rows, WeightMatrix weights, LowRankTerm term, float* y, bool add)
    {
        if (rows < FewRows)
        {
            ForwardFew(x, rows, weights, term, y, add);
            return;
        }

        var (n, k) = (weights.Rows, weights.Columns);
        foreach (var (first, last) in SlabGroups(rows, k))
        {
            PackLeft(x, k, rows, first, last, columns: false);
            var keep = add || first > 0;
            ForPanels(n, (panel, present, scratch) =>
            {
                var right = scratch + ((nint)Slab * _micro.Columns);
                for (var start = first; start < last; start += Slab)
                {
                    var depth = Math.Min(Slab, last - start);
                    if (weights.Floats is var floats && floats != null)
                    {
                        Panels.FromRows(floats + ((nint)panel * k) + start, k, present, depth, _micro.Columns, right);
                    }
                    else
                    {
                        for (var lane = 0; lane < present; lane++)
                        {
                            weights.Read(panel + lane, start, depth, scratch + (lane * depth));
                        }

                        Panels.FromRows(scratch, depth, present, depth, _micro.Columns, right);
                    }

                    Strip(rows, depth, Left(rows, start - first), right, y + panel, n, present, keep || start > first, scratch);
                }
            });
        }

        AddTerm(rows, term, y, n);
    }

    public void Backward(float* dy, int rows, WeightMatrix weights, LowRankTerm term, float* dx, bool add)
    {
        var (n, k) = (weights.Rows, weights.Columns);
        var stored = weights.Floats;
        foreach (var (first, last) in SlabGroups(rows, n))
        {
            PackLeft(dy, n, rows, first, last, columns: false);
            for (var start = first; start < last; start += Slab)
            {
                var depth = Math.Min(Slab, last - start);
                var source = stored == null ? ReadSlab(weights, start, depth) : stored + ((nint)start * k);
                Product(rows, depth, Left(rows, start - first), source, k, dx, k, add || start > 0);
            }
        }

        AddTerm(rows, term, dx, k);
    }

    public void Gradient(float* dy, float* x, int rows, int outputs, int inputs, float* gradient)
    {
        foreach (var (first, last) in SlabGroups(outputs, rows))
        {
            PackLeft(dy, outputs, outputs, first, last, columns: true);
            for (var start = first; start < last; start += Slab)
            {
                Product(outputs, Math.Min(Slab, last - start), Left(outputs, start - first), x + ((nint)start * inputs), inputs, gradient, inputs, add: true);
            }
        }
    }

    public void Dispose()
    {
        _left.Dispose();
        _slab.Dispose();
        Array.ForEach(_panels, p => p.Dispose());
    }

    /// <summary>A vector times the weights: each row of the weights is read once and used at once.</summary>
    private void ForwardFew(float* x, int rows, WeightMatrix weights, LowRankTerm term, float* y, bool add)
    {
        var (n, k) = (weights.Rows, weights.Columns);
        const int Grain = 16;
        _workers.For(n, Grain, (start, end, worker) =>
        {
            var scratch = _panels[worker].Pointer;
            for (var row = start; row < end; row++)
            {
                for (var i = 0; i < rows; i++)
                {
                    y[((nint)i * n) + row] = add ? y[((nint)i * n) + row] : 0;
                }

                for (var column = 0; column < k; column += Slab)
                {
                    var length = Math.Min(Slab, k - column);
                    var values = weights.Floats;
                    if (values == null)
                    {
                        weights.Read(row, column, length, scratch);
                        values = scratch;
                    }
                    else
                    {
                        values += ((nint)row * k) + column;
                    }

                    for (var i = 0; i < rows; i++)
                    {
                        y[((nint)i * n) + row] += LowRank.Dot(x + ((nint)i * k) + column, values, length);
                    }
                }
            }
        });
        AddTerm(rows, term, y, n);
    }

    /// <summary>y += term.</summary>
    public void AddTerm(int rows, LowRankTerm term, float* y, int columns)
    {
        if (term.Rank > 0)
        {
            PackLeft(term.Left, term.Rank, rows, 0, term.Rank, columns: false);
            for (var start = 0; start < term.Rank; start += Slab)
            {
                Product(rows, Math.Min(Slab, term.Rank - start), Left(rows, start), term.Right + ((nint)start * columns), columns, y, columns, add: true);
            }
        }
    }

    /// <summary>result (+)= left × right, where the columns of the row-major <paramref name="right"/> are the lanes.</summary>
    private void Product(int rows, int depth, float* left, float* right, int columns, float* result, int stride, bool add)
    {
        var group = Math.Max(ColumnGroup, _micro.Columns);
        _workers.For(columns, group, (start, end, worker) =>
        {
            var scratch = _panels[worker].Pointer;
            var panels = scratch + ((nint)Slab * _micro.Columns);
            Panels.FromColumns(right + start, columns, end - start, depth, _micro.Columns, panels);
            for (var panel = start; panel < end; panel += _micro.Columns, panels += (nint)_micro.Columns * depth)
            {
                Strip(rows, depth, left, panels, result + panel, stride, Math.Min(_micro.Columns, end - panel), add, scratch);
            }
        });
    }

    /// <summary>One panel against the whole left slab.</summary>
    private void Strip(int rows, int depth, float* left, float* right, float* result, int stride, int present, bool add, float* scratch)
    {
        var (high, wide) = (_micro.Rows, _micro.Columns);
        for (var row = 0; row < rows; row += high, left += (nint)high * depth)
        {
            var tile = result + ((nint)row * stride);
            var here = Math.Min(high, rows - row);
            if (here == high && present == wide)
            {
                _micro.Multiply(depth, left, right, tile, stride, add);
                continue;
            }

            _micro.Multiply(depth, left, right, scratch, wide, add: false);
            for (var i = 0; i < here; i++)
            {
                for (var j = 0; j < present; j++)
                {
                    var at = tile + (i * (nint)stride) + j;
                    *at = (add ? *at : 0) + scratch[(i * wide) + j];
                }
            }
        }
    }

    private void ForPanels(int lanes, PanelBody body)
    {
        _workers.For((lanes + _micro.Columns - 1) / _micro.Columns, 1, (start, end, worker) =>
        {
            for (var panel = start; panel < end; panel++)
            {
                var lane = panel * _micro.Columns;
                body(lane, Math.Min(_micro.Columns, lanes - lane), _panels[worker].Pointer);
            }
        });
    }

    private delegate void PanelBody(int panel, int present, float* scratch);

    /// <summary>The depth in groups of whole slabs whose packed left operand is not too large.</summary>
    private static IEnumerable<(int First, int Last)> SlabGroups(int rows, int depth)
    {
        var group = (int)Math.Max(1, PackedLeft / Slab / rows) * Slab;
        for (var first = 0; first < depth; first += group)
        {
            yield return (first, (int)Math.Min(depth, (long)first + group));
        }
    }

    /// <summary>Packs [first, last) of the left operand's depth, slab after slab.</summary>
    private void PackLeft(float* source, int stride, int lanes, int first, int last, bool columns)
    {
        var high = _micro.Rows;
        var panels = (lanes + high - 1) / high;
        var length = (long)panels * high * (last - first);
        if (_left.Length < length)
        {
            _left.Dispose();
            _left = FloatBuffer.Allocate(length);
        }

        const int Grain = 8;
        var packed = _left.Pointer;
        _workers.For(panels, Grain, (start, end, _) =>
        {
            var (lane, count) = (start * high, Math.Min(lanes, end * high) - (start * high));
            for (var step = first; step < last; step += Slab)
            {
                var depth = Math.Min(Slab, last - step);
                var to = packed + ((nint)(step - first) * panels * high) + ((nint)lane * depth);
                if (columns)
                {
                    Panels.FromColumns(source + ((nint)step * stride) + lane, stride, count, depth, high, to);
                }
                else
                {
                    Panels.FromRows(source + ((nint)lane * stride) + step, stride, count, depth, high, to);
                }
            }
        });
    }

    /// <summary>Where the slab that begins <paramref name="step"/> steps into the packed group lies.</summary>
    private float* Left(int lanes, int step) => _left.Pointer + ((nint)step * ((lanes + _micro.Rows - 1) / _micro.Rows) * _micro.Rows);

    private float* ReadSlab(WeightMatrix weights, int start, int depth)
    {
        var k = weights.Columns;
        if (_slab.Length < (long)Slab * k)
        {
            _slab.Dispose();
            _slab = FloatBuffer.Allocate((long)Slab * k);
        }

        const int Grain = 16;
        var to = _slab.Pointer;
        _workers.For(depth, Grain, (first, last, _) =>
        {
            for (var row = first; row < last; row++)
            {
                weights.Read(start + row, 0, k, to + ((nint)row * k));
            }
        });
        return to;
    }
}
