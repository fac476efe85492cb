using System.Globalization;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Review;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Reporting;

/// <summary>Everything that a page shows: in the order in which it is read.</summary>
internal sealed record ReportFacts(ReportData Data, ReportFindings Findings, ModelFacts Model, IReadOnlyList<TextFacts> Texts)
{
    // What the page calls a unit that stands in no split.
    private const int Filtered = 3;
    private const int Dropped = 4;

    /// <summary>Gathers it.</summary>
    /// <param name="compilation">After <see cref="Compilation.Emit"/>, with or without errors.</param>
    /// <param name="model">What training left.</param>
    /// <param name="folder">The page's, as a full path.</param>
    /// <param name="culture">Decides the page's language.</param>
    public static ReportFacts Of(Compilation compilation, ModelFacts model, string folder, CultureInfo culture)
    {
        var units = compilation.Units;
        var (jobs, skills, skillOf) = Skills(units);
        var (findings, rules, counts) = FindingList.Of(compilation, folder);
        var (clusters, count) = DuplicateClusters.Of(compilation);
        var splits = new int[units.Count];
        for (var i = 0; i < splits.Length; i++)
        {
            splits[i] = compilation.Duplicates.Dropped[i] is not null ? Dropped : compilation.IsSelected(i) ? (int)compilation.SplitOf(i) : Filtered;
        }

        var columns = new UnitColumns(
            skillOf, Column(units, u => u.File.Name.ToString()), Column(units, u => u.Id == u.File.PathId ? null : u.Id), Column(units, u => u.Question.Line), Column(units, u => (int)u.Level),
            [.. Enumerable.Range(0, units.Count).Select(i => compilation.TraitsOf(i).IsChinese ? 1 : 0)], splits, Column(units, u => u.Question.Text.Length), Column(units, u => u.Answer.Text.Length),
            Column(units, u => (int)StateOf(u)), [.. compilation.Graph.Parents]);
        var data = new ReportData(
            Emitted.Version, culture.TwoLetterISOLanguageName == "zh" ? "zh" : "en", Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(compilation.Options.KbRoot))),
            UrlTo(compilation.Options.KbRoot, folder), compilation.Options.Format.ToString().ToLowerInvariant(), compilation.Tokenizer is null ? "characters" : "tokens",
            Files(compilation), jobs, skills, columns, Rows(compilation), rules, counts, count);
        return new ReportFacts(data, new ReportFindings(findings, clusters), model, Column(units, Text));
    }

    private static (IReadOnlyList<string> Jobs, IReadOnlyList<SkillName> Skills, int[] SkillOf) Skills(IReadOnlyList<QaUnit> units)
    {
        var (jobs, skills, skillOf) = (new List<string>(), new List<SkillName>(), new int[units.Count]);
        for (var i = 0; i < units.Count; i++)
        {
            // Units of a folder follow one another, and so do the folders of a job.
            var folder = units[i].File.Folder;
            if (i == 0 || !folder.SequenceEqual(units[i - 1].File.Folder))
            {
                var slash = folder.IndexOf('/');
                var job = folder["job_".Length..slash].ToString();
                if (jobs.Count == 0 || jobs[^1] != job)
                {
                    jobs.Add(job);
                }

                skills.Add(new SkillName(jobs.Count - 1, folder[(slash + 1 + "skill_".Length)..].ToString()));
            }

            skillOf[i] = skills.Count - 1;
        }

        return (jobs, skills, skillOf);
    }

    private static List<FileFacts> Files(Compilation compilation)
    {
        List<FileFacts> Of(IEnumerable<Row> rows, Func<Splitting.Split, string> nameOf) =>
            [.. rows.GroupBy(r => r.Split).OrderBy(g => g.Key).Select(g => new FileFacts(nameOf(g.Key), (int)g.Key, g.Sum(r => g.Key == Splitting.Split.Train ? r.Weight : 1)))];
        var together = compilation.Options.DocumentFormat == DocumentFormat.Title || compilation.Options.Format == DatasetFormat.Text;
        string FileOf(Splitting.Split split) => Splitting.Splits.Name(split) + ".jsonl";
        return together
            ? Of(compilation.UnitRows.Concat(compilation.DocumentRows), FileOf)
            : [.. Of(compilation.UnitRows, FileOf), .. Of(compilation.DocumentRows, Emitted.DocumentFile)];
    }

    private static RowColumns Rows(Compilation compilation)
    {
        var unitOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < compilation.Units.Count; i++)
        {
            unitOf[compilation.Units[i].File.RelativePath] = i;
        }

        Row[] rows = [.. compilation.UnitRows, .. compilation.DocumentRows];
        return new RowColumns(
            Column(rows, r => unitOf.GetValueOrDefault(r.Source, -1)), Column(rows, r => (int)r.Split), Column(rows, r => compilation.Tokenizer is null ? r.Characters : r.Tokens ?? 0));
    }

    // A sign-off that holds makes up for one that does not.
    private static ReviewState StateOf(QaUnit unit) =>
        unit.SignOffs.Any(s => s.State == SignOffState.Current) ? ReviewState.Signed
        : unit.SignOffs.Length > 0 ? ReviewState.Stale
        : unit.Proofreading.Text.Split('\n').Any(l => !string.IsNullOrWhiteSpace(l) && !Vocabulary.Default.SaysNone(l)) ? ReviewState.Unbound
        : ReviewState.None;

    private static TextFacts Text(QaUnit unit)
    {
        var front = unit.FrontMatter;
        return new TextFacts(
            unit.Question.Text, unit.Answer.Text, unit.Proofreading.Text, front.Paraphrases.Length > 0 ? [.. front.Paraphrases.Select(p => p.Text)] : null,
            front.Tags.Length > 0 ? front.Tags : null, front.System, front.Context?.Text);
    }

    // A page that is opened from its place finds the sources by it, and says nothing of the machine that it was made on.
    private static string? UrlTo(string kb, string folder)
    {
        var relative = Path.GetRelativePath(folder, Path.TrimEndingDirectorySeparator(Path.GetFullPath(kb)));
        return Path.IsPathRooted(relative) ? null : string.Concat(relative.Split(Path.DirectorySeparatorChar).Select(p => Uri.EscapeDataString(p) + "/"));
    }

    private static TResult[] Column<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> value)
    {
        var column = new TResult[items.Count];
        Chunks.For(column.Length, new ParallelOptions { TaskScheduler = TaskScheduler.Default }, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                column[i] = value(items[i]);
            }
        });
        return column;
    }
}
