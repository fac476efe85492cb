using System.Text;
using System.Text.Json;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Importing;

/// <summary>
/// Writes qa files from a dataset in another shape. What is taken compiles and keeps every text to the letter, but for what
/// <see cref="SourceBody.Normalize"/> says of blanks; what cannot be taken is a finding, and the rest is imported all the same.
/// </summary>
public sealed class Importer
{
    /// <summary>Bytes; a larger file is not read.</summary>
    public const long LargestFile = 2L << 30;

    private const int LongestYaml = 1 << 20;
    private const int ProgressEvery = 256;
    private const int MostKeysLeftOut = 100;
    private readonly ImportOptions _options;
    private readonly Action<ImportProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly EosTokens _eos;
    private readonly QaProof _proof;
    private readonly ImportReport _report;
    private readonly SortedDictionary<string, long> _leftOut = new(StringComparer.Ordinal);
    private QaFolder? _folder;
    private (SafeName Job, SafeName Skill) _names;
    private long _records;
    private long _taken;

    private Importer(ImportOptions options, ImportReport report, Action<ImportProgress>? progress, CancellationToken cancellation)
    {
        (_options, _report, _progress, _cancellation) = (options, report, progress, cancellation);
        _eos = new EosTokens(options.Eos);
        _proof = new QaProof(Path.GetFullPath(options.Folder), options.Eos);
    }

    /// <summary>Imports a file. Whatever the file holds, the result says what became of it.</summary>
    /// <param name="options">What, and where to.</param>
    /// <param name="progress">Told now and then how far it is.</param>
    /// <param name="cancellation">Ends the import; what it had written is removed.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> asked for it.</exception>
    public static ImportResult Run(ImportOptions options, Action<ImportProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var report = new ImportReport(Path.GetFullPath(options.Folder));
        return new Importer(options, report, progress, cancellation).Run();
    }

    private ImportResult Run()
    {
        try
        {
            using var stream = Open(out var failure);
            failure ??= Import(stream!);
            return Result(failure);
        }
        catch (OperationCanceledException)
        {
            TakeBack();
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TakeBack();
            return new ImportResult { Failure = new Phrase("ImportUnwritable", _options.Folder, e.Message) };
        }
    }

    private ImportResult Result(Phrase? failure) => new()
    {
        Failure = failure,
        Taken = _taken,
        NotTaken = _records - _taken,
        Files = _folder?.Files ?? 0,
        EosRemoved = _eos.Removed,
        Folder = _taken > 0 ? _folder!.Path : "",
        Findings = _report.First,
        FindingCount = _report.Count,
        ReportFile = _report.Path,
        LeftOut = _leftOut,
    };

    private void TakeBack()
    {
        _folder?.TakeBack();
        _report.TakeBack();
    }

