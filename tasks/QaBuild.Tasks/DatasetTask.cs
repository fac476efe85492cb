using System.Globalization;
using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using Task = Microsoft.Build.Utilities.Task;

namespace QaBuild.Tasks;

/// <summary>What all tasks share: cancellation, findings as MSBuild diagnostics, and QA0000 for a fault of ours.</summary>
public abstract class DatasetTask : Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>Names the dataset among those that this build compiles: its folder.</summary>
    [Required]
    public string DatasetDir { get; set; } = "";

    /// <summary>The project, which findings name that are about no source.</summary>
    public string ProjectFile { get; set; } = "";

    /// <summary>Cancelled when the build is.</summary>
    protected CancellationToken Cancellation => _cancellation.Token;

    /// <inheritdoc/>
    public void Cancel() => _cancellation.Cancel();

    /// <inheritdoc/>
    public sealed override bool Execute()
    {
        try
        {
            return Run() && !Log.HasLoggedErrors;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
#pragma warning disable CA1031 // whatever escapes is a fault of ours, and says so
        catch (Exception e)
#pragma warning restore CA1031
        {
            Report(new Diagnostic(Rule.InternalFault, Severity.Error, Location.None, [e.ToString()]));
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cancellation.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the work.</summary>
    /// <returns>Whether it succeeded.</returns>
    protected abstract bool Run();

    /// <summary>Logs a finding.</summary>
    protected void Report(Diagnostic diagnostic)
    {
        var (code, message) = (diagnostic.Code, diagnostic.Message(CultureInfo.CurrentUICulture));
        var (path, line, column, endColumn) = diagnostic.Location;
        var file = path.Length > 0 ? path : ProjectFile.Length > 0 ? ProjectFile : null;
        var endLine = endColumn > 0 ? line : 0;
        switch (diagnostic.Severity)
        {
            case Severity.Error:
                Log.LogError(null, code, null, file, line, column, endLine, endColumn, message);
                break;
            case Severity.Warning:
                Log.LogWarning(null, code, null, file, line, column, endLine, endColumn, message);
                break;
            default:
                Log.LogMessage(null, code, null, file, line, column, endLine, endColumn, MessageImportance.High, message);
                break;
        }
    }
}
