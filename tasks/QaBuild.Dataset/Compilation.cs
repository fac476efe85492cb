using System.Text;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Balance;
using QaBuild.Dataset.Analysis.Contamination;
using QaBuild.Dataset.Analysis.Content;
using QaBuild.Dataset.Analysis.Duplicates;
using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Dataset.Caching;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Documents;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Linking;
using QaBuild.Dataset.Review;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset;

/// <summary>
/// A compile of a knowledge base: parse, link, check, split, emit, in this order. Stages go on after errors as far as they can, so that one build finds
/// all faults; <see cref="Emit"/> makes files only when there was none. Same sources and options, same bytes.
/// </summary>
public sealed class Compilation
{
    private readonly DiagnosticBag _diagnostics = new();
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly SourceFile[] _sources;
    private readonly IReadOnlyList<SourceFile> _documentFiles;
    private readonly IReadOnlyCollection<string> _benchmarkFiles;
    private readonly ParallelOptions _parallel;
    private readonly string? _cacheFile;
    private readonly ContentChecks _content;
    private readonly string? _embeddingsFile;
    private readonly string? _baseModelFile;
    private ParsedSource[] _parsed = [];
    private Document[] _documents = [];
    private LinkGraph _graph = new([], []);
    private ModelTokens? _tokens;
    private SpecialTokens? _special;
    private RowBuilder? _rows;
    private BenchmarkSet? _benchmarks;
    private IReadOnlySet<string> _faulty = new HashSet<string>();
    private UnitAnalysis[] _analyses = [];
    private DuplicateReport _duplicates = DuplicateReport.Empty;
    private SplitAssignment? _assignment;
    private SplitAssignment? _documentAssignment;
    private Row[]? _unitRows;
    private Row[]? _documentRows;
    private Task? _keeping;

    /// <summary>Prepares a compile.</summary>
    /// <param name="files">The knowledge base.</param>
    /// <param name="settings">Options by property name; see <see cref="OptionReader.Names"/>.</param>
    /// <param name="cacheFile">Where what was made of each file is kept for the next compile; null for nowhere. Does not change the output.</param>
    /// <param name="benchmarks">Files of external test sets that the dataset must share nothing with.</param>
    /// <param name="baseModelFile">base-model.json, when <see cref="CompilationOptions.BaseModel"/> is set.</param>
    /// <param name="threads">0 for one a processor. Does not change the output.</param>
    /// <param name="cancellation">Stops a stage with <see cref="OperationCanceledException"/>.</param>
    public Compilation(
        SourceList files, IReadOnlyDictionary<string, string> settings, string? cacheFile = null, IReadOnlyCollection<string>? benchmarks = null, string? baseModelFile = null, int threads = 0,
        CancellationToken cancellation = default)
    {
        _baseModelFile = baseModelFile;
        _settings = settings;
        Started = files.Time;
        Options = OptionReader.Read(files.Root, settings, _diagnostics);
        _content = new ContentChecks(Options, new KbFiles(files.Root).Holds);
        _sources = [.. files.Sources.Where(f => f.IsQa)];
        _documentFiles = Options.DocumentFormat == DocumentFormat.None ? [] : files.Documents;
        _benchmarkFiles = benchmarks ?? [];
        _cacheFile = Options.ChainTurns ? null : cacheFile;
        _embeddingsFile = cacheFile is null ? null : Path.Combine(Path.GetDirectoryName(cacheFile) ?? "", "embeddings.cache");
        // The caller may itself run on a scheduler of its own, as MSBuild's tasks can; the loops are for the thread pool.
        _parallel = new ParallelOptions { TaskScheduler = TaskScheduler.Default, MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = cancellation };
    }

    /// <summary>When this compile began, UTC: what changes later may not be in it.</summary>
    public DateTime Started { get; }

    /// <summary>The options as read.</summary>
    public CompilationOptions Options { get; }

    /// <summary>The units without an error, in ordinal order of their paths.</summary>
    public IReadOnlyList<QaUnit> Units => _graph.Units;

    /// <summary>Which question follows up which.</summary>
    public LinkGraph Graph => _graph;

