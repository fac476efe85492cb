using System.Text.Encodings.Web;
using System.Text.Json;

namespace QaBuild.Dataset.Review.Diff;

/// <summary>Writes a comparison in full, for programs; <c>schema/diff.schema.json</c> describes it.</summary>
public static class DiffJson
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>UTF-8, with a line end.</summary>
    public static byte[] Write(DatasetDiff diff)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                version = 1,
                against = new { name = diff.Against.Name, commit = diff.Against.Id },
                before = Side(diff.Before),
                now = Side(diff.Now),
                added = diff.Added.Select(Row),
                removed = diff.Removed.Select(Row),
                changed = diff.Changed.Select(c => new
                {
                    before = Row(c.Before),
                    now = Row(c.Now),
                    texts = c.Texts.Select(t => new { name = t.Name, places = t.Places.Select(p => new { before = p.Before, removed = p.Removed, added = p.Added, after = p.After }) }),
                }),
                moved = diff.Moved.Select(Pair),
                resplit = diff.Resplit.Select(Pair),
                balance = diff.Balance.Select(b => new { dimension = b.Dimension, name = b.Name, before = b.Before, now = b.Now }),
                introduced = diff.Introduced.Select(Finding),
                @fixed = diff.Fixed.Select(Finding),
            },
            s_options);
        return [.. json, (byte)'\n'];
    }

    private static object Side(DiffSide side) => new
    {
        compiles = side.Compiles,
        lengthUnit = side.InTokens ? "tokens" : "characters",
        files = side.Lengths.Select(l => new { file = l.File, rows = l.Rows, total = l.Total, median = l.Median, longest = l.Longest }),
        findings = side.Findings.Select(Finding),
    };

    private static object Pair(RowChange change) => new { before = Row(change.Before), now = Row(change.Now) };

    private static object Row(DiffRow row) => new { id = row.Id, source = row.Source, line = row.Line, file = row.File, times = row.Times, characters = row.Characters, tokens = row.Tokens, title = row.Title };

    private static object Finding(DiffFinding finding) => new
    {
        code = finding.Code,
        severity = finding.Severity.ToString().ToLowerInvariant(),
        kind = finding.Kind.ToString().ToLowerInvariant(),
        path = finding.Path,
        line = finding.Line,
        column = finding.Column,
        message = finding.Message,
    };
}
