using System.Numerics;
using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>
/// A decoder-only transformer: from token ids to the loss and to the gradients of an adapter. One pass at a time; not for use by several threads at once.
/// </summary>
public sealed unsafe partial class Transformer : IDisposable
{
    private readonly TransformerOptions _options;
    private readonly Attention _attention;
    private readonly Rope _rope;
    private readonly Linear[][] _linears;
    private Workspace? _space;
    private bool _spaceTrains;

    /// <summary>Prepares a network.</summary>
    /// <param name="weights">Must outlive this.</param>
    /// <param name="adapter">Must outlive this; null for the base alone.</param>
    /// <param name="options">How it computes.</param>
    public Transformer(BaseWeights weights, AdapterWeights? adapter = null, TransformerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        (Weights, Adapter, _options) = (weights, adapter, options ?? new TransformerOptions());
        Workers = new Workers(_options.Threads);
        Products = _options.Products?.Invoke(Workers) ?? MatrixProducts.Choose(Workers, _options.Precision, _options.Micro);
        _attention = new Attention(Workers, _options.Micro);
        _rope = new Rope(Shape.RopeLayout, Shape.HeadSize, [.. Shape.RopeFrequencies], Shape.RopeMagnitude);
        _linears = [.. Enumerable.Range(0, Shape.Layers).Select(l => LinearKinds.All.Select(k => new Linear(this, l, k)).ToArray())];
    }

    /// <summary>The base.</summary>
    public BaseWeights Weights { get; }

    /// <summary>What is trained, or null.</summary>
    public AdapterWeights? Adapter { get; }

    /// <summary>The sizes.</summary>
    public ModelShape Shape => Weights.Shape;

    /// <summary>The threads; an optimizer may use them between passes.</summary>
    public Workers Workers { get; }

    /// <summary>What multiplies matrices, as the user is told it.</summary>
    public string ProductsName => Products.Name;

    internal IMatrixProducts Products { get; }

    internal Workspace Space => _space!;

    /// <summary>The loss of a batch, without dropout.</summary>
    public BatchLoss Loss(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Prepare(batch.Tokens.Length, training: false);
        Embed(batch.Tokens);
        var pass = new Pass(batch.Tokens.Length, batch.Positions, Segments(batch), null, -1);
        for (var l = 0; l < Shape.Layers; l++)
        {
            ForwardLayer(l, pass);
        }

        return new BatchLoss(Head(batch, 0));
    }

    /// <summary>The loss of a batch; <paramref name="share"/> times the gradient of its mean is added to the adapter's gradients.</summary>
    /// <param name="batch">At least one token of it must be trained for gradients to change.</param>
    /// <param name="step">Which pass of the run this is, from 0: dropout depends on it and on the adapter's seed.</param>
    /// <param name="share">1 ÷ n when the gradients of n batches are accumulated.</param>
    public BatchLoss LossAndGradients(Batch batch, long step, float share = 1)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (Adapter is null)
        {
            throw new InvalidOperationException("There is nothing to train.");
        }

        Prepare(batch.Tokens.Length, training: true);
        Embed(batch.Tokens);
        var pass = new Pass(batch.Tokens.Length, batch.Positions, Segments(batch), null, step);
        for (var l = 0; l < Shape.Layers; l++)
        {
            ForwardLayer(l, pass);
        }

        var losses = Head(batch, batch.Trained.Count == 0 ? 0 : share / batch.Trained.Count);
        if (batch.Trained.Count > 0)
        {
            for (var l = Shape.Layers - 1; l >= Adapter.FirstLayer; l--)
            {
                BackwardLayer(l, pass);
            }
        }

