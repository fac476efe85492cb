using System.Security.Cryptography;
using System.Text.Json;
using QaBuild.Dataset.Analysis.Balance;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Emission;

/// <summary>Writes manifest.json: what the dataset was made of and with, and from which source line each row is.</summary>
internal static class Manifest
{
    /// <summary>Rows in the order of the files; a row of weight n has n entries.</summary>
    public static ReadOnlyMemory<byte>[] Write(
        CompilationOptions options, IReadOnlyDictionary<string, string> settings, ModelTokens tokens, BalanceTable balance, IReadOnlyList<DatasetFile> files, ParallelOptions parallel)
    {
        var blocks = Blocks(files);
        var chunks = new ReadOnlyMemory<byte>[blocks.Count + 2];
        var hashes = new string[files.Count];
        Chunks.Each(files.Count + blocks.Count, parallel, i =>
        {
            if (i < files.Count)
            {
                hashes[i] = Hash(files[i].Lines);
            }
            else
            {
                chunks[i - files.Count + 1] = Rows(blocks[i - files.Count], isFirst: i == files.Count);
            }
        });

        var line = new JsonLine();
        line.Open('{').Property("tool", "QaBuild").Property("version", Version);
        line.Key("format").Text(options.Format.ToString().ToLowerInvariant());
        if (tokens.Tokenizer is { } tokenizer)
        {
            line.Property("tokenizer", tokenizer);
        }

        line.Property("lengthUnit", tokens.Tokenizer is null ? "characters" : "tokens").Property("eosToken", tokens.Eos).Property("eosOn", options.EffectiveEosOn.ToString().ToLowerInvariant());
        line.Key("options").Open('{');
        foreach (var name in settings.Keys.Where(name => settings[name].Length > 0).Order(StringComparer.Ordinal))
        {
            var value = settings[name];

            // Where a model lies on this machine is no property of the dataset.
            var isModel = name.Equals("BaseModel", StringComparison.OrdinalIgnoreCase) || name.Equals("SemanticModel", StringComparison.OrdinalIgnoreCase);
            line.Property(name, isModel ? Path.GetFileName(Path.TrimEndingDirectorySeparator(value)) : value);
        }

        line.Close('}').Key("files").Open('[');
        for (var i = 0; i < files.Count; i++)
        {
            var file = files[i];
            line.Open('{').Property("file", file.Name).Property("split", file.Split.Name())
                .Key("rows").Number(file.Lines.Count).Key("characters").Number(Characters(file.Lines));
            if (tokens.Tokenizer is not null)
            {
                line.Key("tokens").Number(file.Lines.Sum(r => (long)r.Tokens!.Value)).Key("longestRow").Number(file.Lines.Select(r => r.Tokens!.Value).DefaultIfEmpty().Max());
            }

            line.Property("sha256", hashes[i]).Close('}');
        }

        line.Close(']').Key("balance");
        Write(line, balance);
        line.Key("rows").Open('[');
        chunks[0] = line.Written.ToArray();
        line.Clear();
        line.NewLine().Close(']').Close('}').NewLine();
        chunks[^1] = line.Written.ToArray();
        return chunks;
    }

    /// <summary>This assembly's version.</summary>
    public static string Version { get; } = typeof(Manifest).Assembly.GetName().Version!.ToString(3);

    private static List<Block> Blocks(IReadOnlyList<DatasetFile> files)
    {
        const int Size = 1024;
        var blocks = new List<Block>();
        foreach (var file in files)
        {
            for (var from = 0; from < file.Lines.Count; from += Size)
            {
                blocks.Add(new Block(file, from, Math.Min(from + Size, file.Lines.Count)));
            }
        }

        return blocks;
    }

    private static ReadOnlyMemory<byte> Rows(Block block, bool isFirst)
    {
        // Beside its names a row's entry has some hundred bytes.
        const int Frame = 128;
        var capacity = 0;
        for (var i = block.From; i < block.To; i++)
        {
            var row = block.File.Lines[i];
            capacity += row.Id.Length + row.File.Relative.Length + row.Group.Length + Frame;
        }

        var line = new JsonLine(capacity);
        if (!isFirst)
        {
            line.Resume();
        }

        // What all rows of a file have in common is written once, and copied.
        var start = new JsonLine().Open('{').Property("file", block.File.Name).Key("row").Written.ToArray();
        for (var i = block.From; i < block.To; i++)
        {
            line.NewLine();
            Write(line, start, block.File.Lines[i], i + 1);
        }

        return line.WrittenMemory;
    }

    private static void Write(JsonLine line, ReadOnlySpan<byte> start, Row row, int number)
    {
        line.Part(start).Number(number)
            .Part(",\"id\":"u8).Text(row.Id).Part(",\"source\":"u8).Text(row.File.Relative).Part(",\"line\":"u8).Number(row.Line)
            .Part(",\"group\":"u8).Text(row.Group).Part(",\"split\":"u8).Text(row.Split.Name());
        if (row.Tokens is { } tokens)
        {
            line.Key("tokens").Number(tokens);
        }

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

    /// <summary>Rows of a file that are written together.</summary>
    private sealed record Block(DatasetFile File, int From, int To);

    private static long Characters(IReadOnlyList<Row> rows)
    {
        var characters = 0L;
        foreach (var row in rows)
        {
            characters += row.Characters;
        }

        return characters;
    }

    private static void Write(JsonLine line, BalanceTable balance)
    {
        line.Open('{').Key("questions").Number(balance.Questions);
        foreach (var dimension in Enum.GetValues<BalanceDimension>())
        {
            line.Key(JsonNamingPolicy.CamelCase.ConvertName(dimension.ToString())).Open('[');
            foreach (var entry in balance[dimension])
            {
                Count(line.Open('{').Property("name", entry.Name), entry.Questions);
            }

            line.Close(']');
        }

        Count(line.Key("negatives").Open('{'), balance.Negatives);
        line.Close('}');

        void Count(JsonLine entry, int questions) => entry
            .Key("questions").Number(questions)
            .Key("share").Number(balance.Questions == 0 ? 0m : Math.Round((decimal)questions / balance.Questions, 4)).Close('}');
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
