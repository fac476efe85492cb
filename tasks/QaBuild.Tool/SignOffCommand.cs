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
        var files = new Argument<string[]>("file") { Description = "The qa files that were read.", Arity = ArgumentArity.OneOrMore };
        var reviewer = new Option<string>("--reviewer", "-r") { Description = "Who read them.", Required = true };
        var kb = new Option<string>("--kb") { Description = "The folder that holds job_*. Default: kb, or else the current folder.", DefaultValueFactory = _ => CompileCommands.DefaultKb };
        var date = new Option<DateOnly>("--date") { Description = "The day, as 2027-01-15. Default: today.", DefaultValueFactory = _ => DateOnly.FromDateTime(DateTime.Now) };
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
