using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Duplicates;

/// <summary>What the comparison of all units found.</summary>
/// <param name="Pairs">All pairs: units that must not stand in two splits.</param>
/// <param name="Dropped">For each unit, of which other it is left out as a duplicate; null for a unit that stays.</param>
internal sealed record DuplicateReport(IReadOnlyList<UnitPair> Pairs, DuplicateOf?[] Dropped)
{
    public static DuplicateReport Empty { get; } = new([], []);
}

/// <summary>Why a unit is left out.</summary>
/// <param name="Kept">The unit that stays.</param>
/// <param name="Score">0 to 1: how alike the unit and the nearest of its cluster are.</param>
internal sealed record DuplicateOf(QaUnit Kept, double Score);
