using System.Globalization;
using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review.Diff;

namespace QaBuild.Tasks;

/// <summary>Compares what <see cref="CompileDiff"/> compiled, and writes diff.md and diff.json.</summary>
public sealed class WriteDiff : StageTask
{
    /// <summary>The folder that gets them.</summary>
    [Required]
    public string OutputFolder { get; set; } = "";

    /// <summary>The tokens of rows; empty without a base model.</summary>
    public string Counts { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        var compile = Diff;
        try
        {
            var diff = compile.Compare(compile.Tokenizer is { } tokenizer && Counts.Length > 0 ? Dataset.Emission.TokenCounts.Read(Counts, tokenizer) : null, CultureInfo.CurrentUICulture);
            Cancellation.ThrowIfCancellationRequested();
            DiffCompile.Write(diff, OutputFolder, CultureInfo.CurrentUICulture);
            Log.LogMessage(MessageImportance.High, "{0}", DiffMarkdown.Summary(diff, CultureInfo.CurrentUICulture));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [OutputFolder, e.Message]));
            return false;
        }
    }
}
