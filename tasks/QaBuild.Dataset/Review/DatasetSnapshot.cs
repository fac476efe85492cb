using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Review;

/// <summary>
/// What a compiled dataset is, short enough to be read in a pull request: a line a file, and a line a row, grouped by the folder of their ids. A row's line has its
/// file, characters, hash and the last part of its id, which stands last because it may hold blanks.
/// </summary>
/// <param name="Format">The rows' format and the EOS token.</param>
/// <param name="Files">In the order of the manifest.</param>
/// <param name="Rows">In ordinal order of folder, id and file.</param>
public sealed record DatasetSnapshot(string Format, IReadOnlyList<SnapshotFile> Files, IReadOnlyList<SnapshotRow> Rows)
{
    private const string Title = "QaBuild snapshot ";
    private const char Version = '1';
    private const string RowIndent = "  ";

    /// <summary>Reads the dataset that a build left in <paramref name="folder"/>.</summary>
    /// <exception cref="IOException">A file of it cannot be read.</exception>
    public static DatasetSnapshot Of(string folder)
    {
        using var stream = File.OpenRead(Path.Combine(folder, "manifest.json"));
        using var manifest = JsonDocument.Parse(stream);
        var root = manifest.RootElement;
        var contents = new Dictionary<string, Queue<byte[]>>(StringComparer.Ordinal);
        var files = new List<SnapshotFile>();
        foreach (var file in root.GetProperty("files").EnumerateArray())
        {
            var name = file.GetProperty("file").GetString()!;
            contents.Add(name, Lines(File.ReadAllBytes(Path.Combine(folder, name))));
            files.Add(new SnapshotFile(name, file.GetProperty("rows").GetInt32(), file.GetProperty("sha256").GetString()![..16]));
        }

        var rows = new Dictionary<(string Id, string File), SnapshotRow>();
        foreach (var entry in root.GetProperty("rows").EnumerateArray())
        {
            var (id, name) = (entry.GetProperty("id").GetString()!, entry.GetProperty("file").GetString()!);
            var line = contents[name].TryDequeue(out var next) ? next : throw new IOException($"{name} has fewer lines than manifest.json has rows");
            var file = name[..^".jsonl".Length];
            var times = rows.TryGetValue((id, file), out var known) ? known.Times : 0;
            rows[(id, file)] = new SnapshotRow(id, file, times + 1, Characters(line), Convert.ToHexStringLower(SHA256.HashData(line))[..12]);
        }

        var format = $"{root.GetProperty("format").GetString()} {root.GetProperty("eosToken").GetString()} {root.GetProperty("eosOn").GetString()}";
        return new DatasetSnapshot(format, files, [.. rows.Values
            .OrderBy(r => Folder(r.Id), StringComparer.Ordinal).ThenBy(r => r.Id, StringComparer.Ordinal).ThenBy(r => r.File, StringComparer.Ordinal)]);
    }

    /// <summary>Reads a snapshot.</summary>
    /// <exception cref="SnapshotUnreadableException">It is none, or one of another version.</exception>
    internal static DatasetSnapshot Parse(string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = lines[i].TrimEnd('\r');
            if (lines[i].StartsWith("<<<<<<< ", StringComparison.Ordinal) || lines[i].StartsWith(">>>>>>> ", StringComparison.Ordinal) || lines[i].StartsWith("||||||| ", StringComparison.Ordinal) || lines[i] == "=======")
            {
                throw new SnapshotUnreadableException(i + 1, new Phrase("SnapshotConflict"));
            }
        }

        if (!lines[0].StartsWith(Title, StringComparison.Ordinal))
        {
            throw new SnapshotUnreadableException(1, new Phrase("SnapshotNone"));
        }

        if (lines[0] != Title + Version)
        {
            throw new SnapshotUnreadableException(1, new Phrase("SnapshotVersion", lines[0][Title.Length..], Version.ToString()));
        }

        var (files, rows, folder) = (new List<SnapshotFile>(), new List<SnapshotRow>(), "");
        for (var i = 2; i < lines.Length; i++)
        {
            if (lines[i].StartsWith(RowIndent, StringComparison.Ordinal))
            {
                rows.Add(Row(lines[i][RowIndent.Length..], folder) ?? throw new SnapshotUnreadableException(i + 1, new Phrase("SnapshotLine")));
            }
            else if (lines[i].StartsWith(".jsonl ", StringComparison.Ordinal))
            {
                files.Add(FileOf(lines[i]) ?? throw new SnapshotUnreadableException(i + 1, new Phrase("SnapshotLine")));
            }
            else if (lines[i].Length > 0)
            {
                folder = lines[i] == "/" ? "" : lines[i];
            }
        }

        return new DatasetSnapshot(lines.Length > 1 ? lines[1] : "", files, rows);
    }

    /// <summary>The snapshot as text: the same dataset, the same bytes.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(Title).Append(Version).Append('\n').Append(Format).Append('\n');
        foreach (var file in Files)
        {
            text.Append(CultureInfo.InvariantCulture, $".jsonl {file.Rows} {file.Hash} {file.Name}\n");
        }

        string? folder = null;
        foreach (var row in Rows)
        {
            if (Folder(row.Id) != folder)
            {
                folder = Folder(row.Id);
                text.Append('\n').Append(folder.Length == 0 ? "/" : folder).Append('\n');
            }

            text.Append(RowIndent).Append(row.File);
            if (row.Times > 1)
            {
                text.Append(CultureInfo.InvariantCulture, $"*{row.Times}");
            }

            text.Append(CultureInfo.InvariantCulture, $" {row.Characters} {row.Hash} {Name(row.Id)}\n");
        }

        return text.ToString();
    }

    private static SnapshotFile? FileOf(string line)
    {
        var parts = line.Split(' ', 4);
        return parts.Length == 4 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? new SnapshotFile(parts[3], rows, parts[2]) : null;
    }

    private static SnapshotRow? Row(string line, string folder)
    {
        var parts = line.Split(' ', 4);
        if (parts.Length < 4 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var characters))
        {
            return null;
        }

        var (file, times) = (parts[0], 1);
        if (file.IndexOf('*', StringComparison.Ordinal) is > 0 and var star)
        {
            if (!int.TryParse(file.AsSpan(star + 1), NumberStyles.None, CultureInfo.InvariantCulture, out times))
            {
                return null;
            }

            file = file[..star];
        }

        return new SnapshotRow(folder.Length == 0 ? parts[3] : $"{folder}/{parts[3]}", file, times, characters, parts[2]);
    }

    private static string Folder(string id) => id.LastIndexOf('/') is > 0 and var slash ? id[..slash] : "";

    private static string Name(string id) => id[(id.LastIndexOf('/') + 1)..];

    private static Queue<byte[]> Lines(byte[] content)
    {
        var lines = new Queue<byte[]>();
        for (var from = 0; from < content.Length;)
        {
            var end = content.AsSpan(from).IndexOf((byte)'\n') is >= 0 and var length ? from + length + 1 : content.Length;
            lines.Enqueue(content[from..end]);
            from = end;
        }

        return lines;
    }

    // Every character begins with a byte that is no continuation; the line end is not counted.
    private static int Characters(byte[] line) => line.Count(b => (b & 0xC0) != 0x80) - 1;
}
