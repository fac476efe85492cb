using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Review;

/// <summary>Finds sign-offs that no longer hold, and questions that too few people signed off.</summary>
internal static class ReviewChecks
{
    /// <summary>Reports sign-offs that are stale or cannot be read.</summary>
    public static void Check(IReadOnlyList<QaUnit> units, DiagnosticBag diagnostics)
    {
        foreach (var unit in units)
        {
            foreach (var signOff in unit.SignOffs)
            {
                var place = new Location(unit.File.FullPath, signOff.Line, 1);
                if (signOff.State == SignOffState.Stale)
                {
                    diagnostics.Add(Rule.StaleSignOff, place, signOff.Reviewer, signOff.Date);
                }
                else if (signOff.State == SignOffState.Unreadable)
                {
                    diagnostics.Add(Rule.SignOffUnreadable, place, signOff.Reviewer);
                }
            }
        }
    }

    /// <summary>Reports a question that has not the sign-offs which <paramref name="requirement"/> asks for.</summary>
    public static void Require(ReviewRequirement requirement, QaUnit unit, Split split, DiagnosticBag diagnostics)
    {
        var current = ReviewersOf(unit);
        if (current.Length < requirement.Of(unit.Level, split, out var why))
        {
            var unbound = SignOff.In(unit.Proofreading, () => "").Count(s => s.State == SignOffState.Unbound);
            diagnostics.Add(
                Rule.ReviewsMissing, new Location(unit.File.FullPath, unit.Proofreading.Line, 1), why,
                current.Length > 0 ? new Phrase("ReviewsBy", current.Length, string.Join(", ", current)) : unbound > 0 ? new Phrase("ReviewsUnbound", unbound) : new Phrase("ReviewsNone"));
        }
    }

    /// <summary>The people whose sign-offs hold.</summary>
    public static string[] ReviewersOf(QaUnit unit) =>
        unit.SignOffs.IsEmpty ? [] : [.. unit.SignOffs.Where(s => s.State == SignOffState.Current).Select(s => s.Reviewer).DistinctBy(Vocabulary.Fold)];
}
