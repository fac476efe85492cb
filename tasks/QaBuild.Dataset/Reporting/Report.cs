using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;

namespace QaBuild.Dataset.Reporting;

/// <summary>Writes a compile as one HTML page that needs nothing else: no network, no server, no other file.</summary>
/// <param name="Page">Where the page goes.</param>
/// <param name="Libraries">The folder into which npm restored the page's libraries.</param>
/// <param name="Model">The folder of the model's files; null for none.</param>
public sealed record Report(string Page, string Libraries, string? Model)
{
    /// <summary>Writes the page; one whose bytes would not change is not touched.</summary>
    /// <param name="compilation">After <see cref="Compilation.Emit"/>. One with errors has a page too: it is the one that people want to look at.</param>
    /// <param name="culture">Decides the page's language, until its reader picks another.</param>
    /// <returns>What of the page's inputs could not be read. An error means that there is no page.</returns>
    /// <exception cref="IOException">The page cannot be written; the last one is intact.</exception>
    /// <exception cref="UnauthorizedAccessException">The page may not be written; the last one is intact.</exception>
    public IReadOnlyList<Diagnostic> Write(Compilation compilation, CultureInfo culture)
    {
        var diagnostics = new DiagnosticBag();
        if (PageLibraries.Read(Libraries, diagnostics) is { } libraries)
        {
            var model = ModelFacts.Read(Model, diagnostics);
            var facts = ReportFacts.Of(compilation, model, Path.GetDirectoryName(Path.GetFullPath(Page))!, culture);
            OutputFiles.Write(Page, ReportPage.Of(facts, libraries));
        }

        return diagnostics.Sorted();
    }

    /// <summary>For people: where the page is and what is in it.</summary>
    public string Summary(Compilation compilation, CultureInfo culture)
    {
        int Count(Severity severity) => compilation.Diagnostics.Count(d => d.Severity == severity);
        return Catalogue.Default.Format(new Phrase("ReportSummary", Page, compilation.Units.Count, Count(Severity.Error), Count(Severity.Warning)), culture);
    }
}
