using Microsoft.Build.Framework;
using QaBuild.Dataset;

namespace QaBuild.Tasks;

/// <summary>Begins a compile: reads and parses every source.</summary>
public sealed class ParseSources : StageTask
{
    /// <summary>The folder that holds <c>job_*</c>.</summary>
    [Required]
    public string KbRoot { get; set; } = "";

    /// <summary>qa files.</summary>
    public string[] Sources { get; set; } = [];

    /// <summary>Markdown documents.</summary>
    public string[] Documents { get; set; } = [];

    /// <summary>External test sets that the dataset must share nothing with.</summary>
    public string[] Benchmarks { get; set; } = [];

    /// <summary>Properties: the item is the name, the metadata <c>Value</c> the value.</summary>
    public ITaskItem[] Options { get; set; } = [];

    /// <summary>Where what was made of each file is kept for the next compile.</summary>
    [Required]
    public string CacheFile { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        var settings = Options.ToDictionary(o => o.ItemSpec, o => o.GetMetadata("Value"), StringComparer.OrdinalIgnoreCase);
        Compilation = new Compilation(KbRoot, Sources, Documents, settings, CacheFile, Benchmarks, cancellation: Cancellation);
        Compilation.Parse();
        return true;
    }
}
