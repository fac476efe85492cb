using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>One linear map of one layer with what is trained on it, ready to be applied.</summary>
internal sealed unsafe class Linear(Transformer network, int layer, LinearKind kind)
{
    private const int RowGrain = 16;
    private readonly WeightMatrix _weights = network.Layer(layer).Matrices[(int)kind];
    private readonly FloatBuffer? _bias = network.Layer(layer).Biases[(int)kind];
    private readonly LinearAdapter? _adapter = network.Adapter?.Adapter(layer, kind);
    private readonly TrainedLayer? _trained = network.Adapter?.Layer(layer);

    private AdapterOptions Options => network.Adapter!.Options;

    private Workers Workers => network.Workers;

    /// <summary>y = W x + bias, and what the adapter adds.</summary>
    /// <param name="x">[rows][inputs].</param>
    /// <param name="rows">Tokens.</param>
    /// <param name="y">[rows][outputs].</param>
    /// <param name="kept">Where x Aᵀ and DoRA's plain output go.</param>
    /// <param name="pass">Which forward this is: dropout depends on it. Negative for none.</param>
    public void Forward(float* x, int rows, float* y, Activations kept, long pass)
    {
        var term = default(LowRankTerm);
        if (_adapter is { } adapter)
        {
            var low = kept.Low[(int)kind]!.Pointer;
            LowRank.Project(Workers, Seen(x, rows, pass), rows, _weights.Columns, adapter.A.Buffer.Pointer, adapter.A.Rows, Options.Scale, low);
            term = new LowRankTerm(low, adapter.B.Buffer.Pointer, adapter.A.Rows);
        }

        var lengthened = _adapter?.Magnitude is not null;
        var biased = _bias is not null && !lengthened;
        if (biased)
        {
            FillRows(y, rows, _bias!);
        }

        network.Products.Forward(x, rows, _weights, term, y, add: biased);
        if (lengthened)
        {
            Lengthen(y, rows, kept.Plain[(int)kind]!.Pointer);
        }
    }

    /// <summary>The gradients of what is trained, and of the inputs.</summary>
    /// <param name="x">The forward's inputs.</param>
    /// <param name="dy">[rows][outputs].</param>
    /// <param name="rows">Tokens.</param>
    /// <param name="dx">[rows][inputs]; null when nobody needs it.</param>
    /// <param name="add">Whether what stands in <paramref name="dx"/> is kept.</param>
    /// <param name="kept">As the forward left it.</param>
    /// <param name="pass">As in the forward.</param>
    public void Backward(float* x, float* dy, int rows, float* dx, bool add, Activations kept, long pass)
    {
        var (inputs, outputs) = (_weights.Columns, _weights.Rows);
        if (_trained is { } trained)
        {
            network.Products.Gradient(dy, x, rows, outputs, inputs, trained.Matrices[(int)kind].GradientBuffer.Pointer);
            if (trained.Biases[(int)kind] is { } bias)
            {
                AddRows(dy, rows, bias.GradientBuffer.Pointer, outputs);
            }
        }

        if (_adapter is not { } adapter)
        {
            if (dx != null)
            {
                network.Products.Backward(dy, rows, _weights, default, dx, add);
            }

            return;
        }

        if (adapter.Magnitude is not null)
        {
            dy = Shortened(adapter, dy, rows, kept.Plain[(int)kind]!.Pointer);
        }

        var rank = adapter.A.Rows;
        var low = network.Space.Low!.Pointer;
        LowRank.Accumulate(Workers, kept.Low[(int)kind]!.Pointer, dy, rows, outputs, rank, 1, adapter.B.GradientBuffer.Pointer);
        LowRank.Project(Workers, dy, rows, outputs, adapter.B.Buffer.Pointer, rank, Options.Scale, low);
        LowRank.Accumulate(Workers, low, Seen(x, rows, pass), rows, inputs, rank, 1, adapter.A.GradientBuffer.Pointer);
        if (dx == null)
        {
            return;
        }

        var term = new LowRankTerm(low, adapter.A.Buffer.Pointer, rank);
        if (Drops(pass))
        {
            network.Products.Backward(dy, rows, _weights, default, dx, add);
            AddSeen(term, rows, dx, pass);
        }
        else
        {
            network.Products.Backward(dy, rows, _weights, term, dx, add);
        }
    }

