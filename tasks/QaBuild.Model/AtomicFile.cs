using System.Diagnostics;
using System.Globalization;

namespace QaBuild.Model;

/// <summary>Writes a file so that a failure, a cancel or a kill leaves what was there before.</summary>
internal static class AtomicFile
{
    private const int BufferSize = 1 << 20;
    private const string Ending = ".tmp";

    /// <summary>Writes to a temporary file beside <paramref name="path"/> and moves it into place, unless the same bytes stand there: what is newer makes later steps run again.</summary>
    /// <param name="path">Its folder is made when absent.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = TemporaryBeside(path);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            Settle(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>The name of what is not finished yet. What processes that are gone left beside the path, a kill being the reason, is removed: a model takes room.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static string TemporaryBeside(string path)
    {
        Sweep(path);
        return $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}{Ending}";
    }

    /// <summary>Removes unfinished files and folders of that name whose process is gone.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Sweep(string path)
    {
        var (folder, name) = (Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path));
        foreach (var left in Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, $"{name}.*-*{Ending}") : [])
        {
            var process = Path.GetFileName(left)[(name.Length + 1)..].Split('-')[0];
            if (!int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || Lives(id))
            {
                continue;
            }

            if (Directory.Exists(left))
            {
                Directory.Delete(left, recursive: true);
            }
            else
            {
                File.Delete(left);
            }
        }
    }

    /// <summary>Moves a finished file into place, or removes it where the same bytes stand already.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Settle(string temporary, string path)
    {
        if (AreSame(temporary, path))
        {
            File.Delete(temporary);
        }
        else
        {
            File.Move(temporary, path, overwrite: true);
        }
    }

    private static bool Lives(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool AreSame(string one, string other)
    {
        if (!File.Exists(other) || new FileInfo(one).Length != new FileInfo(other).Length)
        {
            return false;
        }

        using var first = new FileStream(one, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        using var second = new FileStream(other, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        var (a, b) = (new byte[BufferSize], new byte[BufferSize]);
        while (true)
        {
            var count = first.ReadAtLeast(a, a.Length, throwOnEndOfStream: false);
            if (second.ReadAtLeast(b.AsSpan(0, count), count, throwOnEndOfStream: false) != count || !a.AsSpan(0, count).SequenceEqual(b.AsSpan(0, count)))
            {
                return false;
            }

            if (count == 0)
            {
                return true;
            }
        }
    }
}
