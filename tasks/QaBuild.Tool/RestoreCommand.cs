using System.CommandLine;
using QaBuild.Model.Inference;

namespace QaBuild.Tool;

/// <summary><c>qabuild restore</c>: brings llama.cpp's libraries.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var into = new Option<string?>("--into") { Description = "The folder that gets them. Default: artifacts/llama.cpp of the checkout, or else a folder of the user." };
        var command = new Verb(
            "restore",
            "Restores llama.cpp with npm, in the one release that fits. Nothing happens when it is there.",
            "用 npm 还原版本合适的 llama.cpp；已经有时什么也不做。",
            "qabuild restore") { into };
        command.SetAction(async (parsed, cancellation) =>
        {
            Console.WriteLine(await LlamaCppRestore.RunAsync(parsed.GetValue(into) ?? LlamaCppRestore.DefaultFolder, cancellation: cancellation));
            return ExitCode.Success;
        });
        return command;
    }
}
