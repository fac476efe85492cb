using System.Security.Cryptography;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Emission;

/// <summary>Writes manifest.json: what the dataset was made of and with, and from which source line each row is.</summary>
internal static class Manifest
{
    /// <summary>Rows in the order of the files; a row of weight n has n entries.</summary>
    public static ReadOnlyMemory<byte>[] Write(CompilationOptions options, IEnumerable<KeyValuePair<string, string>> settings, ModelTokens tokens, IReadOnlyList<DatasetFile> files)
    {
        var line = new JsonLine();
        var chunks = new List<ReadOnlyMemory<byte>>();
        void Flush()
        {
            chunks.Add(line.Written.ToArray());
            line.Clear();
        }

        line.Open('{').Property("tool", "QaBuild").Property("version", Version);
        line.Key("format").Text(options.Format.ToString().ToLowerInvariant());
        line.Property("eosToken", tokens.Eos).Property("eosOn", options.EffectiveEosOn.ToString().ToLowerInvariant());
        line.Key("options").Open('{');
        foreach (var (name, value) in settings.Where(s => s.Value.Length > 0).OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            // Where a model lies on this machine is no property of the dataset.
            var isModel = name.Equals("BaseModel", StringComparison.OrdinalIgnoreCase) || name.Equals("SemanticModel", StringComparison.OrdinalIgnoreCase);
            line.Property(name, isModel ? Path.GetFileName(Path.TrimEndingDirectorySeparator(value)) : value);
        }

        line.Close('}').Key("files").Open('[');
        foreach (var file in files)
        {
            line.Open('{').Property("file", file.Name).Property("split", file.Split.Name())
                .Key("rows").Number(file.Lines.Count).Key("characters").Number(file.Lines.Sum(r => (long)r.Characters))
                .Property("sha256", Hash(file.Lines)).Close('}');
        }

        line.Close(']').Key("rows").Open('[');
        var written = 0;
        foreach (var file in files)
        {
            for (var number = 0; number < file.Lines.Count; number++)
            {
                line.NewLine();
                Write(line, file, file.Lines[number], number + 1);
                if (++written % 1024 == 0)
                {
                    Flush();
                    line.Resume();
                }
            }
        }

        line.NewLine().Close(']').Close('}').NewLine();
        Flush();
        return [.. chunks];
    }

    /// <summary>This assembly's version.</summary>
    public static string Version { get; } = typeof(Manifest).Assembly.GetName().Version!.ToString(3);

    private static void Write(JsonLine line, DatasetFile file, Row row, int number)
    {
        line.Open('{').Property("file", file.Name).Key("row").Number(number)
            .Property("id", row.Id).Property("source", row.Source).Key("line").Number(row.Line)
            .Property("group", row.Group).Property("split", row.Split.Name());
        if (row.FollowUps.Count > 0)
        {
            line.Key("followUps").Open('[');
            foreach (var id in row.FollowUps)
            {
                line.Text(id);
            }

            line.Close(']');
        }

        if (row.Negative)
        {
            line.Key("negative").Token(true);
        }

        if (row.License is { } license)
        {
            line.Property("license", license);
        }

        if (row.Provenance is { } provenance)
        {
            line.Property("provenance", provenance);
        }

        line.Close('}');
    }

    private static string Hash(IReadOnlyList<Row> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows)
        {
            hash.AppendData(row.Json.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A JSONL file of the dataset.</summary>
/// <param name="Name">Below the dataset's folder, with <c>/</c>.</param>
/// <param name="Split">The split it holds.</param>
/// <param name="Lines">Its rows, those of a higher weight repeated.</param>
public sealed record DatasetFile(string Name, Split Split, IReadOnlyList<Row> Lines);
