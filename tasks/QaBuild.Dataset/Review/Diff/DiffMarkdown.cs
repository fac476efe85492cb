using System.Globalization;
using System.Text;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Review.Diff;

/// <summary>
/// Writes a comparison as a comment of a pull request. What is of the pull request stands in code spans and <c>pre</c> elements only. A comment has a largest size:
/// each section shows as much as its share allows and says how much more there is.
/// </summary>
public sealed class DiffMarkdown
{
    /// <summary>Characters; GitHub takes 65 536 for a comment.</summary>
    public const int Longest = 60_000;

    private const int LongestMessage = 400;
    private const int MostPlaces = 8;
    private const int LongestPlace = 400;
    private readonly CultureInfo _culture;
    private readonly StringBuilder _text = new();

    private DiffMarkdown(CultureInfo culture) => _culture = culture;

    /// <summary>The comment.</summary>
    public static string Write(DatasetDiff diff, CultureInfo culture)
    {
        var markdown = new DiffMarkdown(culture);
        markdown.All(diff);
        return markdown._text.ToString();
    }

    /// <summary>What differs, in one line without marks.</summary>
    public static string Summary(DatasetDiff diff, CultureInfo culture) => new DiffMarkdown(culture).Counts(diff);

    private void All(DatasetDiff diff)
    {
        Line($"## {Say("DiffTitle")}").Line();
        Line(Say("DiffAgainst", InertText.Code(diff.Against.Name, 100), $"`{diff.Against.ShortId}`")).Line();
        Line($"**{Counts(diff)}**").Line();
        if (diff.HasRows)
        {
            Rows(diff);
        }

        Side(diff.Now, "DiffNowFails", budget: 12_000);
        Side(diff.Before, "DiffBeforeFailed", budget: 4_000);
        foreach (var (kind, heading) in new[] { (FindingKind.Duplicate, "DiffDuplicates"), (FindingKind.Contradiction, "DiffContradictions"), (FindingKind.Leak, "DiffLeaks"), (FindingKind.Other, "DiffIntroduced") })
        {
            Section<DiffFinding>(heading, diff.Now.Compiles ? [.. diff.Introduced.Where(f => f.Kind == kind)] : [], Finding, budget: 4_000);
        }

        Section("DiffChanged", diff.Changed, Change, budget: 20_000);
        Section("DiffAdded", diff.Added, Row, budget: 5_000);
        Section("DiffRemoved", diff.Removed, Row, budget: 5_000);
        Section("DiffMoved", diff.Moved, m => $"- {InertText.Code(m.Before.Id)} → {InertText.Code(m.Now.Id)}\n", budget: 4_000);
        Section("DiffResplit", diff.Resplit, m => $"- {InertText.Code(m.Now.Id)}: {InertText.Code(m.Before.Place)} → {InertText.Code(m.Now.Place)}\n", budget: 4_000);
        Section<DiffFinding>("DiffFixed", diff.Before.Compiles ? diff.Fixed : [], Finding, budget: 4_000);
        if (diff.HasRows)
        {
            Lengths(diff);
            Balance(diff);
        }
    }

    private string Counts(DatasetDiff diff)
    {
        int New(FindingKind kind) => diff.Introduced.Count(f => f.Kind == kind);
        var findings = Say("DiffFindings", New(FindingKind.Duplicate), New(FindingKind.Contradiction), New(FindingKind.Leak), diff.Introduced.Length, diff.Fixed.Length);
        if (!diff.Now.Compiles)
        {
            return Say("DiffNoRowsNow") + findings;
        }

        return !diff.Before.Compiles ? Say("DiffNoRowsBefore") + findings
            : diff.Added.IsEmpty && diff.Removed.IsEmpty && diff.Changed.IsEmpty && diff.Moved.IsEmpty && diff.Resplit.IsEmpty && diff.Introduced.IsEmpty && diff.Fixed.IsEmpty ? Say("DiffNothing")
            : Say("DiffRows", diff.Added.Length, diff.Removed.Length, diff.Changed.Length, diff.Moved.Length, diff.Resplit.Length) + findings;
    }

    private void Rows(DatasetDiff diff)
    {
        Line($"| {Say("DiffFile")} | {Say("DiffBefore")} | {Say("DiffNow")} | |").Line("|---|--:|--:|--:|");
        foreach (var file in Files(diff))
        {
            var (before, now) = (diff.Before.Lengths.FirstOrDefault(l => l.File == file)?.Rows ?? 0, diff.Now.Lengths.FirstOrDefault(l => l.File == file)?.Rows ?? 0);
            Line($"| {InertText.Cell(file)} | {Number(before)} | {Number(now)} | {Signed(now - before)} |");
        }

        Line();
    }

    private void Side(DiffSide side, string heading, int budget)
    {
        if (!side.Compiles)
        {
            Section<DiffFinding>(heading, [.. side.Findings.OrderByDescending(f => f.Severity == Severity.Error)], Finding, budget);
        }
    }

