using System.Diagnostics;
using System.Globalization;

namespace QaBuild.Dataset.Emission;

/// <summary>
/// Writes a set of files so that a build that fails, is cancelled or is killed leaves the last good ones: all content goes to temporary files
/// first, then these are moved into place. A file whose bytes would not change is not touched.
/// </summary>
public sealed class OutputFiles : IDisposable
{
    private const string TemporaryEnding = ".tmp";
    private const int WriteBuffer = 128 << 10; // bytes, of each file that is written side by side
    private static int _count;
    private readonly Lock _gate = new();
    private readonly List<(string Temporary, string Final)> _staged = [];

    /// <summary>Writes one file.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string path, ReadOnlyMemory<byte> content)
    {
        using var outputs = new OutputFiles();
        outputs.Stage(path, [content]);
        outputs.Commit();
    }

    /// <summary>Stages the content of a file; files may be staged side by side.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public void Stage(string path, IEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        // There are as many as rows: an array is gone through without a call for each.
        var all = chunks as ReadOnlyMemory<byte>[] ?? [.. chunks];
        if (!Holds(path, all))
        {
            Stage(path, stream =>
            {
                foreach (var chunk in all)
                {
                    stream.Write(chunk.Span);
                }
            });
        }
    }

    /// <summary>Stages a file that is new whatever was there before.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public void Stage(string path, Action<Stream> write)
    {
        // Noticed only when files are moved, it would leave those before it new and those after it old.
        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a folder");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        RemoveLeftovers(path);
        var temporary = $"{path}.{Environment.ProcessId}-{Interlocked.Increment(ref _count)}{TemporaryEnding}";
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, WriteBuffer))
        {
            lock (_gate)
            {
                _staged.Add((temporary, path));
            }

            write(stream);
        }
    }

    /// <summary>Moves what was staged into place.</summary>
    public void Commit()
    {
        foreach (var (temporary, final) in _staged)
        {
            File.Move(temporary, final, overwrite: true);
        }

        _staged.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (temporary, _) in _staged)
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Deletes the temporary files of builds that were killed.</summary>
    private static void RemoveLeftovers(string path)
    {
        foreach (var leftover in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*" + TemporaryEnding))
        {
            var owner = Path.GetFileName(leftover)[(Path.GetFileName(path).Length + 1)..].Split('-')[0];
            if (int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && !IsRunning(process))
            {
                File.Delete(leftover);
            }
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool Holds(string path, ReadOnlyMemory<byte>[] chunks)
    {
        var length = 0L;
        foreach (var chunk in chunks)
        {
            length += chunk.Length;
        }

        var info = new FileInfo(path);
        if (!info.Exists || info.Length != length)
        {
            return false;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20);
        var buffer = new byte[1 << 16];
        foreach (var chunk in chunks)
        {
            for (var at = 0; at < chunk.Length;)
            {
                var read = stream.ReadAtLeast(buffer.AsSpan(0, Math.Min(buffer.Length, chunk.Length - at)), Math.Min(buffer.Length, chunk.Length - at), throwOnEndOfStream: false);
                if (read == 0 || !chunk.Span.Slice(at, read).SequenceEqual(buffer.AsSpan(0, read)))
                {
                    return false;
                }

                at += read;
            }
        }

        return true;
    }
}
