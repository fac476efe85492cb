using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>
/// Finds all pairs of vectors whose cosine reaches a threshold. Every pair is looked at, most of them only in the few dimensions that hold most of the
/// vectors' length: with the lengths of the rests they bound the cosine. What the bound leaves is computed in whole numbers, so the result is exact.
/// </summary>
internal sealed class CosineJoin
{
    /// <summary>The pairs kept of one vector, the best: a thousand questions of one mould would otherwise be a million pairs.</summary>
    public const int MostPairs = 64;

    private const int TileColumns = 256;
    private const int RowsAtOnce = 4;
    private const int Lanes = 8;
    private const int BlockColumns = 2 * Lanes;

    // More than the bound's floating point error and the rounding of a cosine together.
    private const float Slack = 5e-4f;

    private readonly UnitVectors _rows;
    private readonly UnitVectors _columns;
    private readonly double _threshold;
    private readonly int[] _order;
    private readonly int _head;
    private readonly float[] _rowHeads;
    private readonly float[] _rowRests;

    private CosineJoin(UnitVectors rows, UnitVectors columns, double threshold)
    {
        (_rows, _columns, _threshold) = (rows, columns, threshold);
        (_order, _head) = Dimensions(rows, threshold);
        var padded = (rows.Count + RowsAtOnce - 1) / RowsAtOnce * RowsAtOnce;
        (_rowHeads, _rowRests) = (new float[(long)padded * _head], new float[padded]);
        for (var i = 0; i < rows.Count; i++)
        {
            _rowRests[i] = Head(rows[i], _rowHeads.AsSpan(i * _head, _head), 1);
        }
    }

    /// <summary>The pairs within one set, in order. Of each vector, those with earlier ones count.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public static SimilarPair[] Within(UnitVectors vectors, double threshold, ParallelOptions options) => new CosineJoin(vectors, vectors, threshold).Run(options);

    /// <summary>The pairs of one vector of <paramref name="first"/> and one of <paramref name="second"/>, in order. Of each of the second, the best count.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public static SimilarPair[] Between(UnitVectors first, UnitVectors second, double threshold, ParallelOptions options) => new CosineJoin(first, second, threshold).Run(options);

    private SimilarPair[] Run(ParallelOptions options)
    {
        var tiles = new List<SimilarPair>[(_columns.Count + TileColumns - 1) / TileColumns];

        // Within one set, later tiles have more rows: begun first, they end with the others.
        Chunks.Each(tiles.Length, options, i => tiles[^(i + 1)] = Tile((tiles.Length - 1 - i) * TileColumns));
        var pairs = tiles.SelectMany(t => t).ToArray();
        Array.Sort(pairs, (a, b) => a.First != b.First ? a.First.CompareTo(b.First) : a.Second.CompareTo(b.Second));
        return pairs;
    }

    /// <summary>The pairs of a tile of columns with all rows, or with all rows before each.</summary>
    private List<SimilarPair> Tile(int from)
    {
        var columns = Math.Min(TileColumns, _columns.Count - from);
        var blocks = (columns + BlockColumns - 1) / BlockColumns;
        var heads = new float[blocks * BlockColumns * _head];
        var rests = new float[blocks * BlockColumns];
        for (var j = 0; j < columns; j++)
        {
            rests[j] = Head(_columns[from + j], heads.AsSpan(((j / BlockColumns) * BlockColumns * _head) + (j % BlockColumns)), BlockColumns);
        }

        var kept = new BestPairs(columns);
        var rows = ReferenceEquals(_rows, _columns) ? from + columns - 1 : _rows.Count;
        for (var i = 0; i < rows; i += RowsAtOnce)
        {
            for (var block = 0; block < blocks; block++)
            {
                var candidates = Candidates(i, heads.AsSpan(block * BlockColumns * _head, BlockColumns * _head), rests.AsSpan(block * BlockColumns, BlockColumns));
                for (; candidates != 0; candidates &= candidates - 1)
                {
                    var bit = BitOperations.TrailingZeroCount(candidates);
                    var (row, column) = (i + (bit / BlockColumns), (block * BlockColumns) + (bit % BlockColumns));
                    if (column < columns && row < (ReferenceEquals(_rows, _columns) ? from + column : _rows.Count)
                        && UnitVectors.Cosine(_rows[row], _columns[from + column]) is var score && score >= _threshold)
                    {
                        kept.Add(column, row, score);
                    }
                }
            }
        }

        return kept.Pairs(from);
    }

