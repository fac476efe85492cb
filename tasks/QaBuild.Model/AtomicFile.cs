namespace QaBuild.Model;

/// <summary>Writes a file so that a failure, a cancel or a kill leaves what was there before.</summary>
internal static class AtomicFile
{
    private const int BufferSize = 1 << 20;

    /// <summary>Writes to a temporary file beside <paramref name="path"/> and moves it into place, unless the same bytes stand there: what is newer makes later steps run again.</summary>
    /// <param name="path">Its folder is made when absent.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
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
