using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Build.Framework;
using QaBuild.Dataset;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tasks;

/// <summary>
/// Tells whether a dataset must be compiled again: when an input is newer than the stamp, was added or removed, an option changed, or an output is gone.
/// A target's Inputs and Outputs do not notice a removed input, and for a large folder they take longer than all the rest of a build with nothing to do.
/// </summary>
public sealed class CheckUpToDate : DatasetTask, IIncrementalTask
{
    /// <summary>Files whose names and times count, in any order: MSBuild finds those of a large folder in another order each time.</summary>
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

    /// <summary>A digest of the inputs' names and the options.</summary>
    [Output]
    public string InputsDigest { get; set; } = "";

    /// <summary>Whether there is work.</summary>
    [Output]
    public bool OutOfDate { get; set; }

    /// <summary>What the last compile made; empty when there is work.</summary>
    [Output]
    public string Summary { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        var stamp = DatasetStamp.Read(Stamp);
        var newer = new ConcurrentBag<string>();
        InputsDigest = Digest(stamp?.Time ?? DateTime.MaxValue, newer);
        var reason = stamp is null ? new Phrase("WhyNever")
            : stamp.InputsDigest != InputsDigest ? new Phrase("WhyInputs")
            : Array.Find(Outputs, o => !System.IO.File.Exists(o)) is { } missing ? new Phrase("WhyMissing", missing)
            : newer.Order(StringComparer.Ordinal).FirstOrDefault() is { } first ? new Phrase("WhyNewer", first, newer.Count - 1)
            : null;
        OutOfDate = reason is not null;
        if (reason is null)
        {
            Summary = stamp!.Summary;
            return true;
        }

        var text = Catalogue.Default.Format(reason, CultureInfo.CurrentUICulture);
        if (FailIfNotIncremental)
        {
            Log.LogError(text);
            return false;
        }

        Log.LogMessage(MessageImportance.Normal, text);
        return true;
    }

    private string Digest(DateTime time, ConcurrentBag<string> newer)
    {
        var sum = default(Digest128);
        foreach (var option in Options)
        {
            sum = sum.Plus(Digest128.Of($"{option.ItemSpec}={option.GetMetadata("Value")}"));
        }

        var gate = new Lock();
        Chunks.For(
            Inputs.Length,
            new ParallelOptions { CancellationToken = Cancellation, TaskScheduler = TaskScheduler.Default },
            (from, to) =>
            {
                var part = default(Digest128);
                for (var i = from; i < to; i++)
                {
                    part = part.Plus(Digest128.Of(Inputs[i]));
                    if (System.IO.File.GetLastWriteTimeUtc(Inputs[i]) > time)
                    {
                        newer.Add(Inputs[i]);
                    }
                }

                lock (gate)
                {
                    sum = sum.Plus(part);
                }
            });
        return $"{sum.High:x16}{sum.Low:x16}-{Inputs.Length}";
    }

    /// <summary>Half of a SHA-256, and sums of such, which no order changes. Not a UInt128: methods that use one are not precompiled.</summary>
    private readonly record struct Digest128(ulong High, ulong Low)
    {
        public static Digest128 Of(string text)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);
            return new Digest128(BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[sizeof(ulong)..]));
        }

        public Digest128 Plus(Digest128 other) => new(unchecked(High + other.High), unchecked(Low + other.Low));
    }
}
