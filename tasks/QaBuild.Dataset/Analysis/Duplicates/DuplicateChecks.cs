using System.Globalization;
using QaBuild.Dataset.Analysis.Contradictions;
using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Analysis.Duplicates;

/// <summary>Reports duplicates, each cluster once and at its strongest reason; contradictions between them; and paraphrases that say nothing new.</summary>
internal sealed class DuplicateChecks
{
    // Nearly identical: a paraphrase is wanted, but not one that differs in an article.
    private const double CloseParaphrases = 0.95;

    // A list of files that a reader would read.
    private const int MostNamed = 5;

    private readonly IReadOnlyList<QaUnit> _units;
    private readonly Func<QaUnit, bool> _isSelected;
    private readonly CompilationOptions _options;
    private readonly DiagnosticBag _diagnostics;
    private readonly DuplicateOf?[] _dropped;

    private DuplicateChecks(IReadOnlyList<QaUnit> units, Func<QaUnit, bool> isSelected, CompilationOptions options, DiagnosticBag diagnostics) =>
        (_units, _isSelected, _options, _diagnostics, _dropped) = (units, isSelected, options, diagnostics, new DuplicateOf?[units.Count]);

    /// <summary>Compares all units.</summary>
    /// <param name="units">In the order of their paths.</param>
    /// <param name="analyses">Of each unit.</param>
    /// <param name="isSelected">Whether the filters leave a unit in the dataset: only such a one can stay for others.</param>
    /// <param name="options">Thresholds, and what becomes of duplicates.</param>
    /// <param name="parallel">Threads and cancellation; they do not change the result.</param>
    /// <param name="diagnostics">Gets the findings.</param>
    /// <exception cref="OperationCanceledException">The parallel options' token was cancelled.</exception>
    public static DuplicateReport Check(
        IReadOnlyList<QaUnit> units, UnitAnalysis[] analyses, Func<QaUnit, bool> isSelected, CompilationOptions options, ParallelOptions parallel, DiagnosticBag diagnostics)
    {
        var wordings = Wording.Of(units, analyses, parallel);
        var pairs = DuplicateFinder.Find(units, wordings, analyses, options.DuplicateWarnThreshold, parallel);
        var checks = new DuplicateChecks(units, isSelected, options, diagnostics);
        checks.Report(pairs);
        checks.ReportContradictions(pairs);
        checks.ReportCloseParaphrases(wordings, parallel);
        return new DuplicateReport(pairs, checks._dropped);
    }

    private void Report(IReadOnlyList<UnitPair> pairs)
    {
        var sets = new DisjointSets(_units.Count);
        var severity = _options.DuplicateAction switch { DuplicateAction.Error => Severity.Error, DuplicateAction.Warn => Severity.Warning, _ => Severity.Info };
        bool IsError(UnitPair pair) => pair.Score >= _options.DuplicateErrorThreshold;
        void Level(DuplicateKind kind, bool isError, Action<UnitCluster> report)
        {
            foreach (var cluster in UnitCluster.Join(pairs.Where(p => p.Kind == kind && IsError(p) == isError && Stay(p)), sets))
            {
                report(cluster);
            }
        }

        Level(DuplicateKind.SameQuestion, true, cluster => SameQuestion(cluster, severity));
        Level(DuplicateKind.Question, true, cluster => Similar(Rule.NearDuplicate, severity, cluster, Advice("KeepOneWording")));
        Level(DuplicateKind.Pair, true, cluster => Similar(Rule.NearDuplicatePair, severity, cluster, Advice("KeepOnePair")));
        if (_options.DuplicateAction == DuplicateAction.Drop)
        {
            Drop(pairs, sets);
        }

        Level(DuplicateKind.SameAnswer, true, SameAnswer);
        Level(DuplicateKind.Question, false, cluster => Similar(Rule.SimilarQuestion, Severity.Warning, cluster));
        Level(DuplicateKind.Pair, false, cluster => Similar(Rule.SimilarPair, Severity.Warning, cluster));
    }

    // What is left out repeats nothing.
    private bool Stay(UnitPair pair) => _dropped[pair.First.Unit] is null && _dropped[pair.Second.Unit] is null;

    // The first of each set that the filters leave in stays.
    private void Drop(IReadOnlyList<UnitPair> pairs, DisjointSets sets)
    {
        var kept = new int?[_units.Count];
        var selected = new bool[_units.Count];
        for (var unit = 0; unit < selected.Length; unit++)
        {
            selected[unit] = _isSelected(_units[unit]);
            if (selected[unit])
            {
                kept[sets.Find(unit)] ??= unit;
            }
        }

        foreach (var pair in pairs.Where(p => p.Kind != DuplicateKind.SameAnswer && sets.Find(p.First.Unit) == sets.Find(p.Second.Unit)))
        {
            foreach (var unit in (ReadOnlySpan<int>)[pair.First.Unit, pair.Second.Unit])
            {
                if (selected[unit] && kept[sets.Find(unit)] is { } first && first != unit && !(_dropped[unit]?.Score >= pair.Score))
                {
                    _dropped[unit] = new DuplicateOf(_units[first], pair.Score);
                }
            }
        }
    }

