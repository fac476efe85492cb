using System.Text.Json;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Reporting;

/// <summary>What work on a model left behind as files: the metrics of its training, evaluations and gates.</summary>
/// <param name="Metrics">One a file of measurements.</param>
/// <param name="Tables">One a file of results.</param>
internal sealed record ModelFacts(IReadOnlyList<MetricsFile> Metrics, IReadOnlyList<ResultFile> Tables)
{
    // A run of a hundred thousand steps stays below it.
    private const long Largest = 64 << 20;
    private const int Deepest = 3;

    public static ModelFacts None { get; } = new([], []);

    /// <summary>Reads a model's folder. A file that cannot be read is a finding, and the others are shown.</summary>
    public static ModelFacts Read(string? folder, DiagnosticBag diagnostics)
    {
        if (folder is null || !Directory.Exists(folder))
        {
            return None;
        }

        // A link could lead anywhere.
        var files = new EnumerationOptions
        {
            RecurseSubdirectories = true, MaxRecursionDepth = Deepest, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        };
        IEnumerable<string> Found(string pattern) => Directory.EnumerateFiles(folder, pattern, files).Order(StringComparer.Ordinal);
        string NameOf(string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');
        return new ModelFacts(
            [.. Found("*metrics*.jsonl").Select(f => Try(f, diagnostics, text => MetricsFile.Parse(NameOf(f), text))).OfType<MetricsFile>()],
            [.. Found("*.json").Where(IsResult).Select(f => Try(f, diagnostics, text => new ResultFile(NameOf(f), Element(text)))).OfType<ResultFile>()]);
    }

    private static bool IsResult(string path)
    {
        var name = Path.GetFileName(path);
        return name.Contains("evaluation", StringComparison.OrdinalIgnoreCase) || name.Contains("gate", StringComparison.OrdinalIgnoreCase);
    }

    private static JsonElement Element(string text)
    {
        using var json = JsonDocument.Parse(text);
        using var writer = new Utf8JsonWriter(Stream.Null);

        // Half of a surrogate pair is noticed only when it is written.
        json.RootElement.WriteTo(writer);
        return json.RootElement.Clone();
    }

    private static T? Try<T>(string path, DiagnosticBag diagnostics, Func<string, T> parse)
        where T : class
    {
        try
        {
            if (new FileInfo(path).Length > Largest)
            {
                diagnostics.Add(Rule.ReportInputUnreadable, Location.File(path), new Phrase("ReportInputLarge", Largest >> 20));
                return null;
            }

            return parse(File.ReadAllText(path));
        }
        catch (JsonException e)
        {
            diagnostics.Add(Rule.ReportInputUnreadable, new Location(path, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1), new Phrase("ReportInputNoJson"));
        }
        catch (InvalidOperationException)
        {
            diagnostics.Add(Rule.ReportInputUnreadable, Location.File(path), new Phrase("ReportInputNoJson"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(Rule.ReportInputUnreadable, Location.File(path), e.Message);
        }

        return null;
    }
}

/// <summary>A JSON file of results.</summary>
/// <param name="Name">Below the model's folder.</param>
/// <param name="Content">Shown as tables.</param>
internal sealed record ResultFile(string Name, JsonElement Content);

/// <summary>Measurements of a run, one an object a line: every field that is a number becomes a column.</summary>
/// <param name="Name">Below the model's folder.</param>
/// <param name="Lines">How many measurements there are.</param>
/// <param name="Columns">By field; null where a line has no number.</param>
internal sealed record MetricsFile(string Name, int Lines, IReadOnlyDictionary<string, double?[]> Columns)
{
    // So many of each may be in memory at once, whatever a file says.
    private const int MostLines = 200_000;
    private const int MostColumns = 32;

    /// <summary>Reads the first lines, and the fields that come first.</summary>
    /// <exception cref="JsonException">A line is no JSON object.</exception>
    public static MetricsFile Parse(string name, string text)
    {
        var lines = text.Split('\n', MostLines + 1);
        var columns = new SortedDictionary<string, double?[]>(StringComparer.Ordinal);
        var count = 0;
        for (var number = 0; number < Math.Min(lines.Length, MostLines); number++)
        {
            if (string.IsNullOrWhiteSpace(lines[number]))
            {
                continue;
            }

            if (Numbers(lines[number], number, isLast: number == lines.Length - 1) is not { } numbers)
            {
                break;
            }

            foreach (var (field, value) in numbers)
            {
                if (!columns.TryGetValue(field, out var column) && columns.Count < MostColumns)
                {
                    columns[field] = column = new double?[lines.Length];
                }

                if (column is not null)
                {
                    column[count] = value;
                }
            }

            count++;
        }

        return new MetricsFile(name, count, columns.ToDictionary(c => c.Key, c => c.Value[..count]));
    }

    private static List<(string Field, double Value)>? Numbers(string line, int number, bool isLast)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? [.. json.RootElement.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number && double.IsFinite(p.Value.GetDouble())).Select(p => (p.Name, p.Value.GetDouble()))]
                : throw new JsonException();
        }
        catch (JsonException e)
        {
            // The last line of a run that was killed, or goes on, may be half of one.
            return isLast ? null : throw new JsonException(e.Message, null, number, e.BytePositionInLine);
        }
    }
}
