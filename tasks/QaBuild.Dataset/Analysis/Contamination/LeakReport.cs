using System.Globalization;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>What two files have in common.</summary>
/// <param name="Diagnostics">In order.</param>
/// <param name="First">The one file.</param>
/// <param name="Second">The other.</param>
/// <param name="FirstRecords">Records that were read of the one.</param>
/// <param name="SecondRecords">Records that were read of the other.</param>
/// <param name="Leaks">Records of the one that are, or nearly are, in the other.</param>
public sealed record LeakReport(IReadOnlyList<Diagnostic> Diagnostics, string First, string Second, int FirstRecords, int SecondRecords, int Leaks)
{
    /// <summary>Whether there was something to compare.</summary>
    public bool Compared => FirstRecords > 0 && SecondRecords > 0;

    /// <summary>A line for people.</summary>
    public string Summary(CultureInfo culture) => Catalogue.Default.Format(
        Leaks > 0 ? new Phrase("LeaksFound", Leaks, FirstRecords, First, SecondRecords, Second) : new Phrase("LeaksNone", FirstRecords, First, SecondRecords, Second), culture);
}
