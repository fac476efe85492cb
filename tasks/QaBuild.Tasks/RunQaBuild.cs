using System.Globalization;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tasks;

/// <summary>
/// Runs <c>qabuild</c> as a child process: whatever touches native code happens there. Its findings become those of the build; its death is one, too, and leaves
/// the build free to go on to others. A cancelled build ends it and its children.
/// </summary>
public sealed class RunQaBuild : ToolTask
{
    // A process that a signal ended has 128 and the signal's number for its exit code.
    private const int Signal = 128;

    private readonly string _stop = Path.Combine(Path.GetTempPath(), $"qabuild-{Guid.NewGuid():N}.stop");
    private readonly TaskCompletionSource _ended = new();
    private string _lastLine = "";
    private bool _cancelled;
    private bool _question;

    /// <summary>The tool: <c>qabuild.dll</c>.</summary>
    [Required]
    public string Tool { get; set; } = "";

    /// <summary>Its arguments, one an item.</summary>
    [Required]
    public string[] Arguments { get; set; } = [];

    /// <summary>The folder of llama.cpp's libraries when it is not the restored one.</summary>
    public string LlamaCppDir { get; set; } = "";

    /// <summary>Where relative paths begin. Default: the project's folder.</summary>
    public string WorkingDirectory { get; set; } = "";

    /// <summary>Seconds that a cancelled tool gets to save where it is; 0 ends it at once.</summary>
    public int Patience { get; set; }

    /// <summary>The argument that makes the tool say whether there is work, and do none, for <c>-question</c>. Without one the tool is run: it is one that only looks.</summary>
    public string QuestionArgument { get; set; } = "";

    /// <inheritdoc/>
    protected override string ToolName => OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

    /// <inheritdoc/>
    protected override Encoding StandardOutputEncoding => Encoding.UTF8;

    /// <inheritdoc/>
    protected override Encoding StandardErrorEncoding => Encoding.UTF8;

    /// <inheritdoc/>
    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.Normal;

    /// <inheritdoc/>
    public override bool Execute()
    {
        // The tool speaks the language of the build.
        EnvironmentVariables = [.. EnvironmentVariables ?? [], $"DOTNET_CLI_UI_LANGUAGE={CultureInfo.CurrentUICulture.Name}", .. LlamaCppDir.Length > 0 ? [$"LLAMACPP_DIR={LlamaCppDir}"] : Array.Empty<string>(), $"QABUILD_STOP={(Patience > 0 ? _stop : "")}"];

        // Of itself, a task with a tool takes any run of it for work that remains.
        (_question, FailIfNotIncremental) = (FailIfNotIncremental, false);
        try
        {
            return base.Execute();
        }
        finally
        {
            _ended.TrySetResult();
            File.Delete(_stop);
        }
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        _cancelled = true;
        if (Patience > 0)
        {
            // A cancelled task's process is killed; this asks it before.
            File.WriteAllText(_stop, "");
            _ended.Task.Wait(TimeSpan.FromSeconds(Patience));
        }

        base.Cancel();
    }

    /// <inheritdoc/>
    protected override string GenerateFullPathToTool() => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : ToolName;

    /// <inheritdoc/>
    protected override string GetWorkingDirectory() => WorkingDirectory.Length > 0 ? WorkingDirectory : base.GetWorkingDirectory();

    /// <inheritdoc/>
    protected override string GenerateCommandLineCommands()
    {
        var line = new StringBuilder();
        Append(line, Tool);
        foreach (var argument in _question && QuestionArgument.Length > 0 ? [.. Arguments, QuestionArgument] : Arguments)
        {
            Append(line, argument);
        }

        return line.ToString();
    }

    /// <inheritdoc/>
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        _lastLine = string.IsNullOrWhiteSpace(singleLine) ? _lastLine : singleLine.Trim();
        base.LogEventsFromTextOutput(singleLine, messageImportance);
    }

    /// <inheritdoc/>
    protected override bool HandleTaskExecutionErrors()
    {
        if (!_cancelled && !Log.HasLoggedErrors)
        {
            var end = ExitCode > Signal ? new Phrase("ProcessSignal", ExitCode - Signal) : new Phrase("ProcessExit", ExitCode);
            var death = new Diagnostic(
                Rule.NativeCrash, Severity.Error, Location.None, [$"qabuild {Arguments.FirstOrDefault()}", end, _lastLine.Length > 0 ? _lastLine : new Phrase("LlamaSaysNothing")]);
            Log.LogError(null, death.Code, null, BuildEngine.ProjectFileOfTaskNode, 0, 0, 0, 0, "{0}", death.Message(CultureInfo.CurrentUICulture));
        }

        return false;
    }

    // As programs split a command line: a quote and the backslashes before it are escaped.
    private static void Append(StringBuilder line, string argument)
    {
        line.Append(line.Length > 0 ? " \"" : "\"");
        var slashes = 0;
        foreach (var character in argument)
        {
            line.Append('\\', character == '"' ? slashes + 1 : 0).Append(character);
            slashes = character == '\\' ? slashes + 1 : 0;
        }

        line.Append('\\', slashes).Append('"');
    }
}
