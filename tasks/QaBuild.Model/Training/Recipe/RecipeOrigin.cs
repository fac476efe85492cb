using YamlDotNet.RepresentationModel;

namespace QaBuild.Model.Training.Recipe;

/// <summary>Where the values of a recipe come from, and what is wrong with them.</summary>
/// <param name="path">The recipe, as the user named it.</param>
internal sealed class RecipeOrigin(string path)
{
    private readonly HashSet<YamlNode> _set = new(ReferenceEqualityComparer.Instance);
    private readonly List<ModelFaultException> _warnings = [];

    /// <summary>Errors.</summary>
    public FaultList Faults { get; } = new();

    /// <summary>Warnings.</summary>
    public IReadOnlyList<ModelFaultException> Warnings => _warnings;

    /// <summary>Notes that a node came from a command line: it has no place in the file.</summary>
    public void IsSet(YamlNode node) => _set.UnionWith(node.AllNodes);

    /// <summary>Keeps an error.</summary>
    public void Fail(YamlNode node, Reason reason) => Faults.Add(At(node, ModelFaults.RecipeUnusable, path, reason));

    /// <summary>Keeps a warning.</summary>
    public void Warn(string code, YamlNode node, params object[] arguments) => _warnings.Add(At(node, code, arguments));

    private ModelFaultException At(YamlNode node, string code, params object[] arguments) => _set.Contains(node)
        ? new ModelFaultException(code, "", arguments)
        : new ModelFaultException(code, path, arguments) { Line = (int)node.Start.Line, Column = (int)node.Start.Column };
}
