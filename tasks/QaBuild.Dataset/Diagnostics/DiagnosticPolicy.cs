namespace QaBuild.Dataset.Diagnostics;

/// <summary>The project's say on severities, with MSBuild's property names and their meaning.</summary>
public sealed record DiagnosticPolicy
{
    /// <summary>Warnings and infos that are not reported.</summary>
    public IReadOnlySet<string> NoWarn { get; init; } = new HashSet<string>();

    /// <summary>Warnings that are errors.</summary>
    public IReadOnlySet<string> WarningsAsErrors { get; init; } = new HashSet<string>();

    /// <summary>Warnings that stay warnings under <see cref="TreatWarningsAsErrors"/>.</summary>
    public IReadOnlySet<string> WarningsNotAsErrors { get; init; } = new HashSet<string>();

    /// <summary>Whether every warning is an error.</summary>
    public bool TreatWarningsAsErrors { get; init; }

    /// <summary>Reads a list of codes such as <c>QA2004;QA5001</c>; commas and blanks separate too.</summary>
    public static IReadOnlySet<string> Codes(string? list) =>
        (list ?? "").Split([';', ',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The finding as the project wants it, or null when it is not to be reported.</summary>
    public Diagnostic? Apply(Diagnostic diagnostic) => diagnostic.Severity switch
    {
        Severity.Error => diagnostic,
        _ when NoWarn.Contains(diagnostic.Code) => null,
        Severity.Warning when WarningsAsErrors.Contains(diagnostic.Code) => diagnostic with { Severity = Severity.Error },
        Severity.Warning when TreatWarningsAsErrors && !WarningsNotAsErrors.Contains(diagnostic.Code) => diagnostic with { Severity = Severity.Error },
        _ => diagnostic,
    };
}
