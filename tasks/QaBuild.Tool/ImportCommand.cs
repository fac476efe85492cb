using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Importing;
using QaBuild.Dataset.Sources;

namespace QaBuild.Tool;

/// <summary><c>qabuild import FILE --to DIR</c>: writes qa files from datasets in other shapes.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "JSON or JSONL of alpaca, sharegpt, chat or completions rows, or an InstructLab qna.yaml." };
        var folder = new Option<string>("--to") { Description = "The KB that gets the files.", Required = true };
        var job = new Option<string?>("--job") { Description = "The job (职业). Default: 'imported'." };
        var skill = new Option<string?>("--skill") { Description = "The skill (知识点). Default: the file's name." };
        var level = new Option<string>("--level") { Description = "The level of every file.", DefaultValueFactory = _ => "m" };
        level.AcceptOnlyFromAmong("l", "m", "h");
        var eos = new Option<string?>("--eos") { Description = "A token to take off the ends of prompts and answers, besides the usual ones." };
        var command = new Verb(
            "import",
            "Writes qa files from a dataset in another shape.",
            "把其他形式的数据集写成 qa 文件。",
            "qabuild import alpaca.json --to kb --job dba --skill sql --level l") { file, folder, job, skill, level, eos };

        // Ctrl-C is heard only once the action has handed back its task.
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(
                new ImportOptions(parsed.GetValue(file)!, parsed.GetValue(folder)!)
                {
                    Job = parsed.GetValue(job),
                    Skill = parsed.GetValue(skill),
                    Level = Levels.Parse(parsed.GetValue(level)) ?? Level.Medium,
                    Eos = parsed.GetValue(eos),
                },
                cancellation),
            cancellation));
        return command;
    }

    private static int Run(ImportOptions options, CancellationToken cancellation)
    {
        ImportResult result;
        using (var line = new ProgressLine())
        {
            result = Importer.Run(options, progress => line.Show(elapsed => Phrase(progress, elapsed)), cancellation);
        }

        foreach (var line in result.Lines(CultureInfo.CurrentUICulture))
        {
            Console.WriteLine(line);
        }

        return result.Taken > 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static Phrase Phrase(ImportProgress progress, TimeSpan elapsed) =>
        new("ImportProgress", progress.Records, (long)(progress.Records / elapsed.TotalSeconds), progress.TotalBytes > 0 ? progress.Bytes * 100 / progress.TotalBytes : 0);
}
