namespace QaBuild.Dataset.Sources;

/// <summary>A file to compile, and what the file system said of it when it was looked at.</summary>
public sealed class SourceFile
{
    private readonly string _root;
    private string? _relativePath;
    private string? _pathId;

    /// <param name="root">The KB's folder, with a separator at its end.</param>
    /// <param name="path">Where the file is.</param>
    internal SourceFile(string root, string path)
    {
        var info = new FileInfo(path);
        (_root, FullPath) = (root, info.FullName);
        try
        {
            if (info.Exists)
            {
                (Time, Length, IsLink) = (info.LastWriteTimeUtc.Ticks, info.Length, info.Attributes.HasFlag(FileAttributes.ReparsePoint));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Reading it will say why.
        }
    }

    /// <summary>Where it is; what diagnostics name.</summary>
    public string FullPath { get; }

    /// <summary>Below the KB's root, with <c>/</c>.</summary>
    public string RelativePath => _relativePath ??= Relative();

    /// <summary>The id of a file that gives none: the path below the KB without its ending.</summary>
    public string PathId => _pathId ??= RelativePath.EndsWith(".md", StringComparison.Ordinal) ? RelativePath[..^3] : RelativePath;

    /// <summary>When it was last written, in UTC ticks; 0 when it does not exist or cannot be looked at.</summary>
    public long Time { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Whether it is a symbolic link.</summary>
    public bool IsLink { get; }

    /// <summary>The file's name.</summary>
    public ReadOnlySpan<char> Name => RelativePath.AsSpan(RelativePath.LastIndexOf('/') + 1);

    /// <summary>The folder below the KB's root; empty for the root.</summary>
    public ReadOnlySpan<char> Folder => RelativePath.LastIndexOf('/') is var slash and > 0 ? RelativePath.AsSpan(0, slash) : default;

    /// <summary>Whether the file is, or was perhaps meant to be, a Q/A: anything in a job folder, and qa_ files anywhere. Other Markdown is none of ours.</summary>
    public bool IsQa => RelativePath.StartsWith("job_", StringComparison.Ordinal) || Name.StartsWith("qa_");

    private string Relative()
    {
        var relative = FullPath.StartsWith(_root, StringComparison.Ordinal) ? FullPath[_root.Length..] : Path.GetRelativePath(_root, FullPath);
        return Path.DirectorySeparatorChar == '/' ? relative : relative.Replace(Path.DirectorySeparatorChar, '/');
    }
}
