using System.CommandLine;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model.Inference;

namespace QaBuild.Tool;

/// <summary><c>qabuild restore</c>: brings llama.cpp's libraries, or those of the report.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var into = new Option<string?>("--into") { Description = Bilingual.Here("The folder that gets them. Default: artifacts of the checkout, or else a folder of the user.", "还原到这个目录。默认：仓库的 artifacts，否则是用户自己的一个目录。") };
        var report = new Option<bool>("--report") { Description = Bilingual.Here("Restores the libraries of the report instead.", "改为还原报告所用的库。") };
        var command = new Verb(
            "restore",
            "Restores llama.cpp with npm, in the one release that fits; with `--report` the libraries of the report. Nothing happens when they are there.",
            "用 npm 还原版本合适的 llama.cpp；加 `--report` 则还原报告所用的库。已经有时什么也不做。",
            "qabuild restore") { into, report };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(report))
            {
                return await ReportCommand.RestoreAsync(parsed.GetValue(into), cancellation) is null ? ExitCode.Failed : ExitCode.Success;
            }

            Console.WriteLine(await LlamaCppRestore.RunAsync(parsed.GetValue(into) ?? LlamaCppRestore.DefaultFolder, cancellation: cancellation));
            return ExitCode.Success;
        });
        return command;
    }
}
