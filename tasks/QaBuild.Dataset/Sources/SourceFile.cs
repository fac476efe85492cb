namespace QaBuild.Dataset.Sources;

/// <summary>A file to compile.</summary>
/// <param name="FullPath">Where it is; what diagnostics name.</param>
/// <param name="RelativePath">Below the KB's root, with <c>/</c>.</param>
public sealed record SourceFile(string FullPath, string RelativePath)
{
    /// <summary>The id of a file that gives none: the path below the KB without its ending.</summary>
    public string PathId => RelativePath.EndsWith(".md", StringComparison.Ordinal) ? RelativePath[..^3] : RelativePath;

    /// <summary>Whether the file is, or was perhaps meant to be, a Q/A: anything in a job folder, and qa_ files anywhere. Other Markdown is none of ours.</summary>
    public bool IsQa => RelativePath.StartsWith("job_", StringComparison.Ordinal) || Path.GetFileName(RelativePath.AsSpan()).StartsWith("qa_");

    /// <summary>Names the files of <paramref name="paths"/> relative to <paramref name="root"/>, in ordinal order of their relative paths.</summary>
    public static SourceFile[] Below(string root, IEnumerable<string> paths)
    {
        var full = Path.GetFullPath(root);
        var prefix = Path.EndsInDirectorySeparator(full) ? full : full + Path.DirectorySeparatorChar;
        var files = paths.Select(path =>
        {
            var absolute = Path.GetFullPath(path);
            var relative = absolute.StartsWith(prefix, StringComparison.Ordinal) ? absolute[prefix.Length..] : Path.GetRelativePath(full, absolute);
            return new SourceFile(absolute, Path.DirectorySeparatorChar == '/' ? relative : relative.Replace(Path.DirectorySeparatorChar, '/'));
        }).ToArray();
        Array.Sort(files, (a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
        return files;
    }
}