    private bool Drops(long pass) => pass >= 0 && Options.Dropout > 0;

    private CounterRandom Random(long pass) => CounterRandom.Of(Options.Seed ^ ulong.MaxValue, pass, (layer * LinearKinds.All.Count) + (long)kind);

    /// <summary>The inputs as the adapter sees them: some of them zero, the others larger, so that the mean stays.</summary>
    private float* Seen(float* x, int rows, long pass)
    {
        if (!Drops(pass))
        {
            return x;
        }

        var (random, columns, dropout, to) = (Random(pass), _weights.Columns, Options.Dropout, (nint)network.Space.Dropped!.Pointer);
        Workers.For(rows, RowGrain, (start, end, _) =>
        {
            for (var i = (long)start * columns; i < (long)end * columns; i++)
            {
                ((float*)to)[i] = random[i] < dropout ? 0 : x[i] / (1 - dropout);
            }
        });
        return (float*)to;
    }

    private void AddSeen(LowRankTerm term, int rows, float* dx, long pass)
    {
        var (random, columns, dropout) = (Random(pass), _weights.Columns, Options.Dropout);
        Workers.For(rows, RowGrain, (start, end, _) =>
        {
            for (var i = start; i < end; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var at = ((long)i * columns) + j;
                    if (random[at] < dropout)
                    {
                        continue;
                    }

                    var sum = 0f;
                    for (var r = 0; r < term.Rank; r++)
                    {
                        sum += term.Left[((nint)i * term.Rank) + r] * term.Right[((nint)r * columns) + j];
                    }

                    dx[at] += sum / (1 - dropout);
                }
            }
        });
    }

    private void FillRows(float* y, int rows, FloatBuffer bias) => Workers.For(rows, RowGrain, (start, end, _) =>
    {
        for (var i = start; i < end; i++)
        {
            bias.Span.CopyTo(new Span<float>(y + (i * (nint)bias.Length), (int)bias.Length));
        }
    });

    private void AddRows(float* dy, int rows, float* gradient, int columns) => Workers.For(columns, 64, (start, end, _) =>
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = start; j < end; j++)
            {
                gradient[j] += dy[((nint)i * columns) + j];
            }
        }
    });

    /// <summary>y = magnitude ÷ length · y + bias; what y was is kept.</summary>
    private void Lengthen(float* y, int rows, float* plain)
    {
        var (magnitude, length, columns) = ((nint)_adapter!.Magnitude!.Buffer.Pointer, (nint)_adapter.Lengths!.Pointer, _weights.Rows);
        Workers.For(rows, RowGrain, (start, end, _) =>
        {
            for (var i = start; i < end; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var at = ((nint)i * columns) + j;
                    plain[at] = y[at];
                    y[at] = (y[at] * ((float*)magnitude)[j] / ((float*)length)[j]) + (_bias is null ? 0 : _bias.Pointer[j]);
                }
            }
        });
    }

    /// <summary>The gradient of DoRA's plain output; that of the magnitudes is added up on the way.</summary>
    private float* Shortened(LinearAdapter adapter, float* dy, int rows, float* plain)
    {
        var (columns, to) = (_weights.Rows, (nint)network.Space.SlopePlain!.Pointer);
        Workers.For(columns, 64, (start, end, _) =>
        {
            for (var i = 0; i < rows; i++)
            {
                for (var j = start; j < end; j++)
                {
                    var at = ((nint)i * columns) + j;
                    adapter.Magnitude!.GradientBuffer.Pointer[j] += dy[at] * plain[at] / adapter.Lengths!.Pointer[j];
                    ((float*)to)[at] = dy[at] * adapter.Magnitude.Buffer.Pointer[j] / adapter.Lengths.Pointer[j];
                }
            }
        });
        return (float*)to;
    }
}
