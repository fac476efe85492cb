namespace QaBuild.Model.Inference;

/// <summary>How a process ended, for people.</summary>
internal static class ProcessEnd
{
    // A process that a signal ended has 128 and the signal's number for its exit code.
    private const int Signal = 128;

    /// <summary>The phrase for an exit code that no success has.</summary>
    public static Reason Reason(int exitCode) => exitCode is > Signal and < Signal + 65 && !OperatingSystem.IsWindows()
        ? new Reason("ProcessSignal", NameOf(exitCode - Signal))
        : new Reason("ProcessExit", exitCode);

    private static string NameOf(int signal) => signal switch
    {
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 when OperatingSystem.IsMacOS() => "SIGBUS",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        _ => $"SIG{signal}",
    };
}
