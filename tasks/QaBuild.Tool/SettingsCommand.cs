using System.CommandLine;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tool;

/// <summary>
/// <c>qabuild settings</c>: tells which properties of packaging cannot be used, so that nothing is trained for hours before it. Hidden: the steps that use the properties check
/// them, too.
/// </summary>
internal static class SettingsCommand
{
    public static Command Create()
    {
        var set = new Option<string[]>("--set") { Description = Bilingual.Here("A property and its value, NAME=VALUE.", "属性及其值，NAME=VALUE。"), AllowMultipleArgumentsPerToken = false };
        TrainCommand.RequirePairs(set);
        var command = new Command("settings") { set };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var values = new Dictionary<string, string>(TrainCommand.Pairs(parsed.GetValue(set)), StringComparer.Ordinal);
            var settings = new PackagingSettings(name => values.GetValueOrDefault(name));
            settings.FusedType();
            settings.Quantizations();
            if (values.GetValueOrDefault("GateQuestions") != "0")
            {
                settings.GateQuestions();
                settings.GateLimits();
            }

            settings.ThrowIfAny();
            return ExitCode.Success;
        });
        return command;
    }
}
