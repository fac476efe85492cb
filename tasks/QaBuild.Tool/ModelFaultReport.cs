using QaBuild.Dataset.Diagnostics;
using QaBuild.Model;

namespace QaBuild.Tool;

/// <summary>Gives the faults of models their texts: the model library and the catalogue know nothing of each other.</summary>
internal static class ModelFaultReport
{
    public static Diagnostic Of(ModelFaultException fault)
    {
        var entry = Catalogue.Default.Find(fault.Code) ?? throw new InvalidOperationException($"{fault.Code} is not in the catalogue", fault);
        return new Diagnostic(entry.Rule, entry.Severity, new Location(fault.Path, fault.Line, fault.Column), [.. fault.Arguments.Select(Argument)]);
    }

    /// <summary>A reason as a phrase; anything else as it is.</summary>
    public static object Argument(object argument) => argument is Reason reason ? new Phrase(reason.Name, [.. reason.Arguments.Select(Argument)]) : argument;
}
