using System.Globalization;
using System.Text.Json;

namespace QaBuild.Benchmarks.Duplicates;

/// <summary>Two sentences and whether people said they mean the same.</summary>
internal sealed record LabelledPair(string A, string B, bool Same);

/// <summary>A set of labelled pairs.</summary>
internal sealed record LabelledSet(string Name, IReadOnlyList<LabelledPair> Pairs)
{
    /// <summary>The sets in <c>../shared/data/pairs</c>, those that are there.</summary>
    public static IReadOnlyList<LabelledSet> All(string shared)
    {
        string File(string name) => Path.Combine(shared, "data", "pairs", name);
        var sets = new List<LabelledSet>();
        Add("QQP", File("qqp_bimpm_dev.tsv"), path => Tabbed(path, skip: 0, label: 0, a: 1, b: 2, fewest: 3));
        Add("MRPC", File("msr_paraphrase_train.txt"), path => Tabbed(path, skip: 1, label: 0, a: 3, b: 4, fewest: 5));
        Add("LCQMC", File("lcqmc_dev.tsv"), path => Tabbed(path, skip: 1, label: 2, a: 0, b: 1, fewest: 3));
        Add("BQ", File("bq_dev_labelled.csv"), Commas);
        Add("AFQMC", File("afqmc_dev.json"), JsonLines);
        return sets;

        void Add(string name, string path, Func<string, IEnumerable<LabelledPair>> read)
        {
            if (System.IO.File.Exists(path))
            {
                sets.Add(new LabelledSet(name, [.. read(path)]));
            }
        }
    }

    private static IEnumerable<LabelledPair> Tabbed(string path, int skip, int label, int a, int b, int fewest) =>
        from line in File.ReadAllText(path).TrimStart('\uFEFF').Split('\n').Skip(skip)
        let cells = line.TrimEnd('\r').Split('\t')
        where cells.Length >= fewest && cells[label] is "0" or "1"
        select new LabelledPair(cells[a], cells[b], cells[label] == "1");

    private static IEnumerable<LabelledPair> Commas(string path) =>
        from line in File.ReadLines(path).Skip(1)
        let cells = Cells(line)
        where cells.Count == 3 && cells[2] is "0" or "1"
        select new LabelledPair(cells[0], cells[1], cells[2] == "1");

    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new System.Text.StringBuilder();
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(cell.ToString());
        return cells;
    }

    private static IEnumerable<LabelledPair> JsonLines(string path)
    {
        foreach (var line in File.ReadLines(path).Where(l => l.Length > 0))
        {
            using var json = JsonDocument.Parse(line);
            var pair = json.RootElement;
            var label = pair.GetProperty("label");
            yield return new LabelledPair(
                pair.GetProperty("sentence1").GetString()!, pair.GetProperty("sentence2").GetString()!,
                (label.ValueKind == JsonValueKind.String ? label.GetString() : label.GetInt32().ToString(CultureInfo.InvariantCulture)) == "1");
        }
    }
}
