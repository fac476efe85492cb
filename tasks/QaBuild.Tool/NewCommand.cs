using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Importing;
using QaBuild.Dataset.Sources;

namespace QaBuild.Tool;

/// <summary><c>qabuild new qa</c>: the next file of a skill.</summary>
internal static class NewCommand
{
    public static Command Create() => new Verb("new", "Writes a new source file.", "写出新的源文件。") { Qa() };

    private static Verb Qa()
    {
        var kb = CompileCommands.Kb();
        var job = Name("--job", "The job (职业).", "职业。");
        var skill = Name("--skill", "The skill (知识点).", "知识点。");
        var level = new Option<string>("--level") { Description = Bilingual.Here("How hard it is: low, medium or high.", "难度：l（初级）、m（中级）或 h（高级）。"), Required = true };
        level.AcceptOnlyFromAmong("l", "m", "h");
        var language = new Option<string?>("--language") { Description = Bilingual.Here("The language of the headings. Default: that of the messages.", "标题的语言。默认：与消息的语言相同。") };
        language.AcceptOnlyFromAmong("en", "zh");
        var command = new Verb(
            "qa",
            "Writes the next qa file of a skill, with its seven sections in place.",
            "写出一个知识点的下一个 qa 文件，七个章节都已就位。",
            "qabuild new qa --job \"Application Developer\" --skill SQL --level l",
            "qabuild new qa --job 数据库管理员 --skill 备份与恢复 --level h --language zh") { kb, job, skill, level, language };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var culture = CultureInfo.CurrentUICulture;
                var chinese = (parsed.GetValue(language) ?? culture.TwoLetterISOLanguageName) == "zh";
                var written = NewQa.Write(parsed.GetValue(kb)!, parsed.GetValue(job)!, parsed.GetValue(skill)!, Levels.Parse(parsed.GetValue(level))!.Value, chinese, cancellation);
                var path = Path.GetRelativePath(Directory.GetCurrentDirectory(), written.Path);
                Console.WriteLine(Catalogue.Default.Format(new Phrase("NewQaWritten", path, written.QuestionLine, written.AnswerLine), culture));
                return ExitCode.Success;
            },
            cancellation));
        return command;
    }

    private static Option<string> Name(string name, string english, string chinese)
    {
        var option = new Option<string>(name) { Description = Bilingual.Here(english, chinese), Required = true };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !NewQa.IsName(result.Tokens[0].Value))
            {
                result.AddError(Bilingual.Here($"{name} needs a name that a folder can have.", $"{name} 的值必须能用作目录名。"));
            }
        });
        return option;
    }
}
