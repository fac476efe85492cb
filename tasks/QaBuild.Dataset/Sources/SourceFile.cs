namespace QaBuild.Dataset.Sources;

/// <summary>A file to compile.</summary>
public sealed class SourceFile
{
    private SourceFile(string fullPath, string relativePath)
    {
        (FullPath, RelativePath) = (fullPath, relativePath);
        PathId = relativePath.EndsWith(".md", StringComparison.Ordinal) ? relativePath[..^3] : relativePath;
    }

    /// <summary>Where it is; what diagnostics name.</summary>
    public string FullPath { get; }

    /// <summary>Below the KB's root, with <c>/</c>.</summary>
    public string RelativePath { get; }

    /// <summary>The id of a file that gives none: the path below the KB without its ending.</summary>
    public string PathId { get; }

    /// <summary>The file's time (UTC ticks) when it was read; 0 before.</summary>
    internal long ReadTime { get; set; }

    /// <summary>Bytes when it was read.</summary>
    internal long ReadLength { get; set; }

    /// <summary>The file's name.</summary>
    public ReadOnlySpan<char> Name => RelativePath.AsSpan(RelativePath.LastIndexOf('/') + 1);

    /// <summary>The folder below the KB's root; empty for the root.</summary>
    public ReadOnlySpan<char> Folder => RelativePath.LastIndexOf('/') is var slash and > 0 ? RelativePath.AsSpan(0, slash) : default;

    /// <summary>Whether the file is, or was perhaps meant to be, a Q/A: anything in a job folder, and qa_ files anywhere. Other Markdown is none of ours.</summary>
    public bool IsQa => RelativePath.StartsWith("job_", StringComparison.Ordinal) || Name.StartsWith("qa_");

    /// <summary>Names the files of <paramref name="paths"/> relative to <paramref name="root"/>, in ordinal order of their relative paths, each once.</summary>
    public static SourceFile[] Below(string root, IReadOnlyCollection<string> paths)
    {
        var full = Path.GetFullPath(root);
        var prefix = Path.EndsInDirectorySeparator(full) ? full : full + Path.DirectorySeparatorChar;
        var files = new SourceFile[paths.Count];
        var relatives = new string[paths.Count];
        var i = 0;
        foreach (var path in paths)
        {
            var absolute = Path.GetFullPath(path);
            var relative = absolute.StartsWith(prefix, StringComparison.Ordinal) ? absolute[prefix.Length..] : Path.GetRelativePath(full, absolute);
            relatives[i] = Path.DirectorySeparatorChar == '/' ? relative : relative.Replace(Path.DirectorySeparatorChar, '/');
            files[i] = new SourceFile(absolute, relatives[i]);
            i++;
        }

        Array.Sort(relatives, files, StringComparer.Ordinal);

        // A default glob and an item of the user's own may name one file twice.
        var distinct = 0;
        for (var at = 0; at < files.Length; at++)
        {
            if (at == 0 || relatives[at] != relatives[at - 1])
            {
                files[distinct++] = files[at];
            }
        }

        return distinct == files.Length ? files : files[..distinct];
    }
}
