using System.Text.RegularExpressions;

namespace QaBuild.Model.Packaging.Ollama;

/// <summary>A model's name in Ollama: <c>[host/][namespace/]model[:tag]</c>.</summary>
public static partial class OllamaModelName
{
    /// <summary>The name with its tag, <c>latest</c> when it has none.</summary>
    /// <exception cref="ModelFaultException">QA8002: Ollama allows no such name.</exception>
    public static string WithTag(string name) =>
        !Shape().IsMatch(name) ? throw new ModelFaultException(ModelFaults.OllamaRefused, "", name, new Reason("OllamaBadName"))
        : name.LastIndexOf(':') > name.LastIndexOf('/') ? name
        : name + ":latest";

    // A part begins with a letter or digit and has no more than 80 characters; the host alone may have a port.
    [GeneratedRegex(@"^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,349}(?::[0-9]{1,5})?/)?(?:[A-Za-z0-9_][A-Za-z0-9_-]{0,79}/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,79}(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,79})?$")]
    private static partial Regex Shape();
}
