using System.CommandLine;
using System.Globalization;
using System.Text;
using QaBuild.Dataset;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Sources;
using QaBuild.Model;
using QaBuild.Model.BaseModels;

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
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed.GetValue(kb), parsed.GetValue(property), parsed.GetValue(benchmark), null, cancellation), CancellationToken.None));
        return command;
    }

    public static Command Build()
    {
        var (kb, property, benchmark) = (Kb(), Property(), Benchmark());
        var output = new Option<string>("--out", "-o") { Description = "The folder of the dataset.", DefaultValueFactory = _ => Path.Combine("artifacts", "dataset") };
        var command = new Verb(
            "build",
            "Compiles a knowledge base as 'dotnet build' does, without MSBuild and always in full.",
            "像 'dotnet build' 一样编译知识库，但不经过 MSBuild，并且总是完整编译。",
            "qabuild build kb",
            "qabuild build kb -o artifacts/chat -p DatasetFormat=chat") { kb, output, property, benchmark };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed.GetValue(kb), parsed.GetValue(property), parsed.GetValue(benchmark), parsed.GetValue(output), cancellation), CancellationToken.None));
        return command;
    }

    private static Argument<string> Kb() => new("kb")
    {
        Description = "The folder that holds job_*. Default: kb, or else the current folder.",
        DefaultValueFactory = _ => Directory.Exists("kb") ? "kb" : ".",
    };

    private static Option<string[]> Benchmark() => new("--benchmark")
    {
        Description = "A file (JSONL, JSON or text) of an external test set that the dataset must share nothing with. May be given several times.",
    };

    private static Option<string[]> Property()
    {
        var option = new Option<string[]>("--property", "-p") { Description = "A property as for dotnet build, e.g. -p DatasetFormat=chat. May be given several times." };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"'{token.Value}' is not NAME=VALUE.");
            }
        });
        return option;
    }

    private static int Run(string? kb, string[]? properties, string[]? benchmarks, string? output, CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in properties ?? [])
        {
            var equals = property.IndexOf('=', StringComparison.Ordinal);
            settings[property[..equals]] = property[(equals + 1)..];
        }

        var fault = BaseModelFault(settings, cancellation);
        if (fault is not null)
        {
            Console.WriteLine(fault.ToString(CultureInfo.CurrentUICulture));
        }

        var files = Directory.Exists(kb) ? SourceList.Find(kb, cancellation) : new SourceList(kb!, [], []);
        var compilation = new Compilation(files, settings, benchmarks: benchmarks, baseModelFile: fault is null ? BaseModelCommand.DefaultOutput : null, cancellation: cancellation);
        compilation.Parse();
        compilation.Link();
        compilation.Check();
        compilation.Split();
        var emitted = compilation.Emit(Counts(compilation, cancellation));
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

    // A fault of the base model leaves those of the sources to be found.
    private static Diagnostic? BaseModelFault(Dictionary<string, string> settings, CancellationToken cancellation)
    {
        try
        {
            if (settings.GetValueOrDefault("BaseModel") is { Length: > 0 } model)
            {
                BaseModelCommand.Describe(model, BaseModelCommand.DefaultOutput, BaseModelCommand.DefaultWork, cancellation);
            }

            return null;
        }
        catch (ModelFaultException e)
        {
            return ModelFaultReport.Of(e);
        }
    }

    private static TokenCounts? Counts(Compilation compilation, CancellationToken cancellation)
    {
        if (compilation.Tokenizer is not { } tokenizer)
        {
            return null;
        }

        var file = Path.Combine(Path.GetDirectoryName(BaseModelCommand.DefaultOutput)!, "tokens.cache");
        var counts = TokenCounts.Read(file, tokenizer);
        if (compilation.Uncounted(counts) is { Count: > 0 } rows)
        {
            try
            {
                var lines = rows.Select(r => Encoding.UTF8.GetString(r.Json.Span).TrimEnd('\n')).ToArray();
                CountTokensCommand.CountAsync(lines, BaseModelDescription.Read(BaseModelCommand.DefaultOutput), file, cancellation).GetAwaiter().GetResult();
                counts = TokenCounts.Read(file, tokenizer);
            }
            catch (ModelFaultException e)
            {
                Console.WriteLine(ModelFaultReport.Of(e).ToString(CultureInfo.CurrentUICulture));
            }
        }

        return counts;
    }

    // A path is shorter, and may still be clicked, from where the user stands.
    private static Diagnostic Shown(Diagnostic diagnostic)
    {
        if (diagnostic.Location.Path.Length == 0)
        {
            return diagnostic;
        }

        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), diagnostic.Location.Path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? diagnostic : diagnostic with { Location = diagnostic.Location with { Path = relative } };
    }
}