    private FileStream? Open(out Phrase? failure)
    {
        failure = null;
        var path = _options.File;
        try
        {
            if (Directory.Exists(path))
            {
                failure = new Phrase("ImportIsFolder", path);
            }
            else if (!File.Exists(path))
            {
                failure = new Phrase("ImportNoFile", path);
            }
            else if (new FileInfo(path).Length is var length and > LargestFile)
            {
                failure = new Phrase("ImportTooLarge", length, LargestFile);
            }
            else
            {
                return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = new Phrase("ImportUnreadable", path, e.Message);
        }

        return null;
    }

    private Phrase? Import(FileStream stream)
    {
        var json = new JsonRecords(stream, _cancellation);
        var start = Encoding.UTF8.GetString(json.Peek(1 << 16));
        var first = start.AsSpan().TrimStart() is [var c, ..] ? c : '\0';
        var ending = Path.GetExtension(_options.File).ToLowerInvariant();
        if (first is not ('[' or '{') && (ending is ".yaml" or ".yml" || QnaYaml.Recognises(start)))
        {
            return ImportYaml(json);
        }

        if (first is not ('[' or '{') && (first == '\0' || ending is not (".jsonl" or ".ndjson")))
        {
            return new Phrase("ImportUnknownFormat", _options.File);
        }

        OpenFolder((null, null), null);
        foreach (var raw in json.Records())
        {
            _cancellation.ThrowIfCancellationRequested();
            Take(raw.Number, raw.IsLine, () => Read(raw));
            if (_records % ProgressEvery == 0)
            {
                _progress?.Invoke(new ImportProgress(_records, json.Position, stream.CanSeek ? stream.Length : 0));
            }
        }

        return _records == 0 ? new Phrase("ImportUnknownFormat", _options.File) : null;
    }

    private ImportedRecord Read(RawRecord raw)
    {
        if (raw.Problem is not null)
        {
            throw new NotTakenException(raw.Problem);
        }

        try
        {
            using var document = JsonDocument.Parse(raw.Json);
            return new RecordShape(_eos).Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new NotTakenException("ImportMalformed", e.BytePositionInLine ?? 0);
        }
        catch (InvalidOperationException)
        {
            // JsonElement lets this out when a text escapes half of a surrogate pair.
            throw new NotTakenException("ImportSurrogate");
        }
    }

    private Phrase? ImportYaml(JsonRecords file)
    {
        var bytes = file.Peek(LongestYaml);
        if (bytes.Length == LongestYaml)
        {
            return new Phrase("ImportTooLarge", new FileInfo(_options.File).Length, LongestYaml);
        }

        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return new Phrase("ImportUnreadable", _options.File, new Phrase("ImportUtf8"));
        }

        QnaYaml yaml;
        try
        {
            yaml = QnaYaml.Parse(Encoding.UTF8.GetString(bytes), _options.File, _eos);
        }
        catch (NotTakenException e)
        {
            return e.Reason;
        }

        OpenFolder(QnaYaml.Place(_options.File), yaml.Domain);
        var number = 0;
        foreach (var record in yaml.Records())
        {
            _cancellation.ThrowIfCancellationRequested();
            Take(++number, false, record);
        }

        return null;
    }

    private void OpenFolder((string? Job, string? Skill) place, string? domain)
    {
        var job = SafeName.Of(_options.Job) ?? SafeName.Of(place.Job) ?? new SafeName("imported", "imported");
        var skill = SafeName.Of(_options.Skill) ?? SafeName.Of(domain) ?? SafeName.Of(place.Skill)
            ?? SafeName.Of(Path.GetFileNameWithoutExtension(_options.File)) ?? new SafeName("imported", "imported");
        _names = (job, skill);
        _folder = new QaFolder(_options.Folder, job, skill, _options.Level, _cancellation);
    }

    private void Take(long number, bool isLine, Func<ImportedRecord> read)
    {
        _records++;
        try
        {
            var record = read();
            var idIsTaken = !Write(record);
            _taken++;
            foreach (var key in record.LeftOut)
            {
                CountLeftOut(key);
            }

            if (idIsTaken)
            {
                _report.Add(new ImportFinding(number, isLine, true, new Phrase("ImportIdTaken", record.Id!)));
            }

            if (record.Note is { } note)
            {
                _report.Add(new ImportFinding(number, isLine, true, note));
            }
        }
        catch (NotTakenException e)
        {
            _report.Add(new ImportFinding(number, isLine, false, e.Reason));
        }
    }

    /// <summary>Writes all files of a record, or none.</summary>
    /// <returns>False when its id was taken, so that it is without.</returns>
    private bool Write(ImportedRecord record)
    {
        var id = record.Id is not null && _folder!.TryTake(record.Id) ? record.Id : null;
        try
        {
            var names = _folder!.NextNames(record.Turns.Length);
            var contents = new byte[names.Length][];
            for (var i = 0; i < names.Length; i++)
            {
                var own = i == 0 ? id : null;
                contents[i] = QaProof.Bytes(QaText.Of(record, record.Turns[i], own, _names, _options.Level, i == 0 ? null : names[i - 1]));
                _proof.Check(Path.Combine(_folder.Path, names[i]), contents[i], record.Turns[i], QaText.Front(record, record.Turns[i], own));
            }

            _folder.Write(names, contents);
        }
        catch (NotTakenException) when (id is not null)
        {
            _folder!.GiveBack(id);
            throw;
        }

        return id == record.Id;
    }

    private void CountLeftOut(string key)
    {
        var counted = _leftOut.ContainsKey(key) || _leftOut.Count < MostKeysLeftOut ? key : "…";
        _leftOut[counted] = _leftOut.GetValueOrDefault(counted) + 1;
    }
}
