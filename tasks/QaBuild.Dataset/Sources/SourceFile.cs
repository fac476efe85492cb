namespace QaBuild.Dataset.Sources;

/// <summary>A file to compile.</summary>
public sealed class SourceFile
{
    private readonly string _root;
    private string? _relativePath;
    private string? _pathId;
    private long _time = -1;
    private long _length;
    private bool _isLink;

    /// <param name="root">The KB's folder, with a separator at its end.</param>
    /// <param name="path">Where the file is.</param>
    internal SourceFile(string root, string path) => (_root, FullPath) = (root, Path.GetFullPath(path));

    /// <summary>Where it is; what diagnostics name.</summary>
    public string FullPath { get; }

    /// <summary>Below the KB's root, with <c>/</c>.</summary>
    public string RelativePath => _relativePath ??= Relative();

    /// <summary>The id of a file that gives none: the path below the KB without its ending.</summary>
    public string PathId => _pathId ??= RelativePath.EndsWith(".md", StringComparison.Ordinal) ? RelativePath[..^3] : RelativePath;

    /// <summary>When it was last written, in UTC ticks, by the first look at it; 0 when it does not exist or cannot be looked at.</summary>
    public long Time
    {
        get
        {
            Look();
            return _time;
        }
    }

    /// <summary>Bytes, by the first look at it.</summary>
    public long Length
    {
        get
        {
            Look();
            return _length;
        }
    }

    /// <summary>Whether it is a symbolic link, by the first look at it.</summary>
    public bool IsLink
    {
        get
        {
            Look();
            return _isLink;
        }
    }

    /// <summary>The file's name.</summary>
    public ReadOnlySpan<char> Name => RelativePath.AsSpan(RelativePath.LastIndexOf('/') + 1);

    /// <summary>The folder below the KB's root; empty for the root.</summary>
    public ReadOnlySpan<char> Folder => RelativePath.LastIndexOf('/') is var slash and > 0 ? RelativePath.AsSpan(0, slash) : default;

    /// <summary>Whether the file is, or was perhaps meant to be, a Q/A: anything in a job folder, and qa_ files anywhere. Other Markdown is none of ours.</summary>
    public bool IsQa => RelativePath.StartsWith("job_", StringComparison.Ordinal) || Name.StartsWith("qa_");

    /// <summary>Says what it was found to be, for a reader that has it open: a look of its own by the path would take longer.</summary>
    internal void Found(long time, long length) => (_time, _length) = (time, length);

    private void Look()
    {
        if (_time >= 0)
        {
            return;
        }

        try
        {
            var info = new FileInfo(FullPath);
            (_isLink, _length, _time) = info.Exists ? (info.Attributes.HasFlag(FileAttributes.ReparsePoint), info.Length, info.LastWriteTimeUtc.Ticks) : (false, 0, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            (_length, _time) = (0, 0); // reading it will say why
        }
    }

    private string Relative()
    {
        var relative = FullPath.StartsWith(_root, StringComparison.Ordinal) ? FullPath[_root.Length..] : Path.GetRelativePath(_root, FullPath);
        return Path.DirectorySeparatorChar == '/' ? relative : relative.Replace(Path.DirectorySeparatorChar, '/');
    }
}
