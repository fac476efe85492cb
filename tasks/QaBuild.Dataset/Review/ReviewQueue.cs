using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review.Diff;
using QaBuild.Dataset.Review.Git;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Review;

/// <summary>A question that waits for a reviewer.</summary>
/// <param name="Unit">The question.</param>
/// <param name="Split">Where its rows are.</param>
/// <param name="Reviewers">Whose sign-offs hold.</param>
/// <param name="Missing">Sign-offs that RequireReviews asks for beyond those.</param>
/// <param name="Stale">Sign-offs that no longer hold, or cannot be read.</param>
public sealed record WaitingReview(QaUnit Unit, Split Split, IReadOnlyList<string> Reviewers, int Missing, IReadOnlyList<SignOff> Stale)
{
    /// <summary>A line for people.</summary>
    public string ToText(CultureInfo culture)
    {
        string Say(string phrase, params object[] arguments) => Catalogue.Default.Format(new Phrase(phrase, arguments), culture);
        var parts = new List<string> { $"{Split.Name()}, {Unit.Level.Letter()}" };
        parts.Add(Reviewers.Count == 0 ? Say("ReviewNobody") : Say("ReviewHolds", string.Join(", ", Reviewers)));
        if (Missing > 0)
        {
            parts.Add(Say("ReviewMissing", Missing));
        }

        parts.AddRange(Stale.Select(s => s.State == SignOffState.Stale ? Say("ReviewStale", s.Reviewer, s.Date) : Say("ReviewUnreadable", s.Reviewer)));
        return string.Join("; ", parts);
    }
}

/// <summary>Finds what waits for a reviewer.</summary>
public static class ReviewQueue
{
    /// <summary>
    /// What waits, the worst first: what fails a build, by how much is missing; what was signed off and edited since; then test before valid before train, the
    /// hard before the easy. Where nothing is required, what nobody signed off waits, too.
    /// </summary>
    /// <param name="compilation">After its split.</param>
    public static IReadOnlyList<WaitingReview> Of(Compilation compilation) =>
        [.. compilation.Placed
            .Select(p => Waiting(p.Unit, p.Split, compilation.Options.Reviews))
            .OfType<WaitingReview>()
            .OrderByDescending(w => w.Missing).ThenByDescending(w => w.Stale.Count > 0).ThenByDescending(w => w.Split).ThenByDescending(w => w.Unit.Level)
            .ThenBy(w => w.Unit.File.RelativePath, StringComparer.Ordinal)];

    /// <summary>What changed in a file since a sign-off: a line each, with <c>[-what went-]</c> and <c>{+what came+}</c>; null when git does not know what was read.</summary>
    /// <exception cref="GitFaultException">Git cannot be run.</exception>
    public static IReadOnlyList<string>? Since(GitRepository repository, string kbRoot, QaUnit unit, SignOff signOff)
    {
        foreach (var (_, path, content) in repository.History(unit.File.RelativePath))
        {
            if (Parse(kbRoot, path, content) is { } then && ReviewHash.Of(then) == signOff.Hash)
            {
                return [.. Texts(then).Zip(Texts(unit)).SelectMany(t => Changes(t.First.Name, t.First.Text, t.Second.Text))];
            }
        }

        return null;
    }

    private static WaitingReview? Waiting(QaUnit unit, Split split, ReviewRequirement requirement)
    {
        var reviewers = ReviewChecks.ReviewersOf(unit);
        var missing = Math.Max(0, requirement.Of(unit.Level, split, out _) - reviewers.Length);
        SignOff[] stale = unit.SignOffs.IsEmpty ? [] : [.. unit.SignOffs.Where(s => s.State != SignOffState.Current)];
        return missing > 0 || stale.Length > 0 || (requirement.IsNone && reviewers.Length == 0) ? new WaitingReview(unit, split, reviewers, missing, stale) : null;
    }

    private static QaUnit? Parse(string kbRoot, string path, byte[] content)
    {
        var file = new SourceList(kbRoot, [Path.Combine(kbRoot, path)], []).Sources[0];
        return new SourceReader(kbRoot, new DiagnosticBag()).Decode(file, content, new QaParser(new DiagnosticBag()).Parse)?.Unit;
    }

    private static IEnumerable<(string Name, string Text)> Texts(QaUnit unit) =>
    [
        ("question", unit.Question.Text), ("answer", unit.Answer.Text), ("system", unit.FrontMatter.System ?? ""), ("context", unit.FrontMatter.Context?.Text ?? ""),
        ("paraphrases", string.Join('\n', unit.FrontMatter.Paraphrases.Select(p => p.Text))), ("tools", string.Join('\n', unit.FrontMatter.Tools)), ("calls", string.Join('\n', unit.FrontMatter.Calls)),
        ("links", unit.Related.Text),
    ];

    private static IEnumerable<string> Changes(string name, string then, string now) =>
        WordDiff.Between(then, now).Select(c =>
            $"{name}: {InertText.Line(c.Before)}{(c.Removed.Length > 0 ? $"[-{InertText.Line(c.Removed)}-]" : "")}{(c.Added.Length > 0 ? $"{{+{InertText.Line(c.Added)}+}}" : "")}{InertText.Line(c.After)}");
}
