using System.Collections.Immutable;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Linking;

/// <summary>Which questions follow up which.</summary>
/// <param name="Units">All units without an error, in ordinal order of their paths.</param>
/// <param name="Parents">For each unit, the indices of the units that its 关联问题 lists, in the order written.</param>
public sealed record LinkGraph(ImmutableArray<QaUnit> Units, IReadOnlyList<IReadOnlyList<int>> Parents)
{
    /// <summary>
    /// Follow-up chains: every unit stands in exactly one, after the first unit that it follows up, when no other follow-up came before it.
    /// </summary>
    public IEnumerable<int[]> Chains()
    {
        var next = new int[Units.Length];
        Array.Fill(next, -1);
        var previous = (int[])next.Clone();
        for (var unit = 0; unit < Units.Length; unit++)
        {
            if (Parents[unit] is { Count: > 0 } parents && parents[0] is var parent && next[parent] < 0 && !Reaches(unit, parent, next))
            {
                (next[parent], previous[unit]) = (unit, parent);
            }
        }

        for (var unit = 0; unit < Units.Length; unit++)
        {
            if (previous[unit] < 0)
            {
                var chain = new List<int>();
                for (var at = unit; at >= 0; at = next[at])
                {
                    chain.Add(at);
                }

                yield return [.. chain];
            }
        }
    }

    private static bool Reaches(int from, int to, int[] next)
    {
        for (var at = from; at >= 0; at = next[at])
        {
            if (at == to)
            {
                return true;
            }
        }

        return false;
    }
}