    /// <summary>Which of 4 rows and a block of columns may reach the threshold: a bit each, row by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // compiled once and at full speed: it is entered a hundred million times within seconds
    private ulong Candidates(int row, ReadOnlySpan<float> heads, ReadOnlySpan<float> rests)
    {
        Vector256<float> a0 = Vector256<float>.Zero, a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        var head = _head;
        ref var column = ref MemoryMarshal.GetReference(heads);
        ref var a = ref _rowHeads[row * head];
        ref var b = ref Unsafe.Add(ref a, head);
        ref var c = ref Unsafe.Add(ref b, head);
        ref var d = ref Unsafe.Add(ref c, head);
        for (var k = 0; k < head; k++)
        {
            var low = Vector256.LoadUnsafe(ref column);
            var high = Vector256.LoadUnsafe(ref column, Lanes);
            column = ref Unsafe.Add(ref column, BlockColumns);
            var element = Vector256.Create(Unsafe.Add(ref a, k));
            a0 = Vector256.MultiplyAddEstimate(element, low, a0);
            a1 = Vector256.MultiplyAddEstimate(element, high, a1);
            element = Vector256.Create(Unsafe.Add(ref b, k));
            b0 = Vector256.MultiplyAddEstimate(element, low, b0);
            b1 = Vector256.MultiplyAddEstimate(element, high, b1);
            element = Vector256.Create(Unsafe.Add(ref c, k));
            c0 = Vector256.MultiplyAddEstimate(element, low, c0);
            c1 = Vector256.MultiplyAddEstimate(element, high, c1);
            element = Vector256.Create(Unsafe.Add(ref d, k));
            d0 = Vector256.MultiplyAddEstimate(element, low, d0);
            d1 = Vector256.MultiplyAddEstimate(element, high, d1);
        }

        var (lowRests, highRests) = (Vector256.Create(rests), Vector256.Create(rests[Lanes..]));
        var needed = Vector256.Create((float)_threshold - Slack);
        return Row(row, a0, a1, lowRests, highRests, needed)
            | (Row(row + 1, b0, b1, lowRests, highRests, needed) << BlockColumns)
            | (Row(row + 2, c0, c1, lowRests, highRests, needed) << (2 * BlockColumns))
            | (Row(row + 3, d0, d1, lowRests, highRests, needed) << (3 * BlockColumns));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Row(int row, Vector256<float> low, Vector256<float> high, Vector256<float> lowRests, Vector256<float> highRests, Vector256<float> needed)
    {
        var rest = Vector256.Create(_rowRests[row]);
        return Vector256.GreaterThanOrEqual(Vector256.MultiplyAddEstimate(rest, lowRests, low), needed).ExtractMostSignificantBits()
            | ((ulong)Vector256.GreaterThanOrEqual(Vector256.MultiplyAddEstimate(rest, highRests, high), needed).ExtractMostSignificantBits() << Lanes);
    }

    /// <summary>The dimensions, those that hold most first, and how many of them decide nearly all pairs.</summary>
    private static (int[] Order, int Head) Dimensions(UnitVectors vectors, double threshold)
    {
        const int Step = 8, Smallest = 16;
        var squares = new long[vectors.Dimensions];
        for (var i = 0; i < vectors.Count; i++)
        {
            var vector = vectors[i];
            for (var k = 0; k < vector.Length; k++)
            {
                squares[k] += vector[k] * vector[k];
            }
        }

        var order = Enumerable.Range(0, vectors.Dimensions).OrderByDescending(k => squares[k]).ThenBy(k => k).ToArray();
        var (rest, head) = ((double)squares.Sum(), 0);
        var enough = rest * (1 - threshold);
        while (head < order.Length && (head < Smallest || head % Step != 0 || rest > enough))
        {
            rest -= squares[order[head++]];
        }

        return (order, head);
    }

    /// <summary>Takes a vector's first dimensions apart.</summary>
    /// <returns>The length of the rest.</returns>
    private float Head(ReadOnlySpan<short> vector, Span<float> head, int stride)
    {
        var rest = 0L;
        for (var k = 0; k < _order.Length; k++)
        {
            var element = vector[_order[k]];
            if (k < _head)
            {
                head[k * stride] = element / (float)UnitVectors.One;
            }
            else
            {
                rest += element * element;
            }
        }

        return (float)(Math.Sqrt(rest) / UnitVectors.One);
    }

    /// <summary>The best rows of each column of a tile. Rows come in order, so of equal scores the first stay.</summary>
    private sealed class BestPairs(int columns)
    {
        private readonly int[] _counts = new int[columns];
        private readonly int[] _rows = new int[columns * MostPairs];
        private readonly double[] _scores = new double[columns * MostPairs];
        private readonly int[] _worst = new int[columns];

        public void Add(int column, int row, double score)
        {
            var scores = _scores.AsSpan(column * MostPairs, MostPairs);
            var rows = _rows.AsSpan(column * MostPairs, MostPairs);
            var place = _counts[column] < MostPairs ? _counts[column]++ : _worst[column];
            if (score > scores[place])
            {
                (scores[place], rows[place]) = (score, row);
                _worst[column] = _counts[column] < MostPairs ? 0 : Worst(scores, rows);
            }
        }

        public List<SimilarPair> Pairs(int from)
        {
            var pairs = new List<SimilarPair>();
            for (var column = 0; column < columns; column++)
            {
                for (var k = 0; k < _counts[column]; k++)
                {
                    var at = (column * MostPairs) + k;
                    pairs.Add(new SimilarPair(_rows[at], from + column, _scores[at]));
                }
            }

            return pairs;
        }

        private static int Worst(ReadOnlySpan<double> scores, ReadOnlySpan<int> rows)
        {
            var worst = 0;
            for (var i = 1; i < scores.Length; i++)
            {
                worst = scores[i] < scores[worst] || (scores[i] == scores[worst] && rows[i] > rows[worst]) ? i : worst;
            }

            return worst;
        }
    }
}
