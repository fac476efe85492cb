namespace QaBuild.Dataset;

/// <summary>
/// Runs loops in parallel. Not Parallel.For: it is generic in a way that is not precompiled, and compiling it takes a build as long as a short loop does.
/// </summary>
public static class Chunks
{
    private const int Size = 128;

    /// <summary>Calls <paramref name="body"/> with ranges that make up 0 to <paramref name="count"/>: for many small items.</summary>
    /// <param name="count">Items.</param>
    /// <param name="options">Threads, scheduler and cancellation.</param>
    /// <param name="body">Gets a range: from, and to without the latter.</param>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    /// <exception cref="AggregateException">What was thrown by <paramref name="body"/>, after which no other range is begun.</exception>
    public static void For(int count, ParallelOptions options, Action<int, int> body) =>
        Each((count + Size - 1) / Size, options, chunk => body(chunk * Size, Math.Min(count, (chunk + 1) * Size)));

    /// <summary>As <see cref="For"/>, for few large items: calls <paramref name="body"/> with each of 0 to <paramref name="count"/> without the latter.</summary>
    public static void Each(int count, ParallelOptions options, Action<int> body)
    {
        var last = -1;
        void Work()
        {
            try
            {
                for (int next; (next = Interlocked.Increment(ref last)) < count;)
                {
                    options.CancellationToken.ThrowIfCancellationRequested();
                    body(next);
                }
            }
            catch
            {
                Volatile.Write(ref last, count);
                throw;
            }
        }

        var threads = new Action[Math.Min(count, options.MaxDegreeOfParallelism > 0 ? options.MaxDegreeOfParallelism : Environment.ProcessorCount)];
        Array.Fill(threads, Work);
        Parallel.Invoke(options, threads);
    }
}
