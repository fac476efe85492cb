using System.Diagnostics;
using System.Globalization;

namespace QaBuild.Benchmarks;

/// <summary>What a run cost.</summary>
/// <param name="Seconds">Wall clock, the process's start included.</param>
/// <param name="PeakMegabytes">The largest resident set of the process and those it waited for; null where nothing here can tell.</param>
internal sealed record Cost(double Seconds, double? PeakMegabytes);

/// <summary>A command line to time.</summary>
internal sealed record Command(string FileName, IReadOnlyList<string> Arguments)
{
    private const string Time = "/usr/bin/time";
    private const double KilobytesAMegabyte = 1024;

    /// <summary>Runs the command to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it printed.</exception>
    public Cost Run()
    {
        using var report = new TemporaryFile();
        var watched = File.Exists(Time);
        var start = watched
            ? new ProcessStartInfo(Time, ["-f", "%M", "-o", report.Path, FileName, .. Arguments])
            : new ProcessStartInfo(FileName, Arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        // `dotnet run` tells its child where its own MSBuild is; a build that a user types is told nothing.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var seconds = clock.Elapsed.TotalSeconds;
        return process.ExitCode == 0
            ? new Cost(seconds, watched ? double.Parse(File.ReadAllText(report.Path), CultureInfo.InvariantCulture) / KilobytesAMegabyte : null)
            : throw new InvalidOperationException($"{FileName} {string.Join(' ', Arguments)} returned {process.ExitCode}\n{output}{errors.Result}");
    }

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
