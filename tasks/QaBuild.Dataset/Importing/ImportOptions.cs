using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Importing;

/// <summary>What to import, and where to.</summary>
/// <param name="File">A dataset: JSON, JSONL or an InstructLab qna.yaml.</param>
/// <param name="Folder">The KB that gets the files; made when it is not there.</param>
public sealed record ImportOptions(string File, string Folder)
{
    /// <summary>职业; null to take it from the file's place in a taxonomy, or else <c>imported</c>.</summary>
    public string? Job { get; init; }

    /// <summary>知识点; null to take it from the file.</summary>
    public string? Skill { get; init; }

    /// <summary>问题难度 of every file.</summary>
    public Level Level { get; init; } = Level.Medium;

    /// <summary>A token to take off the ends of prompts and answers, besides the usual ones; null for those only.</summary>
    public string? Eos { get; init; }
}

/// <summary>How far an import is.</summary>
/// <param name="Records">Records read so far.</param>
/// <param name="Bytes">Bytes read so far.</param>
/// <param name="TotalBytes">Bytes of the file; 0 when that is not known.</param>
public readonly record struct ImportProgress(long Records, long Bytes, long TotalBytes);
