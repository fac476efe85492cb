using System.Globalization;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Review;

/// <summary>What lies between an approved snapshot and a dataset.</summary>
/// <param name="Added">Rows that the snapshot has not.</param>
/// <param name="Removed">Rows that the dataset no longer has.</param>
/// <param name="Changed">Rows with another text, as they are now.</param>
/// <param name="Moved">Rows in another file or with another weight, before and now.</param>
/// <param name="Format">Whether format, EOS token or its place are others.</param>
/// <param name="Reordered">Files of the same rows in another order.</param>
public sealed record SnapshotDifference(
    IReadOnlyList<SnapshotRow> Added, IReadOnlyList<SnapshotRow> Removed, IReadOnlyList<(SnapshotRow Before, SnapshotRow Now)> Changed,
    IReadOnlyList<(SnapshotRow Before, SnapshotRow Now)> Moved, (string Before, string Now)? Format, IReadOnlyList<string> Reordered)
{
    /// <summary>Compares row by row, whatever their order.</summary>
    public static SnapshotDifference Between(DatasetSnapshot approved, DatasetSnapshot now)
    {
        var before = approved.Rows.ToLookup(r => r.Id, StringComparer.Ordinal);
        var added = new List<SnapshotRow>();
        var changed = new List<(SnapshotRow, SnapshotRow)>();
        var moved = new List<(SnapshotRow, SnapshotRow)>();
        foreach (var row in now.Rows)
        {
            // A file in a snapshot that was mended by hand may name a row twice.
            var old = before[row.Id].FirstOrDefault(r => r.File == row.File) ?? before[row.Id].FirstOrDefault();
            if (old is null)
            {
                added.Add(row);
                continue;
            }

            if (old.Hash != row.Hash || old.Characters != row.Characters)
            {
                changed.Add((old, row));
            }

            if (old.File != row.File || old.Times != row.Times)
            {
                moved.Add((old, row));
            }
        }

        var ids = now.Rows.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        var removed = approved.Rows.Where(r => !ids.Contains(r.Id)).ToArray();
        var same = added.Count + removed.Length + changed.Count + moved.Count == 0 && approved.Format == now.Format;
        return new SnapshotDifference(
            added, removed, changed, moved, approved.Format == now.Format ? null : (approved.Format, now.Format),
            same ? [.. now.Files.Where(f => !approved.Files.Contains(f)).Select(f => f.Name)] : []);
    }

    /// <summary>A line a difference, as a reader of a build's log wants them: the sign, the row, what is other.</summary>
    public IEnumerable<string> Lines(CultureInfo culture)
    {
        if (Format is var (before, now))
        {
            yield return Said(culture, "SnapshotFormat", before, now);
        }

        foreach (var file in Reordered)
        {
            yield return Said(culture, "SnapshotOrder", file);
        }

        foreach (var row in Removed)
        {
            yield return Said(culture, "SnapshotRemoved", row.Id, Place(row), row.Characters);
        }

        foreach (var row in Added)
        {
            yield return Said(culture, "SnapshotAdded", row.Id, Place(row), row.Characters);
        }

        foreach (var (old, row) in Changed)
        {
            yield return Said(culture, "SnapshotChanged", row.Id, Place(row), old.Characters, row.Characters);
        }

        foreach (var (old, row) in Moved)
        {
            yield return Said(culture, "SnapshotMoved", row.Id, Place(old), Place(row));
        }
    }

    private static string Place(SnapshotRow row) => row.Times > 1 ? string.Create(CultureInfo.InvariantCulture, $"{row.File}*{row.Times}") : row.File;

    private static string Said(CultureInfo culture, string phrase, params object[] arguments) => Catalogue.Default.Format(new Phrase(phrase, arguments), culture);
}
