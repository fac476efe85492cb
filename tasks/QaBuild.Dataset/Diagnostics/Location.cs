namespace QaBuild.Dataset.Diagnostics;

/// <summary>A place in a file.</summary>
/// <param name="Path">The file, as the user named it; a property's name for an option; empty when there is none.</param>
/// <param name="Line">1-based; 0 when the whole file is meant.</param>
/// <param name="Column">1-based, in UTF-16 code units; 0 when the whole line or file is meant.</param>
/// <param name="EndColumn">1-based and exclusive; 0 when only the start is known.</param>
public readonly record struct Location(string Path, int Line, int Column, int EndColumn = 0)
{
    /// <summary>No place: a finding about the build as a whole.</summary>
    public static Location None { get; } = new("", 0, 0);

    /// <summary>A file as a whole that has no lines, or a folder.</summary>
    public static Location File(string path) => new(path, 0, 0);

    /// <summary>A source as a whole: its first character, since editors and code hosts show only what has a line.</summary>
    public static Location Start(string path) => new(path, 1, 1);
}
