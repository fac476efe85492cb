using System.Globalization;
using QaBuild.Dataset.Analysis.Balance;

namespace QaBuild.Dataset.Review.Diff;

/// <summary>How long the rows of a file are.</summary>
/// <param name="File">Below the dataset's folder, without <c>.jsonl</c>.</param>
/// <param name="Rows">How many, those of a higher weight repeated.</param>
/// <param name="Total">Tokens or characters of all.</param>
/// <param name="Median">Of a row.</param>
/// <param name="Longest">Of a row.</param>
public sealed record FileLength(string File, int Rows, long Total, int Median, int Longest);

/// <summary>A row of a side.</summary>
/// <param name="Row">What is told of it.</param>
/// <param name="Source">What the compile made.</param>
/// <param name="Key">By which it is known on the other side: its id, which a document may share with a question.</param>
internal sealed record SideRow(DiffRow Row, Emission.Row Source, string Key);

/// <summary>One of two datasets that are compared.</summary>
/// <param name="Compiles">Whether there is no error; otherwise there are no rows.</param>
/// <param name="InTokens">Whether lengths are in tokens; otherwise in characters.</param>
/// <param name="Findings">In the order of the compile.</param>
/// <param name="Lengths">A file each.</param>
public sealed record DiffSide(bool Compiles, bool InTokens, IReadOnlyList<DiffFinding> Findings, IReadOnlyList<FileLength> Lengths)
{
    /// <summary>Each row once.</summary>
    internal IReadOnlyList<SideRow> Rows { get; init; } = [];

    /// <summary>How the questions are spread; null when it does not compile.</summary>
    internal BalanceTable? Balance { get; init; }

    /// <summary>A dataset of nothing: what there was before there was a knowledge base.</summary>
    internal static DiffSide Empty { get; } = new(true, false, [], []);

    /// <summary>What a compile made.</summary>
    /// <param name="compilation">After all stages.</param>
    /// <param name="emitted">What its last stage returned.</param>
    /// <param name="repository">Paths outside of the knowledge base are named from this folder.</param>
    /// <param name="culture">The language of the findings.</param>
    internal static DiffSide Of(Compilation compilation, Emitted? emitted, string repository, CultureInfo culture)
    {
        var findings = compilation.Diagnostics.Select(d => DiffFinding.Of(d, [compilation.Options.KbRoot, repository], culture)).ToArray();
        if (emitted is null)
        {
            return new DiffSide(false, false, findings, []);
        }

        var (rows, keys) = (new List<SideRow>(), new HashSet<string>(StringComparer.Ordinal));
        var lengths = new List<FileLength>();
        foreach (var file in emitted.Files)
        {
            var name = file.Name[..^".jsonl".Length];
            foreach (var same in file.Lines.GroupBy(r => r, ReferenceEqualityComparer.Instance))
            {
                var row = same.First();
                var key = row.Id;
                while (!keys.Add(key))
                {
                    key += "\n" + row.Source;
                }

                rows.Add(new SideRow(new DiffRow(row.Id, row.Source, row.Line, name, same.Count(), row.Characters, row.Tokens, RowTexts.TitleOf(RowTexts.Of(row))), row, key));
            }

            var each = file.Lines.Select(r => r.Tokens ?? r.Characters).Order().ToArray();
            lengths.Add(new FileLength(name, each.Length, each.Sum(l => (long)l), each.Length == 0 ? 0 : each[each.Length / 2], each.Length == 0 ? 0 : each[^1]));
        }

        return new DiffSide(true, compilation.Tokenizer is not null, findings, lengths) { Rows = rows, Balance = emitted.Balance };
    }
}
