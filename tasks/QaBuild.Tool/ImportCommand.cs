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
        var file = new Argument<string>("file") { Description = Bilingual.Here("JSON or JSONL of alpaca, sharegpt, chat or completions rows, or an InstructLab qna.yaml.", "alpaca、sharegpt、chat 或 completions 行的 JSON 或 JSONL，或 InstructLab 的 qna.yaml。") };
        var folder = new Option<string>("--to") { Description = Bilingual.Here("The KB that gets the files.", "文件写入的知识库。"), Required = true };
        var job = new Option<string?>("--job") { Description = Bilingual.Here("The job (职业). Default: 'imported'.", "职业。默认：'imported'。") };
        var skill = new Option<string?>("--skill") { Description = Bilingual.Here("The skill (知识点). Default: the file's name.", "知识点。默认：文件名。") };
        var level = new Option<string>("--level") { Description = Bilingual.Here("The level of every file.", "所有文件的难度。"), DefaultValueFactory = _ => "m" };
        level.AcceptOnlyFromAmong("l", "m", "h");
        var eos = new Option<string?>("--eos") { Description = Bilingual.Here("A token to take off the ends of prompts and answers, besides the usual ones.", "除常见的标记之外，还要从问题和答案末尾去掉的标记。") };
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
