using System.Numerics;

namespace QaBuild.Model.Kernels;

/// <summary>The sizes of an attention.</summary>
/// <param name="Heads">Of the queries.</param>
/// <param name="KeyHeads">Of the keys and values; each serves <c>Heads / KeyHeads</c> heads of the queries.</param>
/// <param name="HeadSize">Numbers of a head.</param>
/// <param name="Scale">What a score is multiplied by.</param>
/// <param name="Cap">Scores become cap · tanh(score / cap); 0 for none.</param>
/// <param name="Window">How many positions a query sees, its own among them; 0 for all that are before it.</param>
internal sealed record AttentionShape(int Heads, int KeyHeads, int HeadSize, float Scale, float Cap, int Window)
{
    public int QueryWidth => Heads * HeadSize;

    public int KeyWidth => KeyHeads * HeadSize;
}

/// <summary>A sequence within a batch: its queries, and the keys that they see. Query i stands at position <c>Keys - Queries + i</c>.</summary>
/// <param name="Start">The row of its first query, and in training of its first key.</param>
/// <param name="Queries">How many.</param>
/// <param name="Keys">How many; more than the queries when some are remembered.</param>
internal readonly record struct Segment(int Start, int Queries, int Keys);

/// <summary>
/// Causal attention of many sequences, a block of queries at a time. Scores are never kept: the backward computes them again from the logarithm of each row's sum
/// (FlashAttention, Dao et al. 2022), so memory grows with the tokens, not with their square.
/// </summary>
internal sealed unsafe class Attention : IDisposable
{
    private const int Block = 96;
    private readonly Workers _workers;
    private readonly BlockProduct[] _products;
    private readonly FloatBuffer[] _scratch;

    public Attention(Workers workers, MicroKernel? micro = null)
    {
        _workers = workers;
        _products = [.. Enumerable.Range(0, workers.Count).Select(_ => new BlockProduct(micro ?? MicroKernel.Best))];
        _scratch = [.. Enumerable.Range(0, workers.Count).Select(_ => FloatBuffer.Allocate(0))];
    }

    /// <summary>The bytes that a backward over sequences of this length needs beside its operands.</summary>
    public static long ScratchBytes(int workers, int longest) => (long)workers * 2 * Block * longest * sizeof(float);

    /// <summary>output = softmax(mask(cap(scale · q kᵀ))) v.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="segments">The sequences.</param>
    /// <param name="q">[tokens][heads × head size], turned.</param>
    /// <param name="k">[tokens][key heads × head size], turned.</param>
    /// <param name="v">[tokens][key heads × head size].</param>
    /// <param name="output">[tokens][heads × head size].</param>
    /// <param name="sums">[tokens][heads]: the logarithm of the sum of each row's exponentials; null when no backward follows.</param>
    public void Forward(AttentionShape shape, IReadOnlyList<Segment> segments, float* q, float* k, float* v, float* output, float* sums)
    {
        var units = segments.SelectMany(s => Enumerable.Range(0, (s.Queries + Block - 1) / Block).Select(b => (Segment: s, First: b * Block))).ToArray();
        _workers.For(units.Length * shape.Heads, 1, (start, end, worker) =>
        {
            for (var unit = start; unit < end; unit++)
            {
                var (segment, first) = units[unit / shape.Heads];
                var head = unit % shape.Heads;
                var key = head / (shape.Heads / shape.KeyHeads) * shape.HeadSize;
                var rows = Math.Min(Block, segment.Queries - first);
                var (low, high) = Keys(shape, segment, first, rows);
                var scores = Scratch(worker, (long)rows * (high - low));
                var queries = q + ((nint)(segment.Start + first) * shape.QueryWidth) + (head * shape.HeadSize);
                var origin = (nint)(segment.Start + low) * shape.KeyWidth;
                Scores(shape, worker, queries, rows, k + origin + key, high - low, scores);
                for (var i = 0; i < rows; i++)
                {
                    var row = scores + ((nint)i * (high - low));
                    var sum = Softmax(shape, row, Seen(shape, segment, first + i, low), high - low);
                    if (sums != null)
                    {
                        sums[((nint)(segment.Start + first + i) * shape.Heads) + head] = sum;
                    }
                }

                _products[worker].Multiply(
                    new Operand(scores, high - low, lanesAreColumns: false), rows,
                    new Operand(v + origin + key, shape.KeyWidth, lanesAreColumns: true), shape.HeadSize,
                    high - low, output + ((nint)(segment.Start + first) * shape.QueryWidth) + (head * shape.HeadSize), shape.QueryWidth, add: false);
            }
        });
    }