    /// <summary>The units that stand in the dataset, and where; after the split. What is left out teaches a model nothing.</summary>
    internal IEnumerable<(QaUnit Unit, Split Split)> Placed
    {
        get
        {
            for (var i = 0; i < _graph.Units.Length; i++)
            {
                if (_duplicates.Dropped[i] is null && _rows!.IsSelected(_graph.Units[i]))
                {
                    yield return (_graph.Units[i], _assignment!.Splits[i]);
                }
            }
        }
    }

    /// <summary>The findings so far, the project's settings and the sources' suppressions applied, in order.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; private set; } = [];

    /// <summary>Whether any finding is an error.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);

    /// <summary>Reads and parses every file.</summary>
    public void Parse() => Parse(null);

    /// <summary>Parses every file.</summary>
    /// <param name="contentOf">What stands in a file, in memory; null to read it.</param>
    internal void Parse(Func<SourceFile, byte[]>? contentOf)
    {
        if (_sources.Length == 0)
        {
            _diagnostics.Add(Rule.NoSources, Location.None, Options.KbRoot);
        }

        _tokens = ModelTokens.Resolve(Options, _baseModelFile, _diagnostics);
        _special = new SpecialTokens(_tokens.Special, _tokens.Eos);
        _rows = new RowBuilder(Options, _tokens, _diagnostics);
        _benchmarks = BenchmarkSet.Read(_benchmarkFiles, _diagnostics, _parallel.CancellationToken);
        var reader = new SourceReader(Options.KbRoot, _diagnostics);
        var qaParser = new QaParser(_diagnostics);
        T? From<T>(SourceReader source, SourceFile file, Func<SourceFile, ReadOnlySpan<char>, T?> parse)
            where T : class => contentOf is null ? source.Read(file, parse) : source.Decode(file, contentOf(file), parse);
        ParsedSource Read(SourceFile file) => From(reader, file, qaParser.Parse) ?? new ParsedSource(file, null, null);
        if (_cacheFile is null)
        {
            _parsed = Each(_sources, Read);
        }
        else
        {
            // What is wrong with a file was reported when it was read first.
            var (again, againParser) = (new SourceReader(Options.KbRoot, new DiagnosticBag()), new QaParser(new DiagnosticBag()));
            UnitText ReadText(SourceFile file) => From(again, file, againParser.ParseText) ?? Changed(file);
            var cache = UnitCache.Read(_cacheFile, CacheKey(), reader, ReadText);
            using var compiler = new UnitCompiler(_rows, _special, _content, _benchmarks, LooksForSimilar, ReadText);
            ParsedSource Bytes(SourceFile file, ReadOnlySpan<byte> bytes) => compiler.Compile(file, bytes) ?? compiler.Compile(reader.Decode(file, bytes, qaParser.Parse) ?? new ParsedSource(file, null, null));
            Func<SourceFile, ReadOnlySpan<byte>, ParsedSource> parse = Bytes; // made once: a conversion of its own for each file is an object
            _parsed = new ParsedSource[_sources.Length];
            Chunks.For(_sources.Length, _parallel, (from, to) =>
            {
                using var folder = reader.Folder();
                for (var i = from; i < to; i++)
                {
                    var file = _sources[i];
                    _parsed[i] = cache?.Find(file, i) ?? (contentOf is null ? reader.ReadBytes(file, folder, parse) : parse(file, contentOf(file))) ?? new ParsedSource(file, null, null);
                }
            });
            _faulty = _diagnostics.Paths();
        }

        var documentParser = new DocumentParser(Options.MaxDocumentLength, _diagnostics);
        _documents = [.. Each(_documentFiles, file => reader.Read(file, documentParser.Parse)).OfType<Document>()];
    }

    /// <summary>Resolves 关联问题 over the whole KB.</summary>
    public void Link() => _graph = Linker.Link(_parsed, _diagnostics, _parallel);

