using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Review.Diff;
using QaBuild.Dataset.Review.Git;
using QaBuild.Dataset.Sources;

namespace QaBuild.Tasks;

/// <summary>Compiles the knowledge base as it is and as it was at a commit; <see cref="WriteDiff"/> compares them.</summary>
public sealed class CompileDiff : StageTask
{
    /// <summary>The folder that holds <c>job_*</c>.</summary>
    [Required]
    public string KbRoot { get; set; } = "";

    /// <summary>The commit: a branch, a tag or a hash.</summary>
    [Required]
    public string Against { get; set; } = "";

    /// <summary>qa files, as they are.</summary>
    public string[] Sources { get; set; } = [];

    /// <summary>Markdown documents, as they are.</summary>
    public string[] Documents { get; set; } = [];

    /// <summary>External test sets, for both sides as they are.</summary>
    public string[] Benchmarks { get; set; } = [];

    /// <summary>Properties, for both sides: the item is the name, the metadata <c>Value</c> the value.</summary>
    public ITaskItem[] Options { get; set; } = [];

    /// <summary>base-model.json; empty without a base model.</summary>
    public string BaseModelFile { get; set; } = "";

    /// <summary>Where the files of the commit lie while they are compiled.</summary>
    [Required]
    public string WorkFolder { get; set; } = "";

    /// <summary>The tokens of rows so far; empty without a base model.</summary>
    public string Counts { get; set; } = "";

    /// <summary>Gets the rows whose tokens nobody counted.</summary>
    public string Rows { get; set; } = "";

    /// <summary>How many there are.</summary>
    [Output]
    public int Uncounted { get; set; }

    /// <inheritdoc/>
    protected override bool Run()
    {
        var settings = OptionItems.Settings(Options);
        var files = new SourceList(KbRoot, Sources, Documents, Cancellation);
        try
        {
            var compile = DiffCompile.Run(new DiffInputs(files, settings, Benchmarks, BaseModelFile.Length > 0 ? BaseModelFile : null, WorkFolder), Against, Cancellation);
            Diff = compile;
            foreach (var skipped in compile.Skipped)
            {
                Report(skipped);
            }

            if (compile.Tokenizer is { } tokenizer && Counts.Length > 0 && compile.Uncounted(TokenCounts.Read(Counts, tokenizer)) is { Count: > 0 } rows)
            {
                using var outputs = new OutputFiles();
                outputs.Stage(Rows, rows.Select(r => r.Json));
                outputs.Commit();
                Uncounted = rows.Count;
            }

            return true;
        }
        catch (GitFaultException e)
        {
            Report(e.Diagnostic);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [WorkFolder, e.Message]));
        }

        return false;
    }
}
