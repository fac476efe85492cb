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
        var pinnedBy = PinOfEachGroup(duplicates, units, groups);
        var reported = new HashSet<long>();
        foreach (var pair in duplicates.Pairs)
        {
            var (one, other) = (groups.Find(pair.First.Unit), groups.Find(pair.Second.Unit));
            if (pinnedBy[one] is { } a && pinnedBy[other] is { } b && units[a].FrontMatter.Split != units[b].FrontMatter.Split)
            {
                // What is left out stands in no split, and yet it holds together what is like it.
                var stay = duplicates.Dropped[pair.First.Unit] is null && duplicates.Dropped[pair.Second.Unit] is null;
                var (earlier, later) = (Math.Min(a, b), Math.Max(a, b));
                if (stay && reported.Add(((long)earlier << 32) | (uint)later))
                {
                    Report(pair, units[earlier], units[later], diagnostics);
                }

                continue;
            }

            var pin = pinnedBy[one] ?? pinnedBy[other];
            groups.Join(one, other);
            pinnedBy[groups.Find(one)] = pin;
        }
    }

    private static int?[] PinOfEachGroup(DuplicateReport duplicates, IReadOnlyList<QaUnit> units, DisjointSets groups)
    {
        var pinnedBy = new int?[units.Count];
        for (var i = 0; i < units.Count; i++)
        {
            if (units[i].FrontMatter.Split is not null && duplicates.Dropped[i] is null)
            {
                pinnedBy[groups.Find(i)] ??= i;
            }
        }

        return pinnedBy;
    }

    private static void Report(UnitPair pair, QaUnit earlier, QaUnit later, DiagnosticBag diagnostics)
    {
        var (earlierLine, _) = earlier.FrontMatter.PlaceOf("#/split");
        var (line, column) = later.FrontMatter.PlaceOf("#/split");
        diagnostics.Add(
            Rule.SplitLeak, new Location(later.File.FullPath, line, column),
            later.FrontMatter.Split!.Value.Name(), earlier.File.RelativePath, earlierLine, earlier.FrontMatter.Split!.Value.Name(),
            pair.Second.Source.File.RelativePath, pair.Second.Line, pair.First.Source.File.RelativePath, pair.First.Line, pair.Score.ToString("0.00", CultureInfo.InvariantCulture));
    }
}
