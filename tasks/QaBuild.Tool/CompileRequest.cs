using System.CommandLine;
using System.Globalization;
using System.Text;
using QaBuild.Dataset;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Sources;
using QaBuild.Model;
using QaBuild.Model.BaseModels;

namespace QaBuild.Tool;

/// <summary>What a command line says is to be compiled, and how.</summary>
/// <param name="Kb">The folder that holds <c>job_*</c>.</param>
/// <param name="Settings">Options by property name.</param>
/// <param name="Benchmarks">External test sets.</param>
internal sealed record CompileRequest(string Kb, Dictionary<string, string> Settings, string[] Benchmarks)
{
    /// <summary>Reads what the options of <see cref="CompileCommands"/> say.</summary>
    public static CompileRequest Of(ParseResult parsed, Argument<string> kb, Option<string[]> property, Option<string[]>? benchmark = null)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in parsed.GetValue(property) ?? [])
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            settings[text[..equals]] = text[(equals + 1)..];
        }

        return new CompileRequest(parsed.GetValue(kb)!, settings, benchmark is null ? [] : parsed.GetValue(benchmark) ?? []);
    }

    /// <summary>The sources; none when there is no such folder.</summary>
    public SourceList Files(CancellationToken cancellation) => Directory.Exists(Kb) ? SourceList.Find(Kb, cancellation) : new SourceList(Kb, [], []);

    /// <summary>Compiles; a fault of the base model is said, and all others are findings.</summary>
    /// <returns>The compile, and the dataset when there was no error.</returns>
    public (Compilation Compilation, Emitted? Emitted) Compile(CancellationToken cancellation)
    {
        var compilation = new Compilation(Files(cancellation), Settings, benchmarks: Benchmarks, baseModelFile: DescribeBaseModel(cancellation), cancellation: cancellation);
        compilation.Parse();
        compilation.Link();
        compilation.Check();
        compilation.Split();
        return (compilation, compilation.Emit(Counts(compilation.Tokenizer, compilation.Uncounted, cancellation)));
    }

    /// <summary>Finds out what the base model is. A fault of it is said, and leaves those of the sources to be found.</summary>
    /// <returns>base-model.json, or null when nothing could be found out.</returns>
    public string? DescribeBaseModel(CancellationToken cancellation)
    {
        try
        {
            if (Settings.GetValueOrDefault("BaseModel") is { Length: > 0 } model)
            {
                BaseModelCommand.Describe(model, BaseModelCommand.DefaultOutput, BaseModelCommand.DefaultWork, cancellation);
            }

            return BaseModelCommand.DefaultOutput;
        }
        catch (ModelFaultException e)
        {
            Console.WriteLine(ModelFaultReport.Of(e).ToString(CultureInfo.CurrentUICulture));
            return null;
        }
    }

    /// <summary>The tokens of rows, those counted now that nobody had counted; null without a tokenizer.</summary>
    public static TokenCounts? Counts(string? tokenizer, Func<TokenCounts, IReadOnlyList<Row>> uncounted, CancellationToken cancellation)
    {
        if (tokenizer is null)
        {
            return null;
        }

        var file = Path.Combine(Path.GetDirectoryName(BaseModelCommand.DefaultOutput)!, "tokens.cache");
        var counts = TokenCounts.Read(file, tokenizer);
        if (uncounted(counts) is { Count: > 0 } rows)
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
}
