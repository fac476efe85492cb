using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Review;

/// <summary>A file is no snapshot that this version can read.</summary>
internal sealed class SnapshotUnreadableException(int line, Phrase reason) : Exception(reason.Name)
{
    /// <summary>1-based.</summary>
    public int Line { get; } = line;

    /// <summary>What is wrong.</summary>
    public Phrase Reason { get; } = reason;
}
