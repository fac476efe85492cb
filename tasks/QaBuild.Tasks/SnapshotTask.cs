using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review;

namespace QaBuild.Tasks;

/// <summary>What works on the approved snapshot of a dataset.</summary>
public abstract class SnapshotTask : DatasetTask
{
    /// <summary>The approved snapshot.</summary>
    [Required]
    public string Snapshot { get; set; } = "";

    /// <inheritdoc/>
    protected sealed override bool Run()
    {
        try
        {
            return Run(new SnapshotReview(DatasetDir, Snapshot));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [Snapshot, e.Message]));
            return false;
        }
    }

    /// <summary>Does the work.</summary>
    private protected abstract bool Run(SnapshotReview review);
}
