using System.Globalization;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Importing;

/// <summary>Something to know about a record.</summary>
/// <param name="Number">1-based: the line in JSONL, otherwise the place in the list.</param>
/// <param name="IsLine">Whether <paramref name="Number"/> is a line.</param>
/// <param name="Taken">Whether the record was imported all the same.</param>
/// <param name="Reason">Why it was not imported, or not as it is.</param>
public sealed record ImportFinding(long Number, bool IsLine, bool Taken, Phrase Reason)
{
    /// <summary>A line for people.</summary>
    public string ToString(CultureInfo culture) => Catalogue.Default.Format(
        new Phrase(Taken ? "ImportNote" : "ImportNotTaken", new Phrase(IsLine ? "ImportLine" : "ImportRecord", Number), Reason), culture);
}

/// <summary>What became of an import.</summary>
public sealed record ImportResult
{
    /// <summary>Why nothing at all could be imported; null otherwise.</summary>
    public Phrase? Failure { get; init; }

    /// <summary>Records imported.</summary>
    public long Taken { get; init; }

    /// <summary>Records not imported.</summary>
    public long NotTaken { get; init; }

    /// <summary>Files written; a conversation makes one a turn.</summary>
    public long Files { get; init; }

    /// <summary>EOS tokens taken off the ends of prompts and answers.</summary>
    public long EosRemoved { get; init; }

    /// <summary>The folder of the files; empty when none was written.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The first findings, at most <see cref="ImportReport.Shown"/>.</summary>
    public IReadOnlyList<ImportFinding> Findings { get; init; } = [];

    /// <summary>How many findings there are in all.</summary>
    public long FindingCount { get; init; }

    /// <summary>The file with all findings, when <see cref="Findings"/> has not all; otherwise null.</summary>
    public string? ReportFile { get; init; }

    /// <summary>Keys of records for which a qa file has no place, and in how many records each was left out.</summary>
    public IReadOnlyDictionary<string, long> LeftOut { get; init; } = new Dictionary<string, long>();

    /// <summary>Lines for people: the findings, then what was done.</summary>
    public IEnumerable<string> Lines(CultureInfo culture)
    {
        string Say(string phrase, params object[] arguments) => Catalogue.Default.Format(new Phrase(phrase, arguments), culture);
        if (Failure is not null)
        {
            yield return Say("ImportFailed", Failure);
        }

        foreach (var finding in Findings)
        {
            yield return finding.ToString(culture);
        }

        if (ReportFile is not null)
        {
            yield return Say("ImportMore", FindingCount - Findings.Count, ReportFile);
        }

        foreach (var (key, records) in LeftOut.OrderBy(k => k.Key, StringComparer.Ordinal))
        {
            yield return Say("ImportLeftOut", key, records);
        }

        if (EosRemoved > 0)
        {
            yield return Say("ImportEos", EosRemoved);
        }

        if (Failure is null)
        {
            yield return Taken > 0 ? Say("ImportSummary", Taken, NotTaken, Files, Folder) : Say("ImportNothing", NotTaken);
        }
    }
}
