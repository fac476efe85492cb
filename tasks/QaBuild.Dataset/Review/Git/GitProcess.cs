using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Review.Git;

/// <summary>A run of git, its arguments given one by one: no shell reads them, and git never asks, writes an index or fetches.</summary>
internal sealed class GitProcess : IDisposable
{
    private const int LongestReason = 2000;
    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly CancellationTokenRegistration _kill;
    private readonly CancellationToken _cancellation;

    private GitProcess(Process process, CancellationToken cancellation)
    {
        (_process, _cancellation) = (process, cancellation);
        _error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        _kill = cancellation.Register(End);
    }

    /// <summary>What it writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Starts git in a folder.</summary>
    /// <exception cref="GitFaultException">There is no git.</exception>
    public static GitProcess Start(string folder, CancellationToken cancellation, params ReadOnlySpan<string> arguments)
    {
        cancellation.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };

        // No program that the repository's configuration names, and no path of another repository: a hook, which a build may be, has those set.
        foreach (var argument in (ReadOnlySpan<string>)["--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "log.showSignature=false", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in (ReadOnlySpan<string>)["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_TRACE"])
        {
            start.Environment.Remove(name);
        }

        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_NO_LAZY_FETCH"] = "1";
        start.Environment["LC_ALL"] = "C";
        try
        {
            return new GitProcess(Process.Start(start)!, cancellation);
        }
        catch (Win32Exception e)
        {
            throw new GitFaultException(Rule.GitUnusable, new Phrase("GitAbsent", e.Message));
        }
    }

    /// <summary>Runs git to its end.</summary>
    /// <returns>What it wrote, or null when it failed.</returns>
    /// <exception cref="GitFaultException">There is no git.</exception>
    public static string? Run(string folder, CancellationToken cancellation, out string reason, params ReadOnlySpan<string> arguments)
    {
        using var git = Start(folder, cancellation, arguments);
        git.Input.Close();
        using var reader = new StreamReader(git.Output, new UTF8Encoding(false));
        var text = reader.ReadToEnd();
        return git.Ends(out reason) ? text : null;
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Whether it succeeded; if not, <paramref name="reason"/> is what it said.</returns>
    public bool Ends(out string reason)
    {
        _process.WaitForExit();
        _cancellation.ThrowIfCancellationRequested();
        var said = _error.GetAwaiter().GetResult().Trim();
        reason = said.Length > LongestReason ? said[..LongestReason] : said;
        return _process.ExitCode == 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _kill.Dispose();
        _process.Dispose();
    }

    private void End()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }
    }
}
