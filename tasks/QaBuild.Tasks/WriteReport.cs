using System.Globalization;
using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Reporting;

namespace QaBuild.Tasks;

/// <summary>Ends a compile that writes no dataset: what was found becomes a page to look at, errors too.</summary>
public sealed class WriteReport : StageTask
{
    /// <summary>Where the page goes.</summary>
    [Required]
    public string Page { get; set; } = "";

    /// <summary>The folder into which the page's libraries were restored.</summary>
    [Required]
    public string Libraries { get; set; } = "";

    /// <summary>The folder of the model's files.</summary>
    public string ModelDir { get; set; } = "";

    /// <summary>The tokens of rows; empty without a base model.</summary>
    public string TokenCounts { get; set; } = "";

    /// <summary>Written after the page; <see cref="CheckUpToDate"/> reads it.</summary>
    [Required]
    public string Stamp { get; set; } = "";

    /// <summary>What was made, for people.</summary>
    [Output]
    public string Summary { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        var (compilation, inputs) = (Compilation, Checked.Digest);
        compilation.Emit(compilation.Tokenizer is { } tokenizer && TokenCounts.Length > 0 ? Dataset.Emission.TokenCounts.Read(TokenCounts, tokenizer) : null);
        Release();
        Cancellation.ThrowIfCancellationRequested();
        var report = new Report(Page, Libraries, ModelDir.Length > 0 ? ModelDir : null);
        try
        {
            foreach (var diagnostic in report.Write(compilation, CultureInfo.CurrentUICulture))
            {
                Report(diagnostic);
            }

            if (Log.HasLoggedErrors)
            {
                return false;
            }

            Summary = report.Summary(compilation, CultureInfo.CurrentUICulture);
            new DatasetStamp(inputs.GetAwaiter().GetResult(), Summary, compilation.Started).Write(Stamp);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [Page, e.Message]));
            return false;
        }
    }
}
