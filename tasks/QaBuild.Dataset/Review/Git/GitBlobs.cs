using System.Text;

namespace QaBuild.Dataset.Review.Git;

/// <summary>Reads files out of a repository, one after another, through one process.</summary>
internal sealed class GitBlobs(GitRepository repository, CancellationToken cancellation) : IDisposable
{
    private const int LongestHeader = 4096;
    private readonly GitProcess _git = repository.Start("cat-file", "--batch");
    private Stream? _output;

    /// <summary>What an object holds; null when there is none of that name, or it is no file.</summary>
    /// <param name="name">A hash, or <c>commit:path</c>.</param>
    /// <param name="longest">Bytes; of a larger file the first so many and one more, so that its reader sees that it is too large.</param>
    public byte[]? Read(string name, long longest)
    {
        // A name ends at the line's end, and git cannot be asked for one that has a line's end in it.
        if (name.AsSpan().ContainsAny('\n', '\r', '\0'))
        {
            return null;
        }

        cancellation.ThrowIfCancellationRequested();
        _output ??= new BufferedStream(_git.Output, 1 << 16);
        try
        {
            _git.Input.Write(Encoding.UTF8.GetBytes(name + "\n"));
            _git.Input.Flush();
            return Answer(longest);
        }
        catch (IOException)
        {
            // Who cancels ends the process.
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _git.Dispose();

    private byte[]? Answer(long longest)
    {
        // `<hash> blob <bytes>`, or `<name> missing`.
        var header = Header();
        var parts = header.Split(' ');
        if (parts.Length < 3 || !long.TryParse(parts[^1], out var length) || parts[^2] is not ("blob" or "tree" or "commit" or "tag"))
        {
            return null;
        }

        var kept = new byte[Math.Min(length, longest + 1)];
        _output!.ReadExactly(kept);
        Skip(length - kept.Length + 1);
        return parts[^2] == "blob" ? kept : null;
    }

    private string Header()
    {
        var header = new List<byte>(64);
        for (int b; (b = _output!.ReadByte()) != '\n';)
        {
            if (b < 0 || header.Count > LongestHeader)
            {
                throw new IOException("git ended before its answer did");
            }

            header.Add((byte)b);
        }

        return Encoding.UTF8.GetString([.. header]);
    }

    private void Skip(long bytes)
    {
        var waste = new byte[1 << 16];
        while (bytes > 0)
        {
            var read = _output!.Read(waste, 0, (int)Math.Min(bytes, waste.Length));
            if (read == 0)
            {
                throw new IOException("git ended before its answer did");
            }

            bytes -= read;
        }
    }
}
