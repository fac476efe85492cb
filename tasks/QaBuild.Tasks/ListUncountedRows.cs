using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;

namespace QaBuild.Tasks;

/// <summary>Writes the rows whose tokens were not counted yet to a file, for the tool to count them.</summary>
public sealed class ListUncountedRows : StageTask
{
    /// <summary>The counts so far.</summary>
    [Required]
    public string Counts { get; set; } = "";

    /// <summary>Gets the rows.</summary>
    [Required]
    public string Rows { get; set; } = "";

    /// <summary>How many there are.</summary>
    [Output]
    public int Uncounted { get; set; }

    /// <inheritdoc/>
    protected override bool Run()
    {
        var compilation = Compilation;

        // What is wrong with the base model was reported; its rows are not counted.
        if (compilation.Tokenizer is not { } tokenizer)
        {
            return true;
        }

        try
        {
            var rows = compilation.Uncounted(TokenCounts.Read(Counts, tokenizer));
            Uncounted = rows.Count;
            if (Uncounted > 0)
            {
                using var outputs = new OutputFiles();
                outputs.Stage(Rows, rows.Select(r => r.Json));
                outputs.Commit();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [Rows, e.Message]));
            return false;
        }

        return true;
    }
}
