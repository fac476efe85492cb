using System.CommandLine;
using QaBuild.Model.Inference;

namespace QaBuild.Tool;

/// <summary>The child process of model work: answers requests on standard input. Hidden, since its requests are no promise to anyone.</summary>
internal static class LlamaHostCommand
{
    public static Command Create()
    {
        var libraries = new Argument<string>("libraries");
        var command = new Command(LlamaHost.Verb) { libraries };
        command.Hidden = true;
        command.SetAction(async (parsed, _) =>
        {
            await LlamaServer.RunAsync(parsed.GetValue(libraries)!);
            return ExitCode.Success;
        });
        return command;
    }
}
