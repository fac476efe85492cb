namespace QaBuild.Dataset.Sources;

/// <summary>A file and what became of it.</summary>
/// <param name="File">The file.</param>
/// <param name="Unit">Null when the file has an error; links to it are still no dangling links.</param>
/// <param name="Related">Its 关联问题, when the file has that much; links are checked in a file with another error too.</param>
public sealed record ParsedSource(SourceFile File, QaUnit? Unit, SectionText? Related)
{
    /// <summary>The unit's id, or the one its path gives.</summary>
    public string Id => Unit?.Id ?? File.PathId;
}
