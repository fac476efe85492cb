using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Review.Git;

/// <summary>Git cannot give what is asked of it.</summary>
public sealed class GitFaultException(Rule rule, params object[] arguments) : Exception(rule.ToString())
{
    /// <summary>What to tell the user.</summary>
    public Diagnostic Diagnostic { get; } = new(rule, Catalogue.Default[rule].Severity, Location.None, arguments);
}