    /// <summary>Judges the content.</summary>
    public void Check()
    {
        var units = _graph.Units;
        _analyses = new UnitAnalysis[units.Length];
        ForEachUnit(i =>
        {
            var unit = units[i];
            if (unit.Cached is { } cached)
            {
                _analyses[i] = cached.Analysis;
                return; // only what was found faultless is kept
            }

            _analyses[i] = UnitAnalysis.Of(new MarkedText(unit.Question.Text), new MarkedText(unit.Answer.Text), LooksForSimilar);
            _content.Check(unit, _diagnostics);
            _special!.Check(unit, _diagnostics);
            Nesting.Check(unit.Question.Text, unit.File.FullPath, unit.Question.BodyLine, _diagnostics);
            Nesting.Check(unit.Answer.Text, unit.File.FullPath, unit.Answer.BodyLine, _diagnostics);
        });
        ReviewChecks.Check(units, _diagnostics);
        _content.CheckOptions(_diagnostics);
        Parallel.Invoke(
            _parallel,
            () => _content.Check(units, _analyses, _diagnostics),
            () => _duplicates = DuplicateChecks.Check(units, _analyses, _rows!.IsSelected, Options, _parallel, _diagnostics));
        var meant = SemanticDuplicates.Check(units, _analyses, _duplicates.Dropped, Options, _embeddingsFile, _parallel, _diagnostics);
        _duplicates = _duplicates with { Pairs = [.. _duplicates.Pairs, .. meant] };
        foreach (var document in _documents)
        {
            _content.Check(document, _diagnostics);
            foreach (var piece in document.Pieces)
            {
                _special!.Check(piece.Text, document.File.FullPath, piece.Line, _diagnostics);
            }
        }

        CheckBenchmarks();
    }

    /// <summary>Assigns units and documents to splits.</summary>
    public void Split()
    {
        var units = _graph.Units;
        var members = new SplitMember[units.Length];
        var groups = new DisjointSets(members.Length);

        // The pin of what is left out holds nothing in place.
        ForEachUnit(i => members[i] = new(units[i].Id, units[i].File, _duplicates.Dropped[i] is null ? units[i].FrontMatter : FrontMatter.Empty));
        for (var i = 0; i < units.Length; i++)
        {
            for (var parent = 0; parent < _graph.Parents[i].Count; parent++)
            {
                groups.Join(i, _graph.Parents[i][parent]);
            }
        }

        DuplicateSplits.Join(_duplicates, units, groups, _diagnostics);
        _assignment = Splitter.Assign(members, groups, Options.SplitRatio, Options.SplitSeed, _diagnostics);
        RequireReviews();

        // A document is a group of its own, and none makes up for a split without questions.
        _documentAssignment = Splitter.Assign(
            Array.ConvertAll(_documents, d => new SplitMember(d.Id, d.File, d.FrontMatter)), new DisjointSets(_documents.Length), Options.SplitRatio, Options.SplitSeed, diagnostics: null);
    }

    /// <summary>The tokenizer that rows are counted by; null without a base model: lengths are then in characters.</summary>
    public string? Tokenizer => _tokens?.Tokenizer;

    /// <summary>The rows whose tokens nobody counted, one of each text.</summary>
    public IReadOnlyList<Row> Uncounted(TokenCounts counts)
    {
        MakeRows();
        return [.. _unitRows!.Concat(_documentRows!).Where(r => counts.Of(r) is null).DistinctBy(r => TokenCounts.KeyOf(r.Json.Span))];
    }

