using Microsoft.Build.Framework;
using QaBuild.Dataset;

namespace QaBuild.Tasks;

/// <summary>Begins a compile: reads and parses every source that <see cref="CheckUpToDate"/> saw.</summary>
public sealed class ParseSources : StageTask
{
    /// <summary>External test sets that the dataset must share nothing with.</summary>
    public string[] Benchmarks { get; set; } = [];

    /// <summary>Properties: the item is the name, the metadata <c>Value</c> the value.</summary>
    public ITaskItem[] Options { get; set; } = [];

    /// <summary>Where what was made of each file is kept for the next compile.</summary>
    [Required]
    public string CacheFile { get; set; } = "";

    /// <summary>base-model.json; empty without a base model.</summary>
    public string BaseModelFile { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        var settings = OptionItems.Settings(Options);
        Compilation = new Compilation(Checked.Files, settings, CacheFile, Benchmarks, BaseModelFile.Length > 0 ? BaseModelFile : null, cancellation: Cancellation);
        Compilation.Parse();
        _ = Compilation.KeepUnits(); // for EmitDataset to wait for
        return true;
    }
}
