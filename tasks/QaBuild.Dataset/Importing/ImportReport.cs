using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;

namespace QaBuild.Dataset.Importing;

/// <summary>Collects findings: the first in memory, and all of them in a file when there are more.</summary>
public sealed class ImportReport : IDisposable
{
    /// <summary>So many findings are shown; more go to a file.</summary>
    public const int Shown = 50;

    private readonly List<ImportFinding> _first = [];
    private readonly JsonLine _line = new();
    private readonly string _folder;
    private FileStream? _file;

    internal ImportReport(string folder) => _folder = folder;

    /// <summary>At most <see cref="Shown"/>.</summary>
    public IReadOnlyList<ImportFinding> First => _first;

    /// <summary>All findings.</summary>
    public long Count { get; private set; }

    /// <summary>The file of all findings, one JSON object a line; null while <see cref="First"/> has all.</summary>
    public string? Path => _file?.Name;

    /// <exception cref="IOException">The report cannot be written.</exception>
    internal void Add(ImportFinding finding)
    {
        Count++;
        if (Count <= Shown)
        {
            _first.Add(finding);
            return;
        }

        if (_file is null)
        {
            _file = Create();
            _first.ForEach(Write);
        }

        Write(finding);
    }

    internal void TakeBack()
    {
        _file?.Dispose();
        if (_file is not null)
        {
            File.Delete(_file.Name);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private FileStream Create()
    {
        Directory.CreateDirectory(_folder);
        for (var number = 1; ; number++)
        {
            var path = System.IO.Path.Combine(_folder, number == 1 ? "import-report.jsonl" : string.Create(CultureInfo.InvariantCulture, $"import-report-{number}.jsonl"));
            if (!File.Exists(path))
            {
                return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
            }
        }
    }

    private void Write(ImportFinding finding)
    {
        _line.Clear();
        _line.Open('{').Key(finding.IsLine ? "line" : "record").Number(finding.Number).Key("taken").Token(finding.Taken)
            .Property("en", Catalogue.Default.Format(finding.Reason, CultureInfo.GetCultureInfo("en")))
            .Property("zh", Catalogue.Default.Format(finding.Reason, CultureInfo.GetCultureInfo("zh")))
            .Close('}').NewLine();
        _file!.Write(_line.Written);
    }
}
