using System.Runtime.ExceptionServices;

namespace QaBuild.Model.Kernels;

/// <summary>
/// Threads that share loops. A loop is cut into the same pieces whatever the number of threads, and no two pieces write the same float: results depend neither on
/// the number of threads nor on which of them was faster.
/// </summary>
public sealed class Workers : IDisposable
{
    // The next loop mostly comes within microseconds; a thread that sleeps takes longer than that to wake.
    private const int SpinsBeforeSleep = 2000;
    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private Action<int, int, int>? _body;
    private ExceptionDispatchInfo? _fault;
    private int _count;
    private int _grain;
    private int _next;
    private int _busy;
    private volatile int _generation;
    private volatile bool _stopped;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">How many work on a loop, the caller among them; 0 for one a processor.</param>
    public Workers(int count = 0)
    {
        Count = count > 0 ? count : Environment.ProcessorCount;
        _threads = new Thread[Count - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var number = i + 1;
            _threads[i] = new Thread(() => Serve(number)) { IsBackground = true, Name = $"kernel {number}" };
            _threads[i].Start();
        }
    }

    /// <summary>How many work on a loop.</summary>
    public int Count { get; }

    /// <summary>Runs <paramref name="body"/> (start, end, worker) over [0, <paramref name="count"/>) in pieces of <paramref name="grain"/>; returns when all are done.</summary>
    public void For(int count, int grain, Action<int, int, int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfLessThan(grain, 1);
        if (Count == 1 || count <= grain)
        {
            for (var start = 0; start < count; start += grain)
            {
                body(start, Math.Min(count, start + grain), 0);
            }

            return;
        }

        (_body, _count, _grain, _next, _fault) = (body, count, grain, 0, null);
        Volatile.Write(ref _busy, _threads.Length);
        WakeAll();
        Take(0);
        var spin = new SpinWait();
        while (Volatile.Read(ref _busy) > 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        _body = null;
        _fault?.Throw();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped = true;
        WakeAll();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            _generation++;
            Monitor.PulseAll(_gate);
        }
    }

    private void Serve(int number)
    {
        var seen = 0;
        while (true)
        {
            Await(ref seen);
            if (_stopped)
            {
                return;
            }

            Take(number);
            Interlocked.Decrement(ref _busy);
        }
    }

    private void Await(ref int seen)
    {
        for (var spins = 0; spins < SpinsBeforeSleep && _generation == seen; spins++)
        {
            Thread.SpinWait(10);
        }

        lock (_gate)
        {
            while (_generation == seen)
            {
                Monitor.Wait(_gate);
            }

            seen = _generation;
        }
    }

    private void Take(int worker)
    {
        try
        {
            while (true)
            {
                var start = (long)Interlocked.Increment(ref _next) - 1;
                start *= _grain;
                if (start >= _count)
                {
                    return;
                }

                _body!((int)start, (int)Math.Min(_count, start + _grain), worker);
            }
        }
        catch (Exception e)
        {
            // The loop's caller gets it; a thread that died of it would end the process.
            _fault = ExceptionDispatchInfo.Capture(e);
            Interlocked.Exchange(ref _next, int.MaxValue / 2);
        }
    }
}
