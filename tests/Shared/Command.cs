using System.Diagnostics;
using System.Text;

namespace QaBuild.Tests;

/// <summary>What came of a process.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">Standard output and error as they came; the message of any assertion about it.</param>
internal sealed record Ran(int ExitCode, string Output)
{
    /// <summary>Asserts the exit code.</summary>
    public Ran Exits(int code)
    {
        Assert.True(ExitCode == code, $"exit code {ExitCode}, not {code}:\n{Output}");
        return this;
    }

    /// <summary>Asserts that the output holds a text.</summary>
    public Ran Says(string text)
    {
        Assert.True(Output.Contains(text, StringComparison.Ordinal), $"'{text}' was not said:\n{Output}");
        return this;
    }

    /// <summary>Asserts that the output does not hold a text.</summary>
    public Ran NeverSays(string text)
    {
        Assert.False(Output.Contains(text, StringComparison.Ordinal), $"'{text}' was said:\n{Output}");
        return this;
    }
}

/// <summary>A process with captured output that no test can leave running: it is killed when it takes too long, and when it is disposed of.</summary>
internal sealed class Command : IDisposable
{
    // A build takes a second, training and packaging half a minute; this is for a machine that does much else.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];

    private Command(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts <c>dotnet</c>, in English and free of what the test runner's own MSBuild left in the environment.</summary>
    public static Command Dotnet(string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        Start(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", folder, environment, arguments);

    /// <summary>Starts a program.</summary>
    public static Command Start(string program, string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || n.StartsWith("LC_", StringComparison.Ordinal) || n is "LANG" or "LANGUAGE").ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new Command(start);
    }

    /// <summary>Waits until a line of the output holds <paramref name="text"/>, or the process ends without one.</summary>
    public async Task Says(string text) => Assert.True(await SaysOrEnds(text), $"'{text}' was never said:\n{Output}");

    /// <summary>Waits until a line of the output holds <paramref name="text"/>, or the process ends.</summary>
    /// <returns>Whether it was said before the end.</returns>
    public async Task<bool> SaysOrEnds(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            if (Output.Contains(text, StringComparison.Ordinal))
            {
                return true;
            }

            _awaited.Add((text, seen));
        }

        return await Task.WhenAny(seen.Task, _process.WaitForExitAsync()).WaitAsync(Patience) == seen.Task;
    }

    /// <summary>Sends what Ctrl-C sends.</summary>
    public async Task Interrupt()
    {
        // The shell's own kill: not every machine has the program.
        using var kill = Start("sh", Path.GetTempPath(), null, "-c", $"kill -INT {_process.Id}");
        await kill.Ends();
    }

    /// <summary>Ends the process and its children at once.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Waits for the end.</summary>
    public async Task<Ran> Ends()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
            Assert.Fail($"'{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}' did not end within {Patience}:\n{Output}");
        }

        return new Ran(_process.ExitCode, Output);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Append(line).Append('\n');
            foreach (var (_, seen) in _awaited.Where(a => line.Contains(a.Text, StringComparison.Ordinal)))
            {
                seen.TrySetResult();
            }
        }
    }
}
