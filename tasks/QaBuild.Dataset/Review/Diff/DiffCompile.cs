using System.Globalization;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Review.Git;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Review.Diff;

/// <summary>What is compared, and how it is compiled: both sides alike.</summary>
/// <param name="Files">The knowledge base as it is.</param>
/// <param name="Settings">Options by property name.</param>
/// <param name="Benchmarks">External test sets, for both sides as they are now.</param>
/// <param name="BaseModelFile">base-model.json, with a base model.</param>
/// <param name="WorkFolder">Where the files of the commit lie while they are compiled.</param>
public sealed record DiffInputs(SourceList Files, IReadOnlyDictionary<string, string> Settings, IReadOnlyCollection<string> Benchmarks, string? BaseModelFile, string WorkFolder);

/// <summary>Compiles the knowledge base as it is and as it was at a commit.</summary>
public sealed class DiffCompile
{
    private readonly GitRepository _repository;
    private readonly GitCommit _commit;
    private readonly Compilation? _before;
    private readonly Compilation _now;

    private DiffCompile(GitRepository repository, GitCommit commit, Compilation? before, Compilation now, IReadOnlyList<Diagnostic> skipped) =>
        (_repository, _commit, _before, _now, Skipped) = (repository, commit, before, now, skipped);

    /// <summary>Files of the commit that were not read, and so are not compared.</summary>
    public IReadOnlyList<Diagnostic> Skipped { get; }

    /// <summary>The tokenizer that rows are counted by; null without a base model.</summary>
    public string? Tokenizer => _now.Tokenizer ?? _before?.Tokenizer;

    /// <summary>Runs all stages but the last of both sides. The files of the commit are gone afterwards.</summary>
    /// <exception cref="GitFaultException">Git cannot give the commit.</exception>
    /// <exception cref="IOException">The files of the commit cannot be written.</exception>
    public static DiffCompile Run(DiffInputs inputs, string against, CancellationToken cancellation = default)
    {
        var repository = GitRepository.Of(inputs.Files.Root, cancellation);
        var commit = repository.Commit(against);
        var now = Compile(inputs.Files, inputs, cancellation);
        var folder = $"{Path.TrimEndingDirectorySeparator(inputs.WorkFolder)}.{Environment.ProcessId}";
        var skipped = new DiagnosticBag();
        try
        {
            if (repository.Tree(commit) is not { } tree)
            {
                return new DiffCompile(repository, commit, null, now, []);
            }

            tree.WriteTo(folder, skipped);
            var files = Selected(SourceList.Find(folder, cancellation), inputs.Files);
            return new DiffCompile(repository, commit, files.Sources.Any(s => s.IsQa) ? Compile(files, inputs, cancellation) : null, now, skipped.Sorted());
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>The rows whose tokens nobody counted, one of each text.</summary>
    public IReadOnlyList<Row> Uncounted(TokenCounts counts) =>
        [.. _now.Uncounted(counts).Concat(_before?.Uncounted(counts) ?? []).DistinctBy(r => TokenCounts.KeyOf(r.Json.Span))];

    /// <summary>Compares.</summary>
    /// <param name="counts">The tokens of rows; needed when there is a <see cref="Tokenizer"/>.</param>
    /// <param name="culture">The language of the findings.</param>
    public DatasetDiff Compare(TokenCounts? counts, CultureInfo culture)
    {
        var before = _before is null ? DiffSide.Empty : DiffSide.Of(_before, _before.Emit(counts), _repository.Root, culture);
        return DatasetDiff.Between(_commit, before, DiffSide.Of(_now, _now.Emit(counts), _repository.Root, culture));
    }

    /// <summary>Writes diff.md and diff.json.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(DatasetDiff diff, string folder, CultureInfo culture)
    {
        using var outputs = new OutputFiles();
        outputs.Stage(Path.Combine(folder, "diff.md"), [Encoding.UTF8.GetBytes(DiffMarkdown.Write(diff, culture))]);
        outputs.Stage(Path.Combine(folder, "diff.json"), [DiffJson.Write(diff)]);
        outputs.Commit();
    }

    private static Compilation Compile(SourceList files, DiffInputs inputs, CancellationToken cancellation)
    {
        var compilation = new Compilation(files, inputs.Settings, benchmarks: inputs.Benchmarks, baseModelFile: inputs.BaseModelFile, cancellation: cancellation);
        compilation.Parse();
        compilation.Link();
        compilation.Check();
        compilation.Split();
        return compilation;
    }

    // What a project takes from the default items today it takes from those of the commit, too.
    private static SourceList Selected(SourceList old, SourceList now)
    {
        var all = SourceList.Find(now.Root);
        var left = all.Sources.Concat(all.Documents).Select(f => f.RelativePath).Except(now.Sources.Concat(now.Documents).Select(f => f.RelativePath)).ToHashSet(StringComparer.Ordinal);
        return left.Count == 0 ? old : new SourceList(
            old.Root, [.. old.Sources.Where(f => !left.Contains(f.RelativePath)).Select(f => f.FullPath)], [.. old.Documents.Where(f => !left.Contains(f.RelativePath)).Select(f => f.FullPath)]);
    }
}