    /// <summary>Makes the files of the dataset in memory, or none when there was an error.</summary>
    /// <param name="counts">The tokens of rows; needed when there is a <see cref="Tokenizer"/>.</param>
    public Emitted? Emit(TokenCounts? counts = null)
    {
        BalanceTable? balance = null;
        Parallel.Invoke(_parallel, MakeRows, () => balance = Balance());
        var (rows, documents) = (_unitRows!, _documentRows!);
        if (Tokenizer is not null)
        {
            CheckTokens([.. rows, .. documents], counts);
        }

        ReportEmptySplits(rows);
        Options.Balance.Check(balance!, _diagnostics);
        Diagnostics = FinalDiagnostics.Of(_diagnostics, _parsed, _documents, Options.Policy);
        if (HasErrors)
        {
            return null;
        }

        // A trainer reads one shape a file, so plain text goes to files of its own unless all rows are plain text.
        var together = Options.DocumentFormat == DocumentFormat.Title || Options.Format == DatasetFormat.Text;
        var lines = Lines(together ? [.. rows, .. documents] : rows);
        var files = new List<DatasetFile>();
        foreach (var split in Splits.All)
        {
            files.Add(new DatasetFile(split.Name() + ".jsonl", split, lines[(int)split]));
        }

        if (!together && documents.Length > 0)
        {
            lines = Lines(documents);
            foreach (var split in Splits.All)
            {
                files.Add(new DatasetFile(Emitted.DocumentFile(split), split, lines[(int)split]));
            }
        }

        return new Emitted(
            files,
            () => Manifest.Write(Options, _settings, _tokens!, balance!, files, _parallel),
            () => DroppedRows.Write(_graph.Units, _duplicates.Dropped, rows, _rows!, Options),
            balance!);
    }

    /// <summary>The rows of units, without regard to weights; after <see cref="Emit"/>.</summary>
    internal IReadOnlyList<Row> UnitRows => _unitRows ?? [];

    /// <summary>The rows of documents; after <see cref="Emit"/>.</summary>
    internal IReadOnlyList<Row> DocumentRows => _documentRows ?? [];

    /// <summary>What the comparison of all units found; after <see cref="Check"/>.</summary>
    internal DuplicateReport Duplicates => _duplicates;

    /// <summary>Whether the filters leave a unit in the dataset; a duplicate that is dropped may be such a one.</summary>
    internal bool IsSelected(int unit) => _rows!.IsSelected(_graph.Units[unit]);

    /// <summary>The split of a unit's rows; after <see cref="Split"/>.</summary>
    internal Splitting.Split SplitOf(int unit) => _assignment!.Splits[unit];

    /// <summary>What a unit is counted by; after <see cref="Check"/>.</summary>
    internal UnitTraits TraitsOf(int unit) => _analyses[unit].Traits;

    /// <summary>Runs all stages.</summary>
    public Emitted? Run()
    {
        Parse();
        Link();
        Check();
        Split();
        return Emit();
    }

    private void MakeRows()
    {
        _unitRows ??= _rows!.Rows(_graph, _duplicates.Dropped, _assignment!.Splits, _assignment.Groups, _parallel);
        _documentRows ??= _rows!.Rows(_documents, _documentAssignment!.Splits, _documentAssignment.Groups, _parallel);
    }

    private void RequireReviews()
    {
        if (Options.Reviews.IsNone)
        {
            return;
        }

        foreach (var (unit, split) in Placed)
        {
            ReviewChecks.Require(Options.Reviews, unit, split, _diagnostics);
        }
    }

    private void CheckTokens(Row[] rows, TokenCounts? counts)
    {
        InParallel(rows.Length, i => rows[i].Tokens = counts?.Of(rows[i]));
        if (rows.Count(r => r.Tokens is null) is > 0 and var uncounted)
        {
            _diagnostics.Add(Rule.TokensUncounted, Location.None, uncounted);
        }

        foreach (var row in rows.Where(r => r.Tokens > Options.MaxSequenceLength))
        {
            _diagnostics.Add(
                Rule.TooLong, new Location(row.File.FullPath, row.Line, 1),
                new Phrase("InTokens", row.Tokens!.Value), row.Tokens.Value - Options.MaxSequenceLength, Options.MaxSequenceLength);
        }
    }

    private bool LooksForSimilar => Options.DuplicateWarnThreshold < 1;

    // Not the settings that only judge what is kept: another threshold makes no other signature.
    private string CacheKey()
    {
        string[] names = [.. _settings.Keys], special = [.. _tokens!.Special];
        Array.Sort(names, StringComparer.Ordinal);
        Array.Sort(special, StringComparer.Ordinal);
        var key = new StringBuilder().AppendLine(Path.GetFullPath(Options.KbRoot)).AppendLine(LooksForSimilar ? "similar" : "same");
        foreach (var name in names)
        {
            if (!OptionReader.JudgesOnly(name))
            {
                key.Append(name).Append('=').AppendLine(_settings[name]);
            }
        }

        return key.AppendLine(_tokens.Eos).AppendLine(_benchmarks?.Digest).AppendJoin('\n', special).ToString();
    }

