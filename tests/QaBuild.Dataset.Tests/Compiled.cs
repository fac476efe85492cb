using System.Globalization;
using System.Text;
using System.Text.Json;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests;

/// <summary>A small KB, compiled.</summary>
internal sealed class Compiled
{
    private Compiled(Compilation compilation, Emitted? emitted, string root)
    {
        (Compilation, Emitted, Root) = (compilation, emitted, root);
    }

    public Compilation Compilation { get; }

    public Emitted? Emitted { get; }

    public string Root { get; }

    public IReadOnlyList<Diagnostic> Diagnostics => Compilation.Diagnostics;

    public IEnumerable<string> Codes => Diagnostics.Select(d => d.Code);

    /// <summary>Findings that have a file, as <c>QA1004(3,1)</c>.</summary>
    public IEnumerable<string> Found => Diagnostics.Where(d => d.Location.Path.Length > 0).Select(d => $"{d.Code}({d.Location.Line},{d.Location.Column})");

    /// <summary>English, one a line, with paths below the KB.</summary>
    public string Report => string.Join('\n', Diagnostics.Select(d => d.ToString(CultureInfo.GetCultureInfo("en")).Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)));

    /// <summary>The rows of all splits, without line ends.</summary>
    public string[] Rows => [.. Emitted!.Files.SelectMany(f => f.Lines).Select(r => Encoding.UTF8.GetString(r.Json.Span).TrimEnd('\n'))];

    /// <summary>The units without an error.</summary>
    public IReadOnlyList<QaUnit> Units => Compilation.Units;

    /// <summary>The only unit.</summary>
    public QaUnit Unit => Assert.Single(Units);

    /// <summary>The only row, parsed.</summary>
    public JsonElement Row => JsonSerializer.Deserialize<JsonElement>(Assert.Single(Rows));

    /// <summary>manifest.json as text.</summary>
    public string Manifest => Encoding.UTF8.GetString([.. Emitted!.Manifest.SelectMany(c => c.ToArray())]);

    /// <summary>Every file that would be written: name and text.</summary>
    public Dictionary<string, string> Outputs => Emitted!.Files
        .ToDictionary(f => f.Name, f => string.Concat(f.Lines.Select(r => Encoding.UTF8.GetString(r.Json.Span))))
        .Append(new("manifest.json", Manifest)).ToDictionary();

    /// <summary>The split of each source, by its path below the KB.</summary>
    public Dictionary<string, string> Splits => Emitted!.Files.SelectMany(f => f.Lines).DistinctBy(r => r.Source).ToDictionary(r => r.Source, r => r.Split.ToString());

    /// <summary>The rows of a file of the dataset.</summary>
    public IReadOnlyList<Row> In(string file) => Emitted!.Files.Single(f => f.Name == file).Lines;

    /// <summary>Compiles files, given by their paths below the KB.</summary>
    public static Compiled Of(IReadOnlyDictionary<string, string> files, params (string Name, string Value)[] options)
    {
        using var folder = new TemporaryFolder();
        foreach (var (path, text) in files)
        {
            folder.Write(path, text);
        }

        return At(folder.Path, options);
    }

    /// <summary>Compiles one file at <c>job_dba/skill_sql/qa_l_001.md</c>.</summary>
    public static Compiled Of(string text, params (string Name, string Value)[] options) => Of(new Dictionary<string, string> { [Qa.Path] = text }, options);

    /// <summary>Compiles files that must share nothing with an external test set.</summary>
    public static Compiled Against(string benchmarkName, string benchmark, IReadOnlyDictionary<string, string> files, params (string Name, string Value)[] options)
    {
        using var folder = new TemporaryFolder();
        foreach (var (path, text) in files)
        {
            folder.Write("kb/" + path, text);
        }

        var compilation = new Compilation(
            SourceList.Find(Path.Combine(folder.Path, "kb")), Settings([.. options.Prepend(("SplitRatio", "1/0/0"))]), benchmarks: [folder.Write(benchmarkName, benchmark)]);
        return new Compiled(compilation, compilation.Run(), folder.Path);
    }

    /// <summary>Compiles one file at <c>job_dba/skill_sql/qa_l_001.md</c>.</summary>
    public static Compiled Of(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Write(Qa.Path, ""), bytes);
        return At(folder.Path);
    }

    /// <summary>Compiles a KB on disk.</summary>
    public static Compiled At(string root, params (string Name, string Value)[] options)
    {
        var kb = KnowledgeBase.Find(root);
        return With(root, kb.Sources, kb.Documents, options);
    }

    /// <summary>Compiles a KB on disk that must share nothing with benchmarks.</summary>
    public static Compiled At(string root, IReadOnlyCollection<string> benchmarks, params (string Name, string Value)[] options)
    {
        var compilation = new Compilation(SourceList.Find(root), options.ToDictionary(), benchmarks: benchmarks);
        return new Compiled(compilation, compilation.Run(), root);
    }

    /// <summary>Compiles a KB on disk for a base model, each of whose rows has a token.</summary>
    public static Compiled For(string baseModel, string description, string root)
    {
        var compilation = new Compilation(SourceList.Find(root), Settings([("BaseModel", baseModel)]), baseModelFile: description);
        compilation.Parse();
        compilation.Link();
        compilation.Check();
        compilation.Split();
        using var folder = new TemporaryFolder();
        var none = TokenCounts.Read(Path.Combine(folder.Path, "none"), compilation.Tokenizer!);
        var counts = folder.Write("tokens.cache", compilation.Tokenizer + "\n" + string.Concat(compilation.Uncounted(none).Select(r => $"{TokenCounts.KeyOf(r.Json.Span)} 1\n")));
        return new Compiled(compilation, compilation.Emit(TokenCounts.Read(counts, compilation.Tokenizer!)), root);
    }

    /// <summary>Compiles these files of a KB on disk.</summary>
    public static Compiled With(
        string root, IReadOnlyCollection<string> sources, IReadOnlyCollection<string>? documents = null, (string Name, string Value)[]? options = null, int threads = 0, string? cacheFile = null)
    {
        var compilation = new Compilation(new SourceList(root, sources, documents ?? []), Settings(options ?? []), cacheFile, threads: threads);
        return new Compiled(compilation, compilation.Run(), root);
    }

    // Most tests write the same short question into many files: those that are about duplicates say so.
    private static Dictionary<string, string> Settings((string Name, string Value)[] options)
    {
        var settings = options.ToDictionary(o => o.Name, o => o.Value);
        if (!settings.Keys.Any(name => name.StartsWith("Duplicate", StringComparison.Ordinal)))
        {
            settings["DuplicateAction"] = "warn";
            settings["NoWarn"] = settings.GetValueOrDefault("NoWarn") + ";QA3001;QA3002;QA3003;QA3004;QA3005;QA3006;QA3008;QA3009";
        }

        return settings;
    }
}
