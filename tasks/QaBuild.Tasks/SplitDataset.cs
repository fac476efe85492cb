namespace QaBuild.Tasks;

/// <summary>Assigns sources to train, valid and test.</summary>
public sealed class SplitDataset : StageTask
{
    /// <inheritdoc/>
    protected override bool Run()
    {
        Compilation.Split();
        return true;
    }
}
