using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Data;

/// <summary>
/// Which rows each batch has. Every epoch has every row once, in an order of its own; the number of a batch alone decides, so that a run goes on where it stopped without having
/// kept where it was.
/// </summary>
/// <param name="rows">How many there are.</param>
/// <param name="batchSize">Rows of a batch; all when there are fewer.</param>
/// <param name="seed">Of the orders.</param>
public sealed class RowOrder(int rows, int batchSize, ulong seed)
{
    // No layer has this number: the orders are streams beside those of the adapter.
    private const long Stream = -1;
    private readonly int _size = Math.Min(rows, batchSize);
    private int[] _order = [];
    private long _epoch = -1;

    /// <summary>The rows of a batch, from 0.</summary>
    public int[] Batch(long number)
    {
        var batch = new int[_size];
        for (var i = 0; i < _size; i++)
        {
            var (epoch, at) = Math.DivRem((number * _size) + i, rows);
            batch[i] = Epoch(epoch)[at];
        }

        return batch;
    }

    private int[] Epoch(long epoch)
    {
        if (_epoch != epoch)
        {
            // Fisher and Yates.
            var (order, random) = (Enumerable.Range(0, rows).ToArray(), CounterRandom.Of(seed, Stream, epoch));
            for (var i = rows - 1; i > 0; i--)
            {
                var j = (int)((double)random[i] * (i + 1));
                (order[i], order[j]) = (order[j], order[i]);
            }

            (_order, _epoch) = (order, epoch);
        }

        return _order;
    }
}
