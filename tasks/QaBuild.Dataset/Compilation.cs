using System.Collections.Immutable;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Dataset.Caching;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Documents;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Linking;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset;

/// <summary>
/// A compile of a knowledge base: parse, link, check, split, emit, in this order. Stages go on after errors as far as they can, so that one build finds
/// all faults; <see cref="Emit"/> makes files only when there was none. Same sources and options, same bytes.
/// </summary>
public sealed class Compilation
{
    // A file system stamps a write with the time of its last clock tick, which may lie before the write.
    private static readonly TimeSpan FileTimeResolution = TimeSpan.FromMilliseconds(20);

    private readonly DiagnosticBag _diagnostics = new();
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly SourceFile[] _sources;
    private readonly SourceFile[] _documentFiles;
    private readonly ParallelOptions _parallel;
    private readonly string? _cacheFile;
    private readonly string? _embeddingsFile;
    private ParsedSource[] _parsed = [];
    private Document[] _documents = [];
    private LinkGraph _graph = new([], []);
    private ModelTokens? _tokens;
    private SplitAssignment? _assignment;
    private SplitAssignment? _documentAssignment;

    /// <summary>Prepares a compile.</summary>
    /// <param name="kbRoot">The folder that holds <c>job_*</c>.</param>
    /// <param name="sources">The qa files.</param>
    /// <param name="documents">The documents.</param>
    /// <param name="settings">Options by property name; see <see cref="OptionReader.Names"/>.</param>
    /// <param name="cacheFile">Where what was made of each file is kept for the next compile; null for nowhere. Does not change the output.</param>
    /// <param name="threads">0 for one a processor. Does not change the output.</param>
    /// <param name="cancellation">Stops a stage with <see cref="OperationCanceledException"/>.</param>
    public Compilation(
        string kbRoot, IReadOnlyCollection<string> sources, IReadOnlyCollection<string> documents, IReadOnlyDictionary<string, string> settings,
        string? cacheFile = null, int threads = 0, CancellationToken cancellation = default)
    {
        _settings = settings;
        Options = OptionReader.Read(kbRoot, settings, _diagnostics);
        _sources = Array.FindAll(SourceFile.Below(kbRoot, sources), f => f.IsQa);
        _documentFiles = Options.DocumentFormat == DocumentFormat.None ? [] : SourceFile.Below(kbRoot, documents);
        _cacheFile = Options.ChainTurns ? null : cacheFile;
        _embeddingsFile = cacheFile is null ? null : Path.Combine(Path.GetDirectoryName(cacheFile) ?? "", "embeddings.cache");
        // The caller may itself run on a scheduler of its own, as MSBuild's tasks can; the loops are for the thread pool.
        _parallel = new ParallelOptions { TaskScheduler = TaskScheduler.Default, MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = cancellation };
    }

    /// <summary>When this compile began, UTC: what changes later may not be in it.</summary>
    public DateTime Started { get; } = DateTime.UtcNow - FileTimeResolution;

    /// <summary>The options as read.</summary>
    public CompilationOptions Options { get; }

    /// <summary>The units without an error, in ordinal order of their paths.</summary>
    public IReadOnlyList<QaUnit> Units => _graph.Units;

    /// <summary>Which question follows up which.</summary>
    public LinkGraph Graph => _graph;

    /// <summary>The findings so far, the project's settings and the sources' suppressions applied, in order.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; private set; } = [];

    /// <summary>Whether any finding is an error.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);

