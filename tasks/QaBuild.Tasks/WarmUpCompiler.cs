using Microsoft.Build.Framework;
using QaBuild.Dataset;
using Task = Microsoft.Build.Utilities.Task;

namespace QaBuild.Tasks;

/// <summary>Begins to make the compiler ready, where another processor can do it, and does not wait. What goes wrong there goes wrong again in the compile, which says so.</summary>
public sealed class WarmUpCompiler : Task
{
    /// <summary>Properties: the item is the name, the metadata <c>Value</c> the value.</summary>
    public ITaskItem[] Options { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (Environment.ProcessorCount > 1)
        {
            var settings = OptionItems.Settings(Options);
            _ = System.Threading.Tasks.Task.Run(() => WarmUp.Run(settings));
        }

        return true;
    }
}
