using System.Globalization;
using Microsoft.Build.Framework;
using QaBuild.Dataset;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;

namespace QaBuild.Tasks;

/// <summary>Ends a compile: reports all findings and, when none is an error, writes the dataset.</summary>
public sealed class EmitDataset : StageTask
{
    /// <summary>Written after the dataset; <see cref="CheckUpToDate"/> reads it.</summary>
    [Required]
    public string Stamp { get; set; } = "";

    /// <summary>What was made, for people.</summary>
    [Output]
    public string Summary { get; set; } = "";

    /// <summary>Where to write the findings as SARIF; empty for nowhere.</summary>
    public string ErrorLog { get; set; } = "";

    /// <summary>Paths in the SARIF log are relative to it.</summary>
    public string ProjectDir { get; set; } = "";

    /// <summary>The tokens of rows; empty without a base model.</summary>
    public string TokenCounts { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        var (compilation, inputs) = (Compilation, Checked.Digest);
        var emitted = compilation.Emit(compilation.Tokenizer is { } tokenizer && TokenCounts.Length > 0 ? Dataset.Emission.TokenCounts.Read(TokenCounts, tokenizer) : null);
        Release();
        foreach (var diagnostic in compilation.Diagnostics)
        {
            Report(diagnostic);
        }

        var written = emitted is not null && Write(() => emitted.WriteTo(DatasetDir), DatasetDir);
        if (ErrorLog.Length > 0)
        {
            var sarif = SarifLog.Write(compilation.Diagnostics, ProjectDir.Length > 0 ? ProjectDir : Directory.GetCurrentDirectory(), Emitted.Version, CultureInfo.CurrentUICulture);
            written &= Write(() => OutputFiles.Write(ErrorLog, sarif), ErrorLog);
        }

        compilation.KeepUnits().Wait(Cancellation);
        if (!written)
        {
            return false;
        }

        Summary = emitted!.Summary(DatasetDir, CultureInfo.CurrentUICulture);
        return Write(() => new DatasetStamp(inputs.GetAwaiter().GetResult(), Summary, compilation.Started).Write(Stamp), Stamp);
    }

    private bool Write(Action write, string path)
    {
        try
        {
            Cancellation.ThrowIfCancellationRequested();
            write();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [path, e.Message]));
            return false;
        }
    }
}