        return new BatchLoss(losses);
    }

    /// <summary>The logits of every token of a sequence, [tokens][vocabulary].</summary>
    public float[] Logits(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var batch = new Batch([.. tokens], [.. tokens.Select(_ => Batch.NoTarget)], [0]);
        Prepare(tokens.Count, training: false);
        Embed(batch.Tokens);
        var pass = new Pass(tokens.Count, batch.Positions, Segments(batch), null, -1);
        for (var l = 0; l < Shape.Layers; l++)
        {
            ForwardLayer(l, pass);
        }

        var logits = new float[(long)tokens.Count * Shape.Vocabulary];
        for (var first = 0; first < tokens.Count; first += Space.LossRows)
        {
            var rows = Math.Min(Space.LossRows, tokens.Count - first);
            HeadRows(Space.Input(Shape.Layers).Pointer + ((nint)first * Shape.Width), rows);
            CrossEntropy.Cap(Space.Logits.Pointer, rows * Shape.Vocabulary, Shape.LogitCap);
            new Span<float>(Space.Logits.Pointer, rows * Shape.Vocabulary).CopyTo(logits.AsSpan(first * Shape.Vocabulary));
        }

        return logits;
    }

    /// <summary>A reader of this network that remembers what it has read.</summary>
    /// <param name="context">Tokens it has room for.</param>
    public Decoder Decoder(int context) => new(this, context);

    /// <inheritdoc/>
    public void Dispose()
    {
        _space?.Dispose();
        Products.Dispose();
        _attention.Dispose();
        Workers.Dispose();
    }

    internal LayerWeights Layer(int layer) => Adapter?.Layer(layer)?.Weights ?? Weights.Layers[layer];

    /// <summary>Makes room, and measures what DoRA takes for constants.</summary>
    internal void Prepare(int tokens, bool training, bool measure = true)
    {
        if (_space is null || _space.Tokens < tokens || (training && !_spaceTrains))
        {
            var room = Math.Max(tokens, _space?.Tokens ?? 0);
            training |= _spaceTrains;
            _space?.Dispose();
            _space = new Workspace(Weights, Adapter, _options, room, training);
            _spaceTrains = training;
        }

        if (measure)
        {
            Adapter?.Measure(Workers, Weights);
        }
    }

    /// <summary>Makes room ahead, so that a run that would not fit ends before it begins, and says what it takes.</summary>
    /// <param name="tokens">Of the largest batch.</param>
    /// <param name="longest">Tokens of the longest sequence.</param>
    /// <param name="optimizer">The one that will be used, if any.</param>
    public MemoryPlan Reserve(int tokens, int longest, Optimizer? optimizer = null)
    {
        Prepare(tokens, Adapter is not null);
        return new MemoryPlan(
            Weights.Bytes,
            2 * (Adapter?.Count ?? 0) * sizeof(float),
            optimizer?.Slots.Sum(s => s.Buffer.Bytes) ?? 0,
            Space.Bytes,
            Space.Logits.Bytes,
            Products.ScratchBytes(Weights.Matrices, tokens) + Attention.ScratchBytes(Workers.Count, longest));
    }

    internal void Embed(int[] tokens)
    {
        var to = (nint)Space.Input(0).Pointer;
        var width = Shape.Width;
        Workers.For(tokens.Length, 16, (start, end, _) =>
        {
            for (var i = start; i < end; i++)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(tokens[i]);
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tokens[i], Shape.Vocabulary);
                var row = (float*)to + ((nint)i * width);
                Weights.Embedding.Read(tokens[i], 0, width, row);
                if (Shape.EmbeddingScale != 1)
                {
                    CrossEntropy.Scale(row, width, Shape.EmbeddingScale);
                }
            }
        });
    }

    /// <summary>Logits of rows of the last layer, in the workspace; not capped.</summary>
    internal void HeadRows(float* x, int rows)
    {
        RmsNorm.Forward(Workers, x, Weights.OutputNorm.Pointer, rows, Shape.Width, Shape.Epsilon, Space.PickedNormed.Pointer);
        Products.Forward(Space.PickedNormed.Pointer, rows, Weights.Output, default, Space.Logits.Pointer, add: false);
    }

    private static Segment[] Segments(Batch batch)
    {
        var segments = new Segment[batch.Starts.Count];
        for (var s = 0; s < segments.Length; s++)
        {
            var length = (s + 1 < segments.Length ? batch.Starts[s + 1] : batch.Tokens.Length) - batch.Starts[s];
            segments[s] = new Segment(batch.Starts[s], length, length);
        }

        return segments;
    }

    /// <summary>The losses, and with a weight the gradient of the last layer's output. Only rows with a target go through the output matrix, so many at a time.</summary>
    private float[] Head(Batch batch, float weight)
    {
        var trained = batch.Trained;
        var width = Shape.Width;
        var losses = new float[trained.Count];
        var rowLosses = new float[Space.LossRows];
        var targets = new int[Space.LossRows];
        var from = Space.Input(Shape.Layers).Pointer;
        if (weight != 0)
        {
            new Span<float>(Space.Slope!.Pointer, batch.Tokens.Length * width).Clear();
        }

        for (var first = 0; first < trained.Count; first += Space.LossRows)
        {
            var rows = Math.Min(Space.LossRows, trained.Count - first);
            for (var i = 0; i < rows; i++)
            {
                new Span<float>(from + ((nint)trained[first + i] * width), width).CopyTo(new Span<float>(Space.Picked.Pointer + ((nint)i * width), width));
                targets[i] = batch.Targets[trained[first + i]];
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)targets[i], (uint)Shape.Vocabulary);
            }

            HeadRows(Space.Picked.Pointer, rows);
            CrossEntropy.Rows(Workers, Space.Logits.Pointer, rows, Shape.Vocabulary, targets, Shape.LogitCap, weight, rowLosses);
            rowLosses.AsSpan(0, rows).CopyTo(losses.AsSpan(first));
            if (weight == 0)
            {
                continue;
            }

            Products.Backward(Space.Logits.Pointer, rows, Weights.Output, default, Space.PickedNormed.Pointer, add: false);
            RmsNorm.Backward(Workers, Space.Picked.Pointer, Weights.OutputNorm.Pointer, Space.PickedNormed.Pointer, rows, width, Shape.Epsilon, Space.PickedNormed.Pointer, add: false);
            for (var i = 0; i < rows; i++)
            {
                new Span<float>(Space.PickedNormed.Pointer + ((nint)i * width), width).CopyTo(new Span<float>(Space.Slope!.Pointer + ((nint)trained[first + i] * width), width));
            }
        }

        return losses;
    }

    private AttentionShape AttentionOf(int layer) => new(Shape.Heads, Shape.KeyHeads, Shape.HeadSize, Shape.AttentionScale, Shape.AttentionCap, Shape.WindowOf(layer));

    private void Add(float* x, float* y, long length, float* sum) => Workers.For((int)((length + 8191) / 8192), 1, (start, end, _) =>
    {
        var j = (nint)start * 8192;
        var last = (nint)Math.Min(length, (long)end * 8192);
        for (; j + Vector<float>.Count <= last; j += Vector<float>.Count)
        {
            (Vector.Load(x + j) + Vector.Load(y + j)).Store(sum + j);
        }

        for (; j < last; j++)
        {
            sum[j] = x[j] + y[j];
        }
    });

    /// <summary>A pass over tokens.</summary>
    /// <param name="Rows">Tokens.</param>
    /// <param name="Positions">Of each.</param>
    /// <param name="Segments">The sequences.</param>
    /// <param name="Memory">Where a decoder keeps keys and values; null in training.</param>
    /// <param name="Number">What dropout depends on; negative for none.</param>
    internal sealed record Pass(int Rows, int[] Positions, Segment[] Segments, Decoder? Memory, long Number);
}
