using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tool;

/// <summary><c>qabuild check</c> and <c>qabuild build</c>: the compile of <c>dotnet build</c>, without MSBuild.</summary>
internal static class CompileCommands
{
    public static Command Check()
    {
        var (kb, property, benchmark) = (Kb(), Property(), Benchmark());
        var command = new Verb(
            "check",
            "Reports every finding of a knowledge base; writes nothing.",
            "报告知识库的全部诊断，什么也不写。",
            "qabuild check",
            "qabuild check kb -p MaxShareOfJob=30 --benchmark benchmarks/mmlu.jsonl") { kb, property, benchmark };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(CompileRequest.Of(parsed, kb, property, benchmark), null, cancellation), CancellationToken.None));
        return command;
    }

    public static Command Build()
    {
        var (kb, property, benchmark) = (Kb(), Property(), Benchmark());
        var output = new Option<string>("--out", "-o") { Description = Bilingual.Here("The folder of the dataset.", "数据集目录。"), DefaultValueFactory = _ => Path.Combine("artifacts", "dataset") };
        var command = new Verb(
            "build",
            "Compiles a knowledge base as 'dotnet build' does, without MSBuild and always in full.",
            "像 'dotnet build' 一样编译知识库，但不经过 MSBuild，并且总是完整编译。",
            "qabuild build kb",
            "qabuild build kb -o artifacts/chat -p DatasetFormat=chat") { kb, output, property, benchmark };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(CompileRequest.Of(parsed, kb, property, benchmark), parsed.GetValue(output), cancellation), CancellationToken.None));
        return command;
    }

    /// <summary>The knowledge base when nothing is said.</summary>
    public static string DefaultKb => Directory.Exists("kb") ? "kb" : ".";

    /// <summary>The folder of the knowledge base, as every verb takes it.</summary>
    public static Argument<string> Kb() => new("kb")
    {
        Description = Bilingual.Here("The folder that holds job_*. Default: kb, or else the current folder.", "含有 job_* 的目录。默认：有 kb 就是它，否则是当前目录。"),
        DefaultValueFactory = _ => DefaultKb,
    };

    public static Option<string[]> Benchmark() => new("--benchmark")
    {
        Description = Bilingual.Here("A file (JSONL, JSON or text) of an external test set that the dataset must share nothing with. May be given several times.", "外部评测集的文件（JSONL、JSON 或文本），数据集不得与之重叠。可多次给出。"),
    };

    public static Option<string[]> Property()
    {
        var option = new Option<string[]>("--property", "-p") { Description = Bilingual.Here("A property as for dotnet build, e.g. -p DatasetFormat=chat. May be given several times.", "与 dotnet build 相同的属性，例如 -p DatasetFormat=chat。可多次给出。") };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError(Bilingual.Here($"'{token.Value}' is not NAME=VALUE.", $"'{token.Value}' 不是 NAME=VALUE 的形式。"));
            }
        });
        return option;
    }

    private static int Run(CompileRequest request, string? output, CancellationToken cancellation)
    {
        var (compilation, emitted) = request.Compile(cancellation);
        foreach (var diagnostic in compilation.Diagnostics)
        {
            Console.WriteLine(Shown(diagnostic).ToString(CultureInfo.CurrentUICulture));
        }

        if (emitted is null)
        {
            return ExitCode.Failed;
        }

        if (output is null)
        {
            return ExitCode.Success;
        }

        cancellation.ThrowIfCancellationRequested();
        try
        {
            emitted.WriteTo(Path.GetFullPath(output));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.WriteLine(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [output, e.Message]).ToString(CultureInfo.CurrentUICulture));
            return ExitCode.Failed;
        }

        Console.WriteLine(emitted.Summary(output, CultureInfo.CurrentUICulture));
        return ExitCode.Success;
    }

    /// <summary>A finding whose path is shorter, and may still be clicked, from where the user stands.</summary>
    public static Diagnostic Shown(Diagnostic diagnostic) =>
        diagnostic.Location.Path.Length == 0 ? diagnostic : diagnostic with { Location = diagnostic.Location with { Path = Shown(diagnostic.Location.Path) } };

    /// <summary>A path from where the user stands, when it lies below.</summary>
    public static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
