using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using QaBuild.Dataset.Analysis.Balance;
using QaBuild.Dataset.Review.Git;

namespace QaBuild.Dataset.Review.Diff;

/// <summary>A value whose share of the questions is another.</summary>
/// <param name="Dimension">For example <c>skill</c>.</param>
/// <param name="Name">The value.</param>
/// <param name="Before">Questions there were.</param>
/// <param name="Now">Questions there are.</param>
public sealed record BalanceChange(string Dimension, string Name, int Before, int Now);

/// <summary>What a change does to the dataset.</summary>
/// <param name="Against">The commit that it is compared with.</param>
/// <param name="Before">The dataset of that commit.</param>
/// <param name="Now">The dataset of the working tree.</param>
public sealed record DatasetDiff(GitCommit Against, DiffSide Before, DiffSide Now)
{
    /// <summary>Rows whose id is new, in the order of the dataset.</summary>
    public ImmutableArray<DiffRow> Added { get; private init; } = [];

    /// <summary>Rows whose id is gone.</summary>
    public ImmutableArray<DiffRow> Removed { get; private init; } = [];

    /// <summary>Rows with another text.</summary>
    public ImmutableArray<RowChange> Changed { get; private init; } = [];

    /// <summary>Rows under another id, such as those of a file that moved to another skill.</summary>
    public ImmutableArray<RowChange> Moved { get; private init; } = [];

    /// <summary>Rows in another split, or with another weight.</summary>
    public ImmutableArray<RowChange> Resplit { get; private init; } = [];

    /// <summary>Shares that are other, of datasets that both compile.</summary>
    public ImmutableArray<BalanceChange> Balance { get; private init; } = [];

    /// <summary>Questions of either side.</summary>
    public (int Before, int Now) Questions => (Before.Balance?.Questions ?? 0, Now.Balance?.Questions ?? 0);

    /// <summary>Findings that only the dataset of the working tree has.</summary>
    public ImmutableArray<DiffFinding> Introduced { get; private init; } = [];

    /// <summary>Findings that only the dataset of the commit has.</summary>
    public ImmutableArray<DiffFinding> Fixed { get; private init; } = [];

    /// <summary>Whether rows can be compared: both sides compile.</summary>
    public bool HasRows => Before.Compiles && Now.Compiles;

    /// <summary>Compares.</summary>
    public static DatasetDiff Between(GitCommit against, DiffSide before, DiffSide now)
    {
        var diff = new DatasetDiff(against, before, now);
        diff = diff.HasRows ? diff.WithRows() : diff;
        var moved = diff.Moved.Where(m => m.Before.Source != m.Now.Source).DistinctBy(m => m.Now.Source).ToDictionary(m => m.Now.Source, m => m.Before.Source, StringComparer.Ordinal);
        return diff with { Introduced = Without(now.Findings, before.Findings, moved), Fixed = Without(before.Findings, now.Findings, moved) };
    }

    private DatasetDiff WithRows()
    {
        var old = Before.Rows.ToDictionary(r => r.Key, StringComparer.Ordinal);
        var keys = Now.Rows.Select(r => r.Key).ToHashSet(StringComparer.Ordinal);
        var gone = Before.Rows.Where(r => !keys.Contains(r.Key)).ToList();
        var come = Now.Rows.Where(r => !old.ContainsKey(r.Key)).ToList();
        var moved = Moves(gone, come);
        var both = Now.Rows.Where(r => old.ContainsKey(r.Key)).Select(r => (Before: old[r.Key], Now: r)).Concat(moved).ToArray();
        return this with
        {
            Added = [.. come.Select(r => r.Row)],
            Removed = [.. gone.Select(r => r.Row)],
            Changed = [.. both.Where(p => !p.Before.Source.Json.Span.SequenceEqual(p.Now.Source.Json.Span)).Select(p => new RowChange(p.Before.Row, p.Now.Row, Texts(p.Before.Source, p.Now.Source)))],
            Moved = [.. moved.Select(p => new RowChange(p.Before.Row, p.Now.Row, []))],
            Resplit = [.. both.Where(p => p.Before.Row.Place != p.Now.Row.Place).Select(p => new RowChange(p.Before.Row, p.Now.Row, []))],
            Balance = Balances(Before.Balance, Now.Balance!),
        };
    }

    // A row that says, or at least asks, the same under a new id has moved. Each is taken once, in order, out of both lists.
    private static List<(SideRow Before, SideRow Now)> Moves(List<SideRow> gone, List<SideRow> come)
    {
        var moves = new List<(SideRow Before, SideRow Now)>();
        foreach (var text in (Func<SideRow, string>[])[r => Encoding.UTF8.GetString(r.Source.Json.Span), r => r.Row.Title])
        {
            var waiting = gone.GroupBy(text, StringComparer.Ordinal).ToDictionary(g => g.Key, g => new Queue<SideRow>(g), StringComparer.Ordinal);
            foreach (var row in come)
            {
                if (waiting.TryGetValue(text(row), out var same) && same.TryDequeue(out var before))
                {
                    moves.Add((before, row));
                }
            }

            var taken = moves.SelectMany(m => new[] { m.Before, m.Now }).ToHashSet();
            gone.RemoveAll(taken.Contains);
            come.RemoveAll(taken.Contains);
        }

        return moves;
    }

    private static ImmutableArray<TextChange> Texts(Emission.Row before, Emission.Row now)
    {
        var (old, texts) = (RowTexts.Of(before), RowTexts.Of(now));
        var names = texts.Select(t => t.Name).Union(old.Select(t => t.Name));
        string In(IReadOnlyList<RowText> all, string name) => all.FirstOrDefault(t => t.Name == name)?.Text ?? "";
        return [.. names.Select(n => new TextChange(n, WordDiff.Between(In(old, n), In(texts, n)))).Where(t => !t.Places.IsEmpty)];
    }

    private static ImmutableArray<BalanceChange> Balances(BalanceTable? before, BalanceTable now)
    {
        var changes = ImmutableArray.CreateBuilder<BalanceChange>();
        foreach (var dimension in Enum.GetValues<BalanceDimension>())
        {
            var (old, counts) = ((before?[dimension] ?? []).ToDictionary(e => e.Name, e => e.Questions, StringComparer.Ordinal), now[dimension].ToDictionary(e => e.Name, e => e.Questions, StringComparer.Ordinal));
            changes.AddRange(counts.Keys.Union(old.Keys)
                .Select(n => new BalanceChange(JsonNamingPolicy.CamelCase.ConvertName(dimension.ToString()), n, old.GetValueOrDefault(n), counts.GetValueOrDefault(n)))
                .Where(c => c.Before != c.Now));
        }

        return changes.ToImmutable();
    }

    private static ImmutableArray<DiffFinding> Without(IReadOnlyList<DiffFinding> findings, IReadOnlyList<DiffFinding> others, Dictionary<string, string> moved)
    {
        var left = others.GroupBy(f => f.Identity(moved), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var without = ImmutableArray.CreateBuilder<DiffFinding>();
        foreach (var finding in findings)
        {
            var identity = finding.Identity(moved);
            if (left.GetValueOrDefault(identity) is > 0 and var count)
            {
                left[identity] = count - 1;
            }
            else
            {
                without.Add(finding);
            }
        }

        return without.ToImmutable();
    }
}