    /// <summary>Reads and parses every file.</summary>
    public void Parse()
    {
        if (_sources.Length == 0)
        {
            _diagnostics.Add(Rule.NoSources, Location.None, Options.KbRoot);
        }

        _tokens = ModelTokens.Resolve(Options, _diagnostics);
        var reader = new SourceReader(Options.KbRoot, _diagnostics);
        var qaParser = new QaParser(_diagnostics);
        ParsedSource Read(SourceFile file) => reader.Read(file, qaParser.Parse) ?? new ParsedSource(file, null, null);
        if (_cacheFile is null)
        {
            _parsed = Each(_sources, Read);
        }
        else
        {
            // What is wrong with a file was reported when it was read first.
            var (again, againParser) = (new SourceReader(Options.KbRoot, new DiagnosticBag()), new QaParser(new DiagnosticBag()));
            UnitText ReadText(SourceFile file) => again.Read(file, againParser.ParseText) ?? throw new IOException($"{file.FullPath} changed while it was being compiled.");
            var cache = UnitCache.Read(_cacheFile, CacheKey(), reader, ReadText);
            using var compiler = new UnitCompiler(new RowBuilder(Options, _tokens, _diagnostics), new SpecialTokens(_tokens.Special, _tokens.Eos), ReadText);
            _parsed = Each(_sources, file => cache?.Find(file) ?? compiler.Compile(Read(file)));
        }

        var documentParser = new DocumentParser(Options.MaxDocumentLength, _diagnostics);
        _documents = [.. Each(_documentFiles, file => reader.Read(file, documentParser.Parse)).OfType<Document>()];
    }

    /// <summary>Resolves 关联问题 over the whole KB.</summary>
    public void Link() => _graph = Linker.Link(_parsed, _diagnostics);

    /// <summary>Judges the content.</summary>
    public void Check()
    {
        var special = new SpecialTokens(_tokens!.Special, _tokens.Eos);
        ForEachUnit(i =>
        {
            var unit = _graph.Units[i];
            if (unit.Cached is not null)
            {
                return; // only what was found faultless is kept
            }

            special.Check(unit, _diagnostics);
            Nesting.Check(unit.Question.Text, unit.File.FullPath, unit.Question.BodyLine, _diagnostics);
            Nesting.Check(unit.Answer.Text, unit.File.FullPath, unit.Answer.BodyLine, _diagnostics);
        });
        SemanticDuplicates.Check(_graph.Units, Options, _embeddingsFile, _parallel, _diagnostics);
        foreach (var document in _documents)
        {
            foreach (var piece in document.Pieces)
            {
                special.Check(piece.Text, document.File.FullPath, piece.Line, _diagnostics);
            }
        }
    }

    /// <summary>Assigns units and documents to splits.</summary>
    public void Split()
    {
        var units = _graph.Units;
        var members = new SplitMember[units.Length];
        var groups = new DisjointSets(members.Length);
        for (var i = 0; i < units.Length; i++)
        {
            members[i] = Member(units[i].Id, units[i].File, units[i].FrontMatter);
            foreach (var parent in _graph.Parents[i])
            {
                groups.Join(i, parent);
            }
        }

        JoinSameQuestions(units, groups);
        _assignment = Splitter.Assign(members, groups, Options.SplitRatio, Options.SplitSeed, _diagnostics);

        // A document is a group of its own, and none makes up for a split without questions.
        _documentAssignment = Splitter.Assign(
            Array.ConvertAll(_documents, d => Member(d.Id, d.File, d.FrontMatter)), new DisjointSets(_documents.Length), Options.SplitRatio, Options.SplitSeed, diagnostics: null);
    }

    /// <summary>Makes the files of the dataset in memory, or none when there was an error.</summary>
    public Emitted? Emit()
    {
        var builder = new RowBuilder(Options, _tokens!, _diagnostics);
        var rows = builder.Rows(_graph, _assignment!.Splits, _assignment.Groups, _parallel);
        var documents = builder.Rows(_documents, _documentAssignment!.Splits, _documentAssignment.Groups, _parallel);
        ReportEmptySplits(rows);
        Diagnostics = FinalDiagnostics.Of(_diagnostics, _parsed, _documents, Options.Policy);
        if (HasErrors)
        {
            return null;
        }

        // A trainer reads one shape a file, so plain text goes to files of its own unless all rows are plain text.
        var together = Options.DocumentFormat == DocumentFormat.Title || Options.Format == DatasetFormat.Text;
        var files = Splits.All.Select(s => new DatasetFile(s.Name() + ".jsonl", s, Lines(together ? [.. rows, .. documents] : rows, s))).ToList();
        if (!together && documents.Length > 0)
        {
            files.AddRange(Splits.All.Select(s => new DatasetFile(Emitted.DocumentFile(s), s, Lines(documents, s))));
        }

        return new Emitted(files, Manifest.Write(Options, _settings, _tokens!, files), CachedUnits());
    }

