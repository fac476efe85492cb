namespace QaBuild.Dataset.Diagnostics;

/// <summary>How much a finding matters: an error fails the build.</summary>
public enum Severity
{
    /// <summary>Worth knowing; never fails a build.</summary>
    Info,

    /// <summary>Likely wrong; becomes an error by WarningsAsErrors or TreatWarningsAsErrors.</summary>
    Warning,

    /// <summary>The build fails and the last good outputs stay.</summary>
    Error,
}
