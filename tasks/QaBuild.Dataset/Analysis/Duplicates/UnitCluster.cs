using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Analysis.Duplicates;

/// <summary>Units that hang together by pairs.</summary>
/// <param name="Units">Their indices, ascending: at least two.</param>
/// <param name="Best">The pair that is most alike; of equals the first.</param>
internal sealed record UnitCluster(IReadOnlyList<int> Units, UnitPair Best)
{
    /// <summary>
    /// The clusters that pairs make of units which are not in one set yet, in ascending order of their first units; then they are. A set of several units counts as
    /// the unit that a pair names of it.
    /// </summary>
    /// <param name="pairs">In any order.</param>
    /// <param name="sets">Over all units.</param>
    public static IReadOnlyList<UnitCluster> Join(IEnumerable<UnitPair> pairs, DisjointSets sets)
    {
        var apart = pairs.Where(p => sets.Find(p.First.Unit) != sets.Find(p.Second.Unit)).ToArray();
        if (apart.Length == 0)
        {
            return [];
        }

        foreach (var pair in apart)
        {
            sets.Join(pair.First.Unit, pair.Second.Unit);
        }

        return [.. apart
            .GroupBy(p => sets.Find(p.First.Unit))
            .Select(g => new UnitCluster(
                [.. g.SelectMany(p => new[] { p.First.Unit, p.Second.Unit }).Distinct().Order()],
                g.OrderByDescending(p => p.Score).ThenBy(p => p.First.Unit).ThenBy(p => p.Second.Unit).First()))
            .OrderBy(c => c.Units[0])];
    }
}
