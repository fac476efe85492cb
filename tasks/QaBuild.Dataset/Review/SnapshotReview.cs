using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;

namespace QaBuild.Dataset.Review;

/// <summary>Compares a compiled dataset with the snapshot that was approved, and approves.</summary>
/// <param name="DatasetFolder">Where a build left the dataset.</param>
/// <param name="SnapshotPath">The approved snapshot, <c>….verified.txt</c>.</param>
public sealed record SnapshotReview(string DatasetFolder, string SnapshotPath)
{
    private const long LargestSnapshot = 256 << 20;

    /// <summary>Where the snapshot of a dataset that differs is written: beside the approved one, <c>….received.txt</c>.</summary>
    public string ReceivedPath { get; } = SnapshotPath.EndsWith(".verified.txt", StringComparison.Ordinal)
        ? SnapshotPath[..^".verified.txt".Length] + ".received.txt"
        : SnapshotPath + ".received";

    /// <summary>Finds whether the dataset is the approved one.</summary>
    /// <param name="difference">What is other; null when nothing is, or no snapshot can be read.</param>
    /// <returns>The finding, or null when all is as approved.</returns>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public Diagnostic? Verify(out SnapshotDifference? difference)
    {
        difference = null;
        var now = DatasetSnapshot.Of(DatasetFolder);
        var finding = Compare(now, ref difference);
        if (finding is null)
        {
            File.Delete(ReceivedPath);
        }
        else
        {
            OutputFiles.Write(ReceivedPath, Encoding.UTF8.GetBytes(now.ToText()));
        }

        return finding;
    }

    /// <summary>Makes the dataset the approved one. A snapshot that says so already is not touched.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public void Accept()
    {
        OutputFiles.Write(SnapshotPath, Encoding.UTF8.GetBytes(DatasetSnapshot.Of(DatasetFolder).ToText()));
        File.Delete(ReceivedPath);
    }

    private Diagnostic? Compare(DatasetSnapshot now, ref SnapshotDifference? difference)
    {
        if (!File.Exists(SnapshotPath))
        {
            return Finding(Rule.SnapshotMissing, 0, SnapshotPath);
        }

        if (new FileInfo(SnapshotPath).Length > LargestSnapshot)
        {
            return Finding(Rule.SnapshotUnreadable, 0, new Phrase("SnapshotNone"));
        }

        // Line ends are git's business.
        var approved = File.ReadAllText(SnapshotPath).Replace("\r\n", "\n", StringComparison.Ordinal);
        if (approved == now.ToText())
        {
            return null;
        }

        try
        {
            difference = SnapshotDifference.Between(DatasetSnapshot.Parse(approved), now);
        }
        catch (SnapshotUnreadableException e)
        {
            return Finding(Rule.SnapshotUnreadable, e.Line, e.Reason);
        }

        return Finding(Rule.SnapshotDiffers, 0, difference.Added.Count, difference.Removed.Count, difference.Changed.Count, difference.Moved.Count, ReceivedPath);
    }

    private Diagnostic Finding(Rule rule, int line, params object[] arguments) =>
        new(rule, Catalogue.Default[rule].Severity, new Location(SnapshotPath, line, line > 0 ? 1 : 0), arguments);
}
