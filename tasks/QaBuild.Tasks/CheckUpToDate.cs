using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Tasks;

/// <summary>
/// Tells whether a dataset must be compiled again: when an input is newer than the stamp, was added or removed, an option changed, or an output is gone.
/// A target's Inputs and Outputs do not notice a removed input, and for a large folder they take longer than all the rest of a build with nothing to do.
/// </summary>
public sealed class CheckUpToDate : StageTask, IIncrementalTask
{
    /// <summary>The folder that holds <c>job_*</c>.</summary>
    [Required]
    public string KbRoot { get; set; } = "";

    /// <summary>qa files, in any order: MSBuild finds those of a large folder in another order each time.</summary>
    public string[] Sources { get; set; } = [];

    /// <summary>Markdown documents.</summary>
    public string[] Documents { get; set; } = [];

    /// <summary>Other files whose names and times count.</summary>
    public string[] Inputs { get; set; } = [];

    /// <summary>Properties: the item is the name, the metadata <c>Value</c> the value.</summary>
    public ITaskItem[] Options { get; set; } = [];

    /// <summary>Files that must exist.</summary>
    public string[] Outputs { get; set; } = [];

    /// <summary>What <see cref="EmitDataset"/> wrote after its success.</summary>
    [Required]
    public string Stamp { get; set; } = "";

    /// <summary>Set by MSBuild for <c>-question</c>: work that remains is then an error.</summary>
    public bool FailIfNotIncremental { get; set; }

    /// <summary>Whether there is work.</summary>
    [Output]
    public bool OutOfDate { get; set; }

    /// <summary>What the last compile made; empty when there is work.</summary>
    [Output]
    public string Summary { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        CollectionPause.Begin(Sources.Length);
        var stamp = DatasetStamp.Read(Stamp);
        var files = new SourceList(KbRoot, Sources, Documents, Cancellation);
        string[] others = [KbRoot, .. Options.Select(o => $"{o.ItemSpec}={o.GetMetadata("Value")}"), .. Inputs]; // MSBuild's items are for its own threads
        var digest = System.Threading.Tasks.Task.Run(() => Digest(others, files), Cancellation);
        string[] newer = stamp is null ? [] : [.. files.WrittenAfter(stamp.Time, Cancellation), .. Inputs.Where(i => System.IO.File.GetLastWriteTimeUtc(i) > stamp.Time)];
        var reason = stamp is null ? new Phrase("WhyNever")
            : stamp.InputsDigest != digest.GetAwaiter().GetResult() ? new Phrase("WhyInputs")
            : Array.Find(Outputs, o => !System.IO.File.Exists(o)) is { } missing ? new Phrase("WhyMissing", missing)
            : newer.Order(StringComparer.Ordinal).FirstOrDefault() is { } first ? new Phrase("WhyNewer", first, newer.Length - 1)
            : null;
        OutOfDate = reason is not null;
        Checked = new CheckedInputs(files, digest);
        if (reason is null)
        {
            Summary = stamp!.Summary;
            return true;
        }

        if (FailIfNotIncremental)
        {
            Log.LogError(Catalogue.Default.Format(reason, CultureInfo.CurrentUICulture));
            return false;
        }

        if (Log.LogsMessagesOfImportance(MessageImportance.Normal))
        {
            Log.LogMessage(MessageImportance.Normal, Catalogue.Default.Format(reason, CultureInfo.CurrentUICulture));
        }

        return true;
    }

    private static string Digest(string[] others, SourceList files)
    {
        // Names are gathered: each call of the hash takes longer than what it adds of one name.
        const int Gathered = 32 << 10;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var names = new StringBuilder(2 * Gathered);
        void Add(ReadOnlySpan<char> text)
        {
            names.Append(text).Append('\0');
            if (names.Length >= Gathered)
            {
                Flush();
            }
        }

        void Flush()
        {
            foreach (var chunk in names.GetChunks())
            {
                hash.AppendData(MemoryMarshal.AsBytes(chunk.Span));
            }

            names.Clear();
        }

        foreach (var other in others)
        {
            Add(other);
        }

        foreach (var file in files.Sources)
        {
            Add(file.Relative);
        }

        foreach (var file in files.Documents)
        {
            Add(file.Relative);
        }

        Flush();
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
