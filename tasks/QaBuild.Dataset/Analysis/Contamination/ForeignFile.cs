using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Importing;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>
/// Reads the records of JSONL, of a JSON list, or of plain text: a line each, or the blocks between blank lines where there are such. What cannot be read is
/// a finding, and the rest is read all the same.
/// </summary>
internal sealed class ForeignFile
{
    /// <summary>Bytes; a larger file is not read. All of its texts are held in memory.</summary>
    public const long LargestFile = 256L << 20;

    /// <summary>So many records that cannot be read are reported one by one.</summary>
    public const int Shown = 10;

    private readonly string _path;
    private readonly DiagnosticBag _diagnostics;
    private readonly CancellationToken _cancellation;
    private readonly List<ForeignItem> _items = [];
    private int _unreadable;

    private ForeignFile(string path, DiagnosticBag diagnostics, CancellationToken cancellation) => (_path, _diagnostics, _cancellation) = (path, diagnostics, cancellation);

    /// <summary>The records in order; empty, with a finding, when the file cannot be read at all.</summary>
    public static IReadOnlyList<ForeignItem> Read(string path, DiagnosticBag diagnostics, CancellationToken cancellation)
    {
        var file = new ForeignFile(path, diagnostics, cancellation);
        file.Read();
        return file._items;
    }

    private void Read()
    {
        try
        {
            using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
            if (stream.CanSeek && stream.Length > LargestFile)
            {
                _diagnostics.Add(Rule.FileUnreadable, Location.File(_path), new Phrase("ImportTooLarge", stream.Length, LargestFile));
                return;
            }

            var json = new JsonRecords(stream, _cancellation);
            if (IsJson(json))
            {
                ReadJson(json);
            }
            else
            {
                ReadText(json);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _diagnostics.Add(Rule.FileUnreadable, Location.File(_path), e.Message);
            return;
        }

        if (_unreadable > Shown)
        {
            _diagnostics.Add(Rule.BenchmarkUnreadable, Location.File(_path), new Phrase("BenchmarkMore", _unreadable - Shown));
        }
        else if (_items.Count == 0 && _unreadable == 0)
        {
            _diagnostics.Add(Rule.BenchmarkUnreadable, Location.File(_path), new Phrase("BenchmarkEmpty"));
        }
    }

    private bool IsJson(JsonRecords file) => Path.GetExtension(_path).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" or ".json" => true,
        ".txt" or ".md" => false,
        _ => Encoding.UTF8.GetString(file.Peek(1 << 16)).AsSpan().TrimStart() is ['[' or '{', ..],
    };

    private void ReadJson(JsonRecords file)
    {
        var texts = new ItemTexts();
        foreach (var raw in file.Records())
        {
            _cancellation.ThrowIfCancellationRequested();
            if (raw.Problem is { } problem)
            {
                Report(raw.Line, problem);
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(raw.Json);
                ReadRecord(document.RootElement, raw.Line, texts);
            }
            catch (JsonException e)
            {
                Report(raw.Line, new Phrase("ImportMalformed", e.BytePositionInLine ?? 0));
            }
            catch (InvalidOperationException)
            {
                Report(raw.Line, new Phrase("ImportSurrogate"));
            }
        }
    }

    private void ReadRecord(JsonElement record, long line, ItemTexts texts)
    {
        if (record.ValueKind == JsonValueKind.String)
        {
            Add(line, record.GetString()!, "");
            return;
        }

        if (record.ValueKind != JsonValueKind.Object)
        {
            Report(line, new Phrase("ImportNotAMapping"));
            return;
        }

        var (question, answer) = texts.Of(record);
        if (question.Length + answer.Length > 0)
        {
            Add(line, question, answer);
        }
        else
        {
            Report(line, new Phrase("ImportUnknownShape", string.Join(", ", record.EnumerateObject().Take(8).Select(p => p.Name))));
        }
    }

    private void ReadText(JsonRecords file)
    {
        var bytes = file.Peek((int)LargestFile);
        if (!Utf8.IsValid(bytes))
        {
            Report(1, new Phrase("ImportUtf8"));
            return;
        }

        var text = TextLines.WithLineFeeds(Encoding.UTF8.GetString(bytes)).TrimEnd();
        var lines = text.Split('\n');
        var blocks = Array.Exists(lines[FirstOf(lines)..], string.IsNullOrWhiteSpace);
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
            {
                continue;
            }

            var start = i;
            while (blocks && i + 1 < lines.Length && !string.IsNullOrWhiteSpace(lines[i + 1]))
            {
                i++;
            }

            Add(start + 1, string.Join('\n', lines, start, i + 1 - start), "");
        }
    }

    private static int FirstOf(string[] lines) => Math.Max(Array.FindIndex(lines, l => !string.IsNullOrWhiteSpace(l)), 0);

    private void Add(long line, string question, string answer) => _items.Add(new ForeignItem(_path, (int)line, question, answer));

    private void Report(long line, Phrase reason)
    {
        if (++_unreadable <= Shown)
        {
            _diagnostics.Add(Rule.BenchmarkUnreadable, new Location(_path, (int)line, 1), reason);
        }
    }
}
