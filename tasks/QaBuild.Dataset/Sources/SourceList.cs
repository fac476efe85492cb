using System.Collections.Concurrent;

namespace QaBuild.Dataset.Sources;

/// <summary>The files of a knowledge base. Each is looked at once: whether a compile is needed, and what it need not read again, is told by the same times and lengths.</summary>
public sealed class SourceList
{
    // A file system stamps a write with the time of its last clock tick, which may lie before the write.
    private static readonly TimeSpan FileTimeResolution = TimeSpan.FromMilliseconds(20);

    /// <summary>Names the files.</summary>
    /// <param name="root">The KB's folder.</param>
    /// <param name="sources">Markdown outside docs/.</param>
    /// <param name="documents">Markdown below docs/.</param>
    /// <param name="cancellation">Stops the naming.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public SourceList(string root, IReadOnlyCollection<string> sources, IReadOnlyCollection<string> documents, CancellationToken cancellation = default)
    {
        Root = root;
        var full = Path.GetFullPath(root);
        var prefix = Path.EndsInDirectorySeparator(full) ? full : full + Path.DirectorySeparatorChar;
        var parallel = new ParallelOptions { TaskScheduler = TaskScheduler.Default, CancellationToken = cancellation };
        (Sources, Documents) = (Named(prefix, sources, parallel), Named(prefix, documents, parallel));
    }

    /// <summary>The files below a folder that the SDK's default items would name.</summary>
    /// <exception cref="IOException">The folder does not exist or cannot be read.</exception>
    public static SourceList Find(string root, CancellationToken cancellation = default)
    {
        var kb = KnowledgeBase.Find(root);
        return new SourceList(root, kb.Sources, kb.Documents, cancellation);
    }

    /// <summary>When the list was made, UTC: what changed later may not have been seen.</summary>
    public DateTime Time { get; } = DateTime.UtcNow - FileTimeResolution;

    /// <summary>The KB's folder.</summary>
    public string Root { get; }

    /// <summary>Markdown outside docs/, in ordinal order of the paths below the KB, each once.</summary>
    public IReadOnlyList<SourceFile> Sources { get; }

    /// <summary>Markdown below docs/, in the same order.</summary>
    public IReadOnlyList<SourceFile> Documents { get; }

    /// <summary>The files that were written after a time, in any order.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public IReadOnlyCollection<string> WrittenAfter(DateTime time, CancellationToken cancellation = default)
    {
        var written = new ConcurrentQueue<string>();
        var parallel = new ParallelOptions { TaskScheduler = TaskScheduler.Default, CancellationToken = cancellation };
        foreach (var files in (ReadOnlySpan<IReadOnlyList<SourceFile>>)[Sources, Documents])
        {
            Chunks.For(files.Count, parallel, (from, to) =>
            {
                using var folder = new OpenFolder();
                for (var i = from; i < to; i++)
                {
                    if (files[i].TimeIn(folder) > time.Ticks)
                    {
                        written.Enqueue(files[i].FullPath);
                    }
                }
            });
        }

        return written;
    }

    private static SourceFile[] Named(string prefix, IReadOnlyCollection<string> paths, ParallelOptions parallel)
    {
        var given = paths as IReadOnlyList<string> ?? [.. paths];
        var files = new SourceFile[given.Count];
        Chunks.For(files.Length, parallel, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                files[i] = new SourceFile(prefix, given[i]);
            }
        });

        // What all of them begin with changes no order, and takes no string more.
        var areBelow = Array.TrueForAll(files, f => f.IsBelowRoot);
        return Sorted(Array.ConvertAll(files, f => areBelow ? f.FullPath : f.RelativePath), files, parallel);
    }

    /// <summary>The files in the order of their keys, each once: a default glob and an item of the user's own may name one file twice.</summary>
    private static SourceFile[] Sorted(string[] keys, SourceFile[] files, ParallelOptions parallel)
    {
        var half = keys.Length / 2;
        Parallel.Invoke(
            parallel,
            () => Array.Sort(keys, files, 0, half, StringComparer.Ordinal),
            () => Array.Sort(keys, files, half, keys.Length - half, StringComparer.Ordinal));
        var sorted = new SourceFile[files.Length];
        var count = 0;
        for (int low = 0, high = half; low < half || high < keys.Length;)
        {
            var next = high == keys.Length || (low < half && string.CompareOrdinal(keys[low], keys[high]) <= 0) ? low++ : high++;
            if (count == 0 || !files[next].Relative.SequenceEqual(sorted[count - 1].Relative))
            {
                sorted[count++] = files[next];
            }
        }

        return sorted[..count];
    }
}
