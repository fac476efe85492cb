namespace QaBuild.Model;

/// <summary>Writes a file so that a failure, a cancel or a kill leaves what was there before.</summary>
internal static class AtomicFile
{
    private const int BufferSize = 1 << 20;

    /// <summary>Writes to a temporary file beside <paramref name="path"/> and moves it into place.</summary>
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

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
