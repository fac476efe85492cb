using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tool;

/// <summary><c>qabuild explain CODE</c>: the help page of a finding.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var code = new Argument<string?>("code") { Description = Bilingual.Here("For example QA1004. Without one, all codes are listed.", "例如 QA1004。不给出时列出全部代码。"), Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--out", "-o") { Description = Bilingual.Here("Writes every page, in English and Chinese, into a folder.", "把全部帮助页（中英文）写到一个目录。") };
        var command = new Verb(
            "explain",
            "Says what a finding means and how to mend it.",
            "说明一个诊断的含义和修改办法。",
            "qabuild explain",
            "qabuild explain QA1004",
            "qabuild explain --out help") { code, output };
        command.SetAction(parsed => Run(parsed.GetValue(code), parsed.GetValue(output)));
        return command;
    }

    private static int Run(string? code, string? output)
    {
        var culture = CultureInfo.CurrentUICulture;
        if (output is not null)
        {
            HelpPage.WriteAll(output);
            return ExitCode.Success;
        }

        if (code is null)
        {
            foreach (var entry in Catalogue.Default.Entries)
            {
                Console.WriteLine($"{entry.Code}  {entry.Severity.ToString().ToLowerInvariant(),-7}  {entry.Title.In(culture)}");
            }

            return ExitCode.Success;
        }

        if (Catalogue.Default.Find(code) is not { } found)
        {
            Console.Error.WriteLine(Catalogue.Default.Format(new Phrase("NoSuchCode", code), culture));
            return ExitCode.Failed;
        }

        Console.Write(HelpPage.Write(found, culture));
        return ExitCode.Success;
    }
}
