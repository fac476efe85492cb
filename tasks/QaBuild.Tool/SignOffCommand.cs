using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review;

namespace QaBuild.Tool;

/// <summary><c>qabuild signoff FILE… --reviewer NAME</c>: writes who read what a file says.</summary>
internal static class SignOffCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("file") { Description = Bilingual.Here("The qa files that were read.", "审阅过的 qa 文件。"), Arity = ArgumentArity.OneOrMore };
        var reviewer = new Option<string>("--reviewer", "-r") { Description = Bilingual.Here("Who read them.", "审阅者。"), Required = true };
        var kb = new Option<string>("--kb") { Description = Bilingual.Here("The folder that holds job_*. Default: kb, or else the current folder.", "含有 job_* 的目录。默认：有 kb 就是它，否则是当前目录。"), DefaultValueFactory = _ => CompileCommands.DefaultKb };
        var date = new Option<DateOnly>("--date") { Description = Bilingual.Here("The day, as 2027-01-15. Default: today.", "日期，例如 2027-01-15。默认：今天。"), DefaultValueFactory = _ => DateOnly.FromDateTime(DateTime.Now) };
        var command = new Verb(
            "signoff",
            "Signs off qa files: writes a line with the reviewer, the day and a hash of what was read.",
            "签署 qa 文件：写一行审阅者、日期和所审阅内容的哈希。",
            "qabuild signoff kb/job_dba/skill_sql/qa_l_001.md --reviewer \"J. Smith\"") { files, reviewer, kb, date };
        command.SetAction(parsed => Run(parsed.GetValue(files)!, new SignOffWriter(parsed.GetValue(kb)!, parsed.GetValue(reviewer)!, parsed.GetValue(date))));
        return command;
    }

    private static int Run(string[] files, SignOffWriter writer)
    {
        var result = writer.Sign(files);
        foreach (var diagnostic in result.Diagnostics)
        {
            Console.WriteLine(CompileCommands.Shown(diagnostic).ToString(CultureInfo.CurrentUICulture));
        }

        if (result.Diagnostics.Count > 0)
        {
            return ExitCode.Failed;
        }

        Console.WriteLine(Catalogue.Default.Format(new Phrase("SignedOff", result.Written, result.Current), CultureInfo.CurrentUICulture));
        return ExitCode.Success;
    }
}
