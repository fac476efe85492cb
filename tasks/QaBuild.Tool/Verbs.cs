using System.CommandLine;
using System.CommandLine.Help;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tool;

/// <summary>The command line.</summary>
internal static class Verbs
{
    /// <summary>All verbs, described in the user's language.</summary>
    public static RootCommand Root()
    {
        var root = new RootCommand(Bilingual.Here("Compiles a knowledge base of Markdown questions and answers into fine-tuning data.", "把写着问题和答案的 Markdown 知识库编译成微调数据。"))
        {
            CompileCommands.Check(),
            CompileCommands.Build(),
            ReportCommand.Create(),
            NewCommand.Create(),
            ExplainCommand.Create(),
            ImportCommand.Create(),
            LeaksCommand.Create(),
            DiffCommand.Create(),
            SignOffCommand.Create(),
            ReviewCommand.Create(),
            BaseModelCommand.Create(),
            CountTokensCommand.Create(),
            GenerateCommand.Create(),
            TrainCommand.Create(),
            InspectCommand.Create(),
            EvaluateCommand.Create(),
            FuseCommand.Create(),
            QuantizeCommand.Create(),
            GateCommand.Create(),
            CardCommand.Create(),
            ModelfileCommand.Create(),
            OllamaCommand.Create(),
            RestoreCommand.Create(),
            CompletionCommand.Create(),
            SettingsCommand.Create(),
            LlamaHostCommand.Create(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);

        // System.CommandLine has Chinese for the version, not for this.
        help.Description = Bilingual.Here(help.Description!, "显示帮助和用法信息");
        return root;
    }

    /// <summary>The commands that do something and are for people, each with the words that are typed: <c>new qa</c>.</summary>
    public static IEnumerable<(string Name, Command Verb)> Shown(Command command, string before = "") =>
        command.Subcommands.Where(c => !c.Hidden).SelectMany(c => c.Subcommands.Count > 0 ? Shown(c, $"{before}{c.Name} ") : [($"{before}{c.Name}", c)]);
}