    private void SameQuestion(UnitCluster cluster, Severity severity)
    {
        var (first, second) = (cluster.Best.First, cluster.Best.Second);
        var same = TextKey.Of(first.Source.Answer.Text) == TextKey.Of(second.Source.Answer.Text);
        _diagnostics.Add(
            Rule.SameQuestion, severity, PlaceOf(second),
            first.Source.File.RelativePath, first.Line, new Phrase(same ? "AnswersSame" : "AnswersDiffer"), More(cluster), Advice("KeepBetterAnswer"));
    }

    private void SameAnswer(UnitCluster cluster)
    {
        var (first, second) = (cluster.Best.First.Source, cluster.Best.Second.Source);
        _diagnostics.Add(
            Rule.SameAnswer, new Location(second.File.FullPath, second.Answer.BodyLine, 1),
            first.File.RelativePath, first.Answer.BodyLine, second.Answer.Text.Length, More(cluster));
    }

    private void Similar(Rule rule, Severity severity, UnitCluster cluster, params object[] advice)
    {
        var (first, second) = (cluster.Best.First, cluster.Best.Second);
        var whole = cluster.Best.Kind == DuplicateKind.Pair;
        string TextOf(Wording wording) => whole ? $"{wording.Text}\n{wording.Source.Answer.Text}" : wording.Text;
        var words = PairExplanation.Of(TextOf(first), TextOf(second));
        _diagnostics.Add(
            rule, severity, PlaceOf(second),
            [first.Source.File.RelativePath, first.Line, Number(cluster.Best.Score), words.Shared.Length > 0 ? words.Shared : "–", Difference(words), More(cluster), .. advice]);
    }

    // Where duplicates are dropped there is nothing to do.
    private Phrase Advice(string name) => new(_options.DuplicateAction == DuplicateAction.Drop ? "FirstIsKept" : name);

    /// <summary>Whatever is alike enough to be reported is compared once: each unit with the one whose question is most like its own.</summary>
    private void ReportContradictions(IReadOnlyList<UnitPair> pairs)
    {
        var best = new UnitPair?[_units.Count];
        foreach (var pair in pairs)
        {
            if (pair.Kind is DuplicateKind.SameQuestion or DuplicateKind.Question && Stay(pair) && !(best[pair.Second.Unit]?.Score >= pair.Score))
            {
                best[pair.Second.Unit] = pair;
            }
        }

        foreach (var pair in best)
        {
            if (pair is not null)
            {
                Contradiction.Check(pair.First.Source, pair.Second.Source, pair.Score, _diagnostics);
            }
        }
    }

    private void ReportCloseParaphrases(Wording[] wordings, ParallelOptions parallel)
    {
        if (wordings.Length == _units.Count)
        {
            return; // no paraphrases
        }

        for (int from = 0, to; from < wordings.Length; from = to)
        {
            to = from + 1 + wordings[from].Source.FrontMatter.Paraphrases.Length;
            if (to - from == 1 || _dropped[wordings[from].Unit] is not null)
            {
                continue;
            }

            var own = wordings[from..to];
            var reported = new bool[own.Length];
            foreach (var pair in SimilarityJoin.Find(Array.ConvertAll(own, w => w.Signature), CloseParaphrases, parallel))
            {
                var (earlier, later) = (own[pair.First], own[pair.Second]);
                if (pair.Score > CloseParaphrases && !reported[pair.Second])
                {
                    reported[pair.Second] = true;
                    _diagnostics.Add(Rule.CloseParaphrases, PlaceOf(later), earlier.Line, Beginning(earlier.Text), Number(pair.Score));
                }
            }
        }
    }

    private object More(UnitCluster cluster)
    {
        var others = cluster.Units.Where(u => u != cluster.Best.First.Unit && u != cluster.Best.Second.Unit).ToArray();
        if (others.Length == 0)
        {
            return "";
        }

        var names = string.Join(", ", others.Take(MostNamed).Select(u => _units[u].File.RelativePath));
        return new Phrase("ClusterMore", others.Length, others.Length > MostNamed ? names + ", …" : names);
    }

    private static object Difference(PairExplanation words)
    {
        var parts = new[] { words.OnlyFirst, words.OnlySecond }.Where(p => p.Length > 0);
        return parts.Any() ? string.Join(" / ", parts) : new Phrase("OnlyOrder");
    }

    private static string Beginning(string text)
    {
        const int Most = 60;
        var line = text.Split('\n')[0];
        return line.Length > Most ? line[..(Most - (char.IsHighSurrogate(line[Most - 1]) ? 1 : 0))] + "…" : line;
    }

    private static Location PlaceOf(Wording wording) => new(wording.Source.File.FullPath, wording.Line, 1);

    // Not rounded: a score just below a threshold is not to look as if it had reached it.
    private static string Number(double score) => (Math.Floor(score * 100) / 100).ToString("0.00", CultureInfo.InvariantCulture);
}
