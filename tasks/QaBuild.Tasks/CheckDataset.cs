namespace QaBuild.Tasks;

/// <summary>Judges the content.</summary>
public sealed class CheckDataset : StageTask
{
    /// <inheritdoc/>
    protected override bool Run()
    {
        Compilation.Check();
        return true;
    }
}
