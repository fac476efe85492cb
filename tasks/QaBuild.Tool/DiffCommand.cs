using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review.Diff;
using QaBuild.Dataset.Review.Git;

namespace QaBuild.Tool;

/// <summary><c>qabuild diff REF</c>: what the changes since a commit do to the dataset.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var against = new Argument<string>("ref") { Description = Bilingual.Here("The commit to compare with: a branch, a tag or a hash.", "要与之比较的提交：分支、标签或哈希。") };
        var (kb, property, benchmark) = (CompileCommands.Kb(), CompileCommands.Property(), CompileCommands.Benchmark());
        var output = new Option<string>("--out", "-o") { Description = Bilingual.Here("The folder that gets diff.md and diff.json.", "diff.md 和 diff.json 写到这个目录。"), DefaultValueFactory = _ => Path.Combine("artifacts", "diff") };
        var command = new Verb(
            "diff",
            "Says what the changes since a commit do to the dataset: rows, balance, findings.",
            "说明自某个提交以来的改动对数据集的影响：数据行、均衡、诊断。",
            "qabuild diff main",
            "qabuild diff HEAD~1 kb -o artifacts/diff -p DuplicateAction=warn") { against, kb, output, property, benchmark };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(parsed.GetValue(against)!, CompileRequest.Of(parsed, kb, property, benchmark), Path.GetFullPath(parsed.GetValue(output)!), cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(string against, CompileRequest request, string output, CancellationToken cancellation)
    {
        try
        {
            var baseModel = request.DescribeBaseModel(cancellation);
            var compile = DiffCompile.Run(new DiffInputs(request.Files(cancellation), request.Settings, request.Benchmarks, baseModel, Path.Combine(output, "before")), against, cancellation);
            foreach (var skipped in compile.Skipped)
            {
                Console.WriteLine(skipped.ToString(CultureInfo.CurrentUICulture));
            }

            var diff = compile.Compare(CompileRequest.Counts(compile.Tokenizer, compile.Uncounted, cancellation), CultureInfo.CurrentUICulture);
            DiffCompile.Write(diff, output, CultureInfo.CurrentUICulture);
            Console.WriteLine(DiffMarkdown.Summary(diff, CultureInfo.CurrentUICulture));
            Console.WriteLine(Path.Combine(output, "diff.md"));
            return ExitCode.Success;
        }
        catch (GitFaultException e)
        {
            Console.WriteLine(e.Diagnostic.ToString(CultureInfo.CurrentUICulture));
            return ExitCode.Failed;
        }
    }
}
