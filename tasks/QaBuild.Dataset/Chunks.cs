namespace QaBuild.Dataset;

/// <summary>Runs a loop over many small items in parallel, in chunks.</summary>
public static class Chunks
{
    private const int Size = 128;

    /// <summary>
    /// Calls <paramref name="body"/> with ranges that make up 0 to <paramref name="count"/>. Parallel.For over chunk numbers, since the generic loops over a partitioner
    /// are not precompiled, and compiling them takes longer than the loop.
    /// </summary>
    /// <param name="count">Items.</param>
    /// <param name="options">Threads, scheduler and cancellation.</param>
    /// <param name="body">Gets a range: from, and to without the latter.</param>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public static void For(int count, ParallelOptions options, Action<int, int> body) =>
        Parallel.For(0, (count + Size - 1) / Size, options, chunk => body(chunk * Size, Math.Min(count, (chunk + 1) * Size)));
}
