using System.Globalization;
using System.Text;
using Microsoft.Build.Framework;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;

namespace QaBuild.Tasks;

/// <summary>
/// Tells whether a step of model work must run again, and why: an input or option is another than the one it last ran with, or an output is gone. The step's end is told to
/// <see cref="FinishStep"/>.
/// </summary>
public sealed class CheckStep : DatasetTask, IIncrementalTask
{
    /// <summary>For people: the target's name.</summary>
    [Required]
    public string Step { get; set; } = "";

    /// <summary>Files that the step reads. One that is not there counts as such.</summary>
    public string[] Inputs { get; set; } = [];

    /// <summary>Properties: the item is the name, the metadata <c>Value</c> the value.</summary>
    public ITaskItem[] Options { get; set; } = [];

    /// <summary>Files that the step leaves.</summary>
    public string[] Outputs { get; set; } = [];

    /// <summary>What <see cref="FinishStep"/> wrote after the last success.</summary>
    [Required]
    public string Stamp { get; set; } = "";

    /// <summary>Set by MSBuild for <c>-question</c>: work that remains is then an error.</summary>
    public bool FailIfNotIncremental { get; set; }

    /// <summary>Whether there is work.</summary>
    [Output]
    public bool OutOfDate { get; set; }

    /// <summary>What the step is about to run with, for <see cref="FinishStep"/>.</summary>
    [Output]
    public string State { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        var now = Now();
        State = string.Join('\n', now.Select(n => $"{n.Key}\t{n.Value}"));
        if (Reason(now) is not { } reason)
        {
            return true;
        }

        OutOfDate = true;
        var text = Catalogue.Default.Format(new Phrase("StepRuns", Step, reason), CultureInfo.CurrentUICulture);
        if (FailIfNotIncremental)
        {
            Log.LogError(text);
            return false;
        }

        Log.LogMessage(MessageImportance.High, text);
        return true;
    }

    private Phrase? Reason(Dictionary<string, string> now)
    {
        if (!File.Exists(Stamp))
        {
            return new Phrase("StepNever");
        }

        if (Array.Find(Outputs, o => !File.Exists(o) && !Directory.Exists(o)) is { } missing)
        {
            return new Phrase("StepMissing", Shown(missing));
        }

        var before = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadAllLines(Stamp))
        {
            var cells = line.Split('\t', 2);
            before[cells[0]] = cells.Length > 1 ? cells[1] : "";
        }

        var changed = now.Keys.Union(before.Keys).FirstOrDefault(k => now.GetValueOrDefault(k) != before.GetValueOrDefault(k));
        return changed is null ? null
            : Array.Exists(Options, o => o.ItemSpec == changed) ? new Phrase("StepOption", changed, now[changed], before.GetValueOrDefault(changed) ?? "")
            : new Phrase("StepInput", Shown(changed));
    }

    // Options first: they say more than the files that they change.
    private Dictionary<string, string> Now()
    {
        var now = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in Options)
        {
            now[option.ItemSpec] = OneLine(option.GetMetadata("Value"));
        }

        foreach (var path in Inputs.Select(Path.GetFullPath).Distinct())
        {
            var file = new FileInfo(path);
            now[path] = file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}") : "-";
        }

        return now;
    }

    private string Shown(string path) => ProjectFile.Length > 0 ? Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(ProjectFile))!, path) : path;

    private static string OneLine(string value) => value.ReplaceLineEndings("\\n").Replace('\t', ' ');
}

/// <summary>Remembers what a step of model work succeeded with.</summary>
public sealed class FinishStep : DatasetTask
{
    /// <summary>As <see cref="CheckStep"/> has it.</summary>
    [Required]
    public string Stamp { get; set; } = "";

    /// <summary>As <see cref="CheckStep"/> gave it.</summary>
    [Required]
    public string State { get; set; } = "";

    /// <inheritdoc/>
    protected override bool Run()
    {
        OutputFiles.Write(Path.GetFullPath(Stamp), Encoding.UTF8.GetBytes(State + "\n"));
        return true;
    }
}