    /// <summary>
    /// Keeps, after <see cref="Parse()"/>, what the next compile need not do again: what was made of units in whose files nothing was found on reading them. What later
    /// stages find they find again, so that they need not be waited for: this runs beside them.
    /// </summary>
    public Task KeepUnits() => _keeping ??= _cacheFile is null ? Task.CompletedTask : Task.Run(() => UnitsToKeep(_cacheFile)?.Write());

    private CacheContent? UnitsToKeep(string cacheFile)
    {
        // A few changed files are sooner read again than the cache is written.
        const int OneIn = 50;
        var (units, all, made) = (new List<QaUnit>(_parsed.Length), 0, 0);
        foreach (var source in _parsed)
        {
            all += source.Unit is null ? 0 : 1;
            if (source.Unit?.Cached is { } cached)
            {
                made += cached.IsKept ? 0 : 1;
                if (_faulty.Count == 0 || !_faulty.Contains(source.File.FullPath))
                {
                    units.Add(source.Unit);
                }
            }
        }

        return made * OneIn < all ? null : new CacheContent(cacheFile, CacheKey(), Started, units);
    }

    // Its unit was made of what it held before; nothing is written.
    private UnitText Changed(SourceFile file)
    {
        _diagnostics.Add(Rule.FileUnreadable, Location.Start(file.FullPath), new Phrase("FileChanged"));
        var nothing = new SectionText("", 1, 1, 1);
        return new UnitText("", "", nothing, nothing, nothing);
    }

    /// <summary>The lines of each split, those of a higher weight repeated in train.</summary>
    private static List<Row>[] Lines(Row[] rows)
    {
        List<Row>[] lines = [[], [], []]; // as Splits.All
        foreach (var row in rows)
        {
            for (var times = row.Split == Splitting.Split.Train ? row.Weight : 1; times > 0; times--)
            {
                lines[(int)row.Split].Add(row);
            }
        }

        return lines;
    }

    private void CheckBenchmarks()
    {
        if (_benchmarks is null)
        {
            return;
        }

        // What is left out of the dataset teaches a model nothing.
        var units = _graph.Units;
        var asked = Wording.Of(units, _analyses, _parallel).Where(w => _duplicates.Dropped[w.Unit] is null && _rows!.IsSelected(w.Source)).ToArray();
        ForEachUnit(i =>
        {
            if (_duplicates.Dropped[i] is null && _rows!.IsSelected(units[i]))
            {
                _benchmarks.Check(units[i], _diagnostics);
            }
        });
        _benchmarks.CheckQuestions(asked, Options.DuplicateWarnThreshold, _parallel, _diagnostics);
        InParallel(_documents.Length, i => _benchmarks.Check(_documents[i], _diagnostics));
    }

    private BalanceTable Balance()
    {
        var placed = new UnitAnalysis?[_graph.Units.Length];
        for (var i = 0; i < placed.Length; i++)
        {
            placed[i] = _rows!.IsSelected(_graph.Units[i]) && _duplicates.Dropped[i] is null ? _analyses[i] : null;
        }

        return BalanceTable.Of(_graph.Units, placed);
    }

    private void ReportEmptySplits(Row[] rows)
    {
        foreach (var split in Splits.All)
        {
            if (Options.SplitRatio[split] > 0 && _graph.Units.Length > 0 && !Array.Exists(rows, r => r.Split == split))
            {
                _diagnostics.Add(Rule.EmptySplit, Location.None, split.Name());
            }
        }
    }

    private TResult[] Each<TResult>(IReadOnlyList<SourceFile> files, Func<SourceFile, TResult> read)
    {
        var results = new TResult[files.Count];
        InParallel(files.Count, i => results[i] = read(files[i]));
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
