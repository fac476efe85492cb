namespace QaBuild.Tool;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>There was an error in the sources, the options or the tool.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense, or a file that it names cannot be read.</summary>
    public const int Unusable = 2;

    /// <summary>As shells have it for Ctrl-C.</summary>
    public const int Cancelled = 130;
}
