using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Analysis.Duplicates;

/// <summary>Keeps duplicates in one split: a model that was trained on a question does not show by its twin what it has learnt.</summary>
internal static class DuplicateSplits
{
    /// <summary>Joins the groups of duplicates. Those that pins keep apart leak, which is a finding at the later pin.</summary>
    public static void Join(DuplicateReport duplicates, IReadOnlyList<QaUnit> units, DisjointSets groups, DiagnosticBag diagnostics)
    {
        var pinnedBy = PinOfEachGroup(units, groups);
        foreach (var pair in duplicates.Pairs)
        {
            if (duplicates.Dropped[pair.First.Unit] is not null || duplicates.Dropped[pair.Second.Unit] is not null)
            {
                continue; // one of them stands in no split
            }

            var (one, other) = (groups.Find(pair.First.Unit), groups.Find(pair.Second.Unit));
            if (pinnedBy[one] is { } first && pinnedBy[other] is { } second && first.FrontMatter.Split != second.FrontMatter.Split)
            {
                Report(pair, first, second, diagnostics);
                continue;
            }

            var pin = pinnedBy[one] ?? pinnedBy[other];
            groups.Join(one, other);
            pinnedBy[groups.Find(one)] = pin;
        }
    }

    private static QaUnit?[] PinOfEachGroup(IReadOnlyList<QaUnit> units, DisjointSets groups)
    {
        var pinnedBy = new QaUnit?[units.Count];
        for (var i = 0; i < units.Count; i++)
        {
            if (units[i].FrontMatter.Split is not null)
            {
                pinnedBy[groups.Find(i)] ??= units[i];
            }
        }

        return pinnedBy;
    }

    private static void Report(UnitPair pair, QaUnit first, QaUnit second, DiagnosticBag diagnostics)
    {
        var (firstLine, _) = first.FrontMatter.PlaceOf("#/split");
        var (line, column) = second.FrontMatter.PlaceOf("#/split");
        diagnostics.Add(
            Rule.SplitLeak, new Location(second.File.FullPath, line, column),
            second.FrontMatter.Split!.Value.Name(), first.File.RelativePath, firstLine, first.FrontMatter.Split!.Value.Name(),
            pair.Second.Source.File.RelativePath, pair.Second.Line, pair.First.Source.File.RelativePath, pair.First.Line, pair.Score.ToString("0.00", CultureInfo.InvariantCulture));
    }
}