    /// <summary>The gradients of queries, keys and values; all three are overwritten.</summary>
    public void Backward(AttentionShape shape, IReadOnlyList<Segment> segments, float* q, float* k, float* v, float* output, float* sums, float* doutput, float* dq, float* dk, float* dv)
        => _workers.For(segments.Count * shape.KeyHeads, 1, (start, end, worker) =>
        {
            for (var unit = start; unit < end; unit++)
            {
                var segment = segments[unit / shape.KeyHeads];
                var keyHead = unit % shape.KeyHeads;
                var origin = ((nint)segment.Start * shape.KeyWidth) + (keyHead * shape.HeadSize);
                for (var i = 0; i < segment.Keys; i++)
                {
                    new Span<float>(dk + origin + ((nint)i * shape.KeyWidth), shape.HeadSize).Clear();
                    new Span<float>(dv + origin + ((nint)i * shape.KeyWidth), shape.HeadSize).Clear();
                }

                var group = shape.Heads / shape.KeyHeads;
                for (var head = keyHead * group; head < (keyHead + 1) * group; head++)
                {
                    for (var first = 0; first < segment.Queries; first += Block)
                    {
                        var at = ((nint)(segment.Start + first) * shape.QueryWidth) + (head * shape.HeadSize);
                        var row = sums + ((nint)(segment.Start + first) * shape.Heads) + head;
                        BackwardBlock(shape, segment, worker, first, q + at, k + origin, v + origin, output + at, row, doutput + at, dq + at, dk + origin, dv + origin);
                    }
                }
            }
        });

    public void Dispose()
    {
        Array.ForEach(_products, p => p.Dispose());
        Array.ForEach(_scratch, s => s.Dispose());
    }

    private void BackwardBlock(AttentionShape shape, Segment segment, int worker, int first, float* q, float* k, float* v, float* output, float* sums, float* doutput, float* dq, float* dk, float* dv)
    {
        var rows = Math.Min(Block, segment.Queries - first);
        var (low, high) = Keys(shape, segment, first, rows);
        var width = high - low;
        var scores = Scratch(worker, 2L * rows * width);
        var slopes = scores + ((nint)rows * width);
        var offset = (nint)low * shape.KeyWidth;
        var product = _products[worker];
        Scores(shape, worker, q, rows, k + offset, width, scores);
        product.Multiply(new Operand(doutput, shape.QueryWidth, false), rows, new Operand(v + offset, shape.KeyWidth, false), width, shape.HeadSize, slopes, width, add: false);
        for (var i = 0; i < rows; i++)
        {
            var seen = Seen(shape, segment, first + i, low);
            var along = LowRank.Dot(doutput + ((nint)i * shape.QueryWidth), output + ((nint)i * shape.QueryWidth), shape.HeadSize);
            Slopes(shape, scores + ((nint)i * width), slopes + ((nint)i * width), seen, width, sums[(nint)i * shape.Heads], along);
        }

        product.Multiply(new Operand(slopes, width, false), rows, new Operand(k + offset, shape.KeyWidth, true), shape.HeadSize, width, dq, shape.QueryWidth, add: false);
        product.Multiply(new Operand(slopes, width, true), width, new Operand(q, shape.QueryWidth, true), shape.HeadSize, rows, dk + offset, shape.KeyWidth, add: true);
        product.Multiply(new Operand(scores, width, true), width, new Operand(doutput, shape.QueryWidth, true), shape.HeadSize, rows, dv + offset, shape.KeyWidth, add: true);
    }

