namespace QaBuild.Dataset.Sources;

/// <summary>A file to compile.</summary>
public sealed class SourceFile
{
    // What the framework gives as the time of a file that does not exist.
    private static readonly long NoFile = new DateTime(1601, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly int _start; // of the path below the root
    private string? _relativePath;
    private string? _pathId;
    private long _time = -1;

    /// <param name="root">The KB's folder, with a separator at its end.</param>
    /// <param name="path">Where the file is.</param>
    internal SourceFile(string root, string path)
    {
        FullPath = Path.GetFullPath(path);
        if (Path.DirectorySeparatorChar == '/' && FullPath.StartsWith(root, StringComparison.Ordinal))
        {
            _start = root.Length;
        }
        else
        {
            _relativePath = Path.GetRelativePath(root, FullPath).Replace(Path.DirectorySeparatorChar, '/');
        }

        IsQa = Relative.StartsWith("job_") || Name.StartsWith("qa_");
    }

    /// <summary>Where it is; what diagnostics name.</summary>
    public string FullPath { get; }

    /// <summary>Below the KB's root, with <c>/</c>.</summary>
    public string RelativePath => _relativePath ??= Relative.ToString();

    /// <summary>Whether the path is that of the root and, with <c>/</c>, what lies below.</summary>
    internal bool IsBelowRoot => _start > 0;

    /// <summary>The same, mostly not copied.</summary>
    public ReadOnlySpan<char> Relative => _relativePath ?? FullPath.AsSpan(_start);

    /// <summary>The id of a file that gives none: the path below the KB without its ending.</summary>
    public string PathId => _pathId ??= (Relative.EndsWith(".md") ? Relative[..^3] : Relative).ToString();

    /// <summary>When it was last written, in UTC ticks, by the first look at it; 0 when it does not exist or cannot be looked at.</summary>
    public long Time => _time >= 0 ? _time : _time = Look();

    /// <summary>The file's name.</summary>
    public ReadOnlySpan<char> Name => Relative[(Relative.LastIndexOf('/') + 1)..];

    /// <summary>The folder below the KB's root; empty for the root.</summary>
    public ReadOnlySpan<char> Folder => Relative.LastIndexOf('/') is var slash and > 0 ? Relative[..slash] : default;

    /// <summary>Whether the file is, or was perhaps meant to be, a Q/A: anything in a job folder, and qa_ files anywhere. Other Markdown is none of ours.</summary>
    public bool IsQa { get; }

    /// <summary>As <see cref="Time"/>, for one who looks at many files, folder by folder.</summary>
    internal long TimeIn(OpenFolder folder) => _time >= 0 ? _time : _time = folder.TimeOf(FullPath) ?? Look();

    /// <summary>Says when it was last written, for a reader that has it open: a look of its own would take longer.</summary>
    internal void Found(long? time) => _time = time ?? _time;

    // A FileInfo tells more, by a second call of the system.
    private long Look()
    {
        try
        {
            var time = File.GetLastWriteTimeUtc(FullPath).Ticks;
            return time == NoFile ? 0 : time;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // reading it will say why
        }
    }
}