    private void Lengths(DatasetDiff diff)
    {
        var changed = Files(diff).Where(f => diff.Before.Lengths.FirstOrDefault(l => l.File == f) != diff.Now.Lengths.FirstOrDefault(l => l.File == f)).ToArray();
        if (changed.Length == 0)
        {
            return;
        }

        Open(Say(diff.Now.InTokens ? "DiffTokens" : "DiffCharacters"));
        Line($"| {Say("DiffFile")} | {Say("DiffTotal")} | {Say("DiffMedian")} | {Say("DiffLongest")} |").Line("|---|--:|--:|--:|");
        foreach (var file in changed)
        {
            var none = new FileLength(file, 0, 0, 0, 0);
            var (before, now) = (diff.Before.Lengths.FirstOrDefault(l => l.File == file) ?? none, diff.Now.Lengths.FirstOrDefault(l => l.File == file) ?? none);
            Line($"| {InertText.Cell(file)} | {Arrow(before.Total, now.Total)} | {Arrow(before.Median, now.Median)} | {Arrow(before.Longest, now.Longest)} |");
        }

        Close();
    }

    private void Balance(DatasetDiff diff)
    {
        if (diff.Balance.IsEmpty)
        {
            return;
        }

        const int Most = 60;
        Open(Say("DiffBalance", diff.Balance.Length));
        Line($"| | | {Say("DiffBefore")} | {Say("DiffNow")} |").Line("|---|---|--:|--:|");
        string Share(int count, int of) => of == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{count} ({100.0 * count / of:0.0} %)");

        // The largest first, when there are too many for a comment.
        var shown = diff.Balance.Length <= Most ? diff.Balance : diff.Balance.OrderByDescending(c => Math.Abs(c.Now - c.Before)).Take(Most);
        foreach (var change in shown)
        {
            Line($"| {change.Dimension} | {InertText.Cell(change.Name)} | {Share(change.Before, diff.Questions.Before)} | {Share(change.Now, diff.Questions.Now)} |");
        }

        if (diff.Balance.Length > Most)
        {
            Line().Line(Say("DiffMore", diff.Balance.Length - Most));
        }

        Close();
    }

    private void Section<T>(string heading, IReadOnlyCollection<T> items, Func<T, string> write, int budget)
    {
        if (items.Count == 0)
        {
            return;
        }

        Line($"### {Say(heading, items.Count)}").Line();
        var end = _text.Length + budget;
        var shown = 0;
        foreach (var item in items)
        {
            var text = write(item);
            if (_text.Length + text.Length > end && shown > 0)
            {
                break;
            }

            _text.Append(text);
            shown++;
        }

        if (shown < items.Count)
        {
            Line().Line(Say("DiffMore", items.Count - shown));
        }

        Line();
    }

    private string Row(DiffRow row) => $"- {InertText.Code(row.Id)} ({InertText.Code(row.Place)}, {Length(row)}): {InertText.Code(row.Title, 120)}\n";

    private string Finding(DiffFinding finding)
    {
        var place = finding.Path.Length == 0 ? "" : finding.Line > 0 ? InertText.Code($"{finding.Path}({finding.Line},{finding.Column})", 300) : InertText.Code(finding.Path, 300);
        return $"- {finding.Severity.ToString().ToLowerInvariant()} {finding.Code} {place}{(place.Length == 0 ? "" : "<br>")}{InertText.Code(finding.Message, LongestMessage)}\n";
    }

    private string Change(RowChange change)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"- {InertText.Code(change.Now.Id)} ({InertText.Code(change.Now.Place)}, {(Length(change.Before) == Length(change.Now) ? Length(change.Now) : Say(change.Now.Tokens is null ? "DiffLengths" : "DiffLengthTokens", LengthOf(change.Before), LengthOf(change.Now)))})\n");
        foreach (var changed in change.Texts)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {InertText.Code(changed.Name)}\n\n<pre>");
            var places = changed.Places.Take(MostPlaces).Select(p =>
                InertText.Html(p.Before, LongestPlace) + Marked("del", p.Removed) + Marked("ins", p.Added) + InertText.Html(p.After, LongestPlace));
            text.AppendJoin("\n\n", places);
            if (changed.Places.Length > MostPlaces)
            {
                text.Append("\n\n").Append(Say("DiffPlaces", changed.Places.Length - MostPlaces));
            }

            text.Append("</pre>\n\n");
        }

        return text.ToString();
    }

    private static string Marked(string element, string text) => text.Length == 0 ? "" : $"<{element}>{InertText.Html(text, LongestPlace)}</{element}>";

    private static IEnumerable<string> Files(DatasetDiff diff) => diff.Now.Lengths.Select(l => l.File).Union(diff.Before.Lengths.Select(l => l.File));

    private string Length(DiffRow row) => row.Tokens is { } tokens ? Say("DiffRowTokens", tokens) : Say("DiffRowCharacters", row.Characters);

    private static int LengthOf(DiffRow row) => row.Tokens ?? row.Characters;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Signed(int difference) => difference == 0 ? "" : difference.ToString("+0;−0", CultureInfo.InvariantCulture);

    private static string Arrow(long before, long now) => before == now ? Number(now) : $"{Number(before)} → {Number(now)}";

    private string Say(string phrase, params object[] arguments) => Catalogue.Default.Format(new Phrase(phrase, arguments), _culture);

    private void Open(string title) => Line($"<details><summary>{title}</summary>").Line();

    private void Close() => Line().Line("</details>").Line();

    private DiffMarkdown Line(string text = "")
    {
        _text.Append(text).Append('\n');
        return this;
    }
}