    /// <summary>The keys [low, high) that any of the block's queries sees.</summary>
    private static (int Low, int High) Keys(AttentionShape shape, Segment segment, int first, int rows)
    {
        var position = segment.Keys - segment.Queries + first;
        return (shape.Window > 0 ? Math.Max(0, position - shape.Window + 1) : 0, position + rows);
    }

    /// <summary>The keys [from, to) that a query sees, counted from <paramref name="low"/>.</summary>
    private static (int From, int To) Seen(AttentionShape shape, Segment segment, int query, int low)
    {
        var position = segment.Keys - segment.Queries + query;
        return ((shape.Window > 0 ? Math.Max(0, position - shape.Window + 1) : 0) - low, position + 1 - low);
    }

    private void Scores(AttentionShape shape, int worker, float* q, int rows, float* k, int keys, float* scores)
        => _products[worker].Multiply(new Operand(q, shape.QueryWidth, false), rows, new Operand(k, shape.KeyWidth, false), keys, shape.HeadSize, scores, keys, add: false);

    private static float Softmax(AttentionShape shape, float* row, (int From, int To) seen, int width)
    {
        var from = row + seen.From;
        var length = seen.To - seen.From;
        CrossEntropy.Scale(from, length, shape.Scale);
        CrossEntropy.Cap(from, length, shape.Cap);
        var largest = CrossEntropy.Largest(from, length);
        var sum = CrossEntropy.Exponentials(from, length, largest);
        CrossEntropy.Scale(from, length, 1 / sum);
        Hide(row, seen, width);
        return largest + MathF.Log(sum);
    }

    /// <summary>Turns scores into likelihoods, and the gradients of likelihoods into those of scores: p (d - Σ p d), and the slopes of cap and scale.</summary>
    private static void Slopes(AttentionShape shape, float* scores, float* slopes, (int From, int To) seen, int width, float sum, float along)
    {
        var j = seen.From;
        CrossEntropy.Scale(scores + j, seen.To - j, shape.Scale);
        CrossEntropy.Cap(scores + j, seen.To - j, shape.Cap);
        var one = Vector<float>.One;
        for (; j + Vector<float>.Count <= seen.To; j += Vector<float>.Count)
        {
            var score = Vector.Load(scores + j);
            var likelihood = VectorMath.Exp(score - new Vector<float>(sum));
            var slope = likelihood * (Vector.Load(slopes + j) - new Vector<float>(along)) * shape.Scale;
            if (shape.Cap != 0)
            {
                var share = score / shape.Cap;
                slope *= one - (share * share);
            }

            slope.Store(slopes + j);
            likelihood.Store(scores + j);
        }

        for (; j < seen.To; j++)
        {
            var likelihood = VectorMath.Exp(new Vector<float>(scores[j] - sum))[0];
            var share = shape.Cap == 0 ? 0 : scores[j] / shape.Cap;
            slopes[j] = likelihood * (slopes[j] - along) * shape.Scale * (1 - (share * share));
            scores[j] = likelihood;
        }

        Hide(scores, seen, width);
        Hide(slopes, seen, width);
    }

    private static void Hide(float* row, (int From, int To) seen, int width)
    {
        new Span<float>(row, seen.From).Clear();
        new Span<float>(row + seen.To, width - seen.To).Clear();
    }

    private float* Scratch(int worker, long length)
    {
        if (_scratch[worker].Length < length)
        {
            _scratch[worker].Dispose();
            _scratch[worker] = FloatBuffer.Allocate(length);
        }

        return _scratch[worker].Pointer;
    }
}
