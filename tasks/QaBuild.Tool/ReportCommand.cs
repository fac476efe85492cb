using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Reporting;
using QaBuild.Model;

namespace QaBuild.Tool;

/// <summary><c>qabuild report</c>: a knowledge base and its findings as one HTML page.</summary>
internal static class ReportCommand
{
    private static readonly NpmPackages Packages = new(ReportLibraries.Manifest, ReportLibraries.Lock, ReportLibraries.AreIn);

    public static Command Create()
    {
        var (kb, property, benchmark) = (CompileCommands.Kb(), CompileCommands.Property(), CompileCommands.Benchmark());
        var output = new Option<string>("--out", "-o") { Description = Bilingual.Here("The page.", "写出的页面。"), DefaultValueFactory = _ => Path.Combine("artifacts", "report", "index.html") };
        var model = new Option<string>("--model") { Description = Bilingual.Here("The folder of a model's metrics and results.", "模型的指标和结果所在的目录。"), DefaultValueFactory = _ => Path.Combine("artifacts", "model") };
        var libraries = new Option<string?>("--libraries") { Description = Bilingual.Here("The folder into which npm restores the page's libraries.", "npm 把页面所用的库还原到这个目录。") };
        var command = new Verb(
            "report",
            "Writes a knowledge base and what the checks found as one HTML page that needs no network.",
            "把知识库和检查结果写成一个无需网络的 HTML 页面。",
            "qabuild report", "qabuild report kb --out report.html") { kb, output, model, libraries, property, benchmark };
        command.SetAction((parsed, cancellation) => Task.Run(
            async () =>
            {
                var folder = await RestoreAsync(parsed.GetValue(libraries), cancellation);
                return folder is null
                    ? ExitCode.Failed
                    : Run(CompileRequest.Of(parsed, kb, property, benchmark).Compile(cancellation).Compilation, new Report(parsed.GetValue(output)!, folder, parsed.GetValue(model)));
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Brings the page's libraries.</summary>
    /// <returns>Their folder; null when it cannot be done, which was said.</returns>
    public static async Task<string?> RestoreAsync(string? into, CancellationToken cancellation)
    {
        var folder = into ?? NpmPackages.DefaultFolder(ReportLibraries.Folder, Emitted.Version);
        try
        {
            await Packages.RestoreAsync(folder, cancellation: cancellation);
            return folder;
        }
        catch (NpmException e)
        {
            Console.WriteLine(new Diagnostic(Rule.ReportLibrariesMissing, Severity.Error, Location.None, [new Phrase(e.Reason.Name, [.. e.Reason.Arguments])]).ToString(CultureInfo.CurrentUICulture));
            return null;
        }
    }

    private static int Run(Compilation compilation, Report report)
    {
        var found = report.Write(compilation, CultureInfo.CurrentUICulture);
        foreach (var diagnostic in found)
        {
            Console.WriteLine(diagnostic.ToString(CultureInfo.CurrentUICulture));
        }

        if (found.Any(d => d.Severity == Severity.Error))
        {
            return ExitCode.Failed;
        }

        Console.WriteLine(report.Summary(compilation, CultureInfo.CurrentUICulture));
        return ExitCode.Success;
    }
}