    /// <summary>Runs all stages.</summary>
    public Emitted? Run()
    {
        Parse();
        Link();
        Check();
        Split();
        return Emit();
    }

    private string CacheKey() => string.Join('\n', [
        Path.GetFullPath(Options.KbRoot),
        .. _settings.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={s.Value}"),
        _tokens!.Eos,
        .. _tokens.Special.Order(StringComparer.Ordinal)]);

    /// <summary>What the next compile need not do again: what was made of units without a finding, which must be made each time.</summary>
    private CacheContent? CachedUnits()
    {
        if (_cacheFile is null)
        {
            return null;
        }

        // A few changed files are sooner read again than the cache is written.
        const int OneIn = 50;
        if (_graph.Units.Count(u => u.Cached is { IsKept: false }) * OneIn < _graph.Units.Length)
        {
            return null;
        }

        var faulty = _diagnostics.Paths();
        return new CacheContent(_cacheFile, CacheKey(), Started, [.. _graph.Units.Where(u => u.Cached is not null && !faulty.Contains(u.File.FullPath)).Select(u => u.Cached!)]);
    }

    private static SplitMember Member(string id, SourceFile file, FrontMatter front)
    {
        var (line, column) = front.PlaceOf("#/split");
        return new SplitMember(id, front.Split, new Location(file.FullPath, line, column));
    }

    private static List<Row> Lines(IEnumerable<Row> rows, Split split)
    {
        var lines = new List<Row>();
        foreach (var row in rows)
        {
            for (var times = row.Split != split ? 0 : split == Splitting.Split.Train ? row.Weight : 1; times > 0; times--)
            {
                lines.Add(row);
            }
        }

        return lines;
    }

    private void JoinSameQuestions(ImmutableArray<QaUnit> units, DisjointSets groups)
    {
        var keys = new TextKey[units.Length];
        ForEachUnit(i => keys[i] = units[i].Cached?.QuestionKey ?? TextKey.Of(units[i].Question.Text));
        var first = new Dictionary<TextKey, int>(units.Length);
        for (var i = 0; i < units.Length; i++)
        {
            Join(keys[i], i);
            foreach (var paraphrase in units[i].FrontMatter.Paraphrases)
            {
                Join(TextKey.Of(paraphrase.Text), i);
            }
        }

        void Join(TextKey key, int unit)
        {
            if (!first.TryAdd(key, unit))
            {
                groups.Join(unit, first[key]);
            }
        }
    }

    private void ReportEmptySplits(Row[] rows)
    {
        foreach (var split in Splits.All.Where(s => Options.SplitRatio[s] > 0 && _graph.Units.Length > 0 && !Array.Exists(rows, r => r.Split == s)))
        {
            _diagnostics.Add(Rule.EmptySplit, Location.None, split.Name());
        }
    }

    private TResult[] Each<TResult>(SourceFile[] files, Func<SourceFile, TResult> read)
    {
        var results = new TResult[files.Length];
        InParallel(files.Length, i => results[i] = read(files[i]));
        return results;
    }

    private void ForEachUnit(Action<int> body) => InParallel(_graph.Units.Length, body);

    private void InParallel(int count, Action<int> body) => Chunks.For(count, _parallel, (from, to) =>
    {
        for (var i = from; i < to; i++)
        {
            body(i);
        }
    });
}
