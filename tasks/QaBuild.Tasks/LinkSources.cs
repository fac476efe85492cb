namespace QaBuild.Tasks;

/// <summary>Resolves the links between questions.</summary>
public sealed class LinkSources : StageTask
{
    /// <inheritdoc/>
    protected override bool Run()
    {
        Compilation.Link();
        return true;
    }
}
