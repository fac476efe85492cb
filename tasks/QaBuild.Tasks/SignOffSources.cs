using System.Globalization;
using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review;

namespace QaBuild.Tasks;

/// <summary>Writes who read what qa files say.</summary>
public sealed class SignOffSources : DatasetTask
{
    /// <summary>The folder that holds <c>job_*</c>.</summary>
    [Required]
    public string KbRoot { get; set; } = "";

    /// <summary>The files that were read.</summary>
    public string[] Files { get; set; } = [];

    /// <summary>Who read them.</summary>
    public string Reviewer { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        if (Files.Length == 0)
        {
            Report(new Diagnostic(Rule.BadOption, Severity.Error, Location.None, ["SignOffFiles", "", new Phrase("OptionSignOffFiles")]));
            return false;
        }

        try
        {
            var result = new SignOffWriter(KbRoot, Reviewer, DateOnly.FromDateTime(DateTime.Now)).Sign(Files);
            foreach (var diagnostic in result.Diagnostics)
            {
                Report(diagnostic);
            }

            if (result.Diagnostics.Count == 0)
            {
                Log.LogMessage(MessageImportance.High, "{0}", Catalogue.Default.Format(new Phrase("SignedOff", result.Written, result.Current), CultureInfo.CurrentUICulture));
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [KbRoot, e.Message]));
            return false;
        }
    }
}
