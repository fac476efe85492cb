using System.Globalization;
using System.Text;

namespace QaBuild.Benchmarks.Duplicates;

/// <summary>How well scorers agree with people.</summary>
internal static class QualityTable
{
    private const double HighPrecision = 0.9;
    private const int FewestFound = 20;

    public static string Of(IReadOnlyList<LabelledSet> sets, IReadOnlyList<Scorer> scorers)
    {
        var table = new StringBuilder();
        table.Append("| set | scorer | ROC-AUC | best F1 | recall at precision 0.9 | error: precision, recall | warning: precision, recall |\n|---|---|---|---|---|---|---|\n");
        foreach (var set in sets)
        {
            foreach (var scorer in scorers)
            {
                var scores = new double[set.Pairs.Count];
                Parallel.For(0, scores.Length, i => scores[i] = scorer.Score(set.Pairs[i].A, set.Pairs[i].B));
                var (auc, f1, recall) = Curve(scores, set.Pairs);
                table.Append(
                    CultureInfo.InvariantCulture,
                    $"| {set.Name} | {scorer.Name} | {auc:0.000} | {f1:0.000} | {recall:0.000} | {At(scorer.Error, scores, set.Pairs)} | {At(scorer.Warn, scores, set.Pairs)} |\n");
            }
        }

        return table.ToString();
    }

    private static (double Auc, double F1, double Recall) Curve(double[] scores, IReadOnlyList<LabelledPair> pairs)
    {
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ToArray();
        double positives = pairs.Count(p => p.Same), negatives = pairs.Count - positives;
        double found = 0, wrong = 0, auc = 0, f1 = 0, recall = 0;
        for (int from = 0, to; from < order.Length; from = to)
        {
            // Equal scores are one step: nobody can cut between them.
            var (foundBefore, wrongBefore) = (found, wrong);
            for (to = from; to < order.Length && scores[order[to]] == scores[order[from]]; to++)
            {
                found += pairs[order[to]].Same ? 1 : 0;
                wrong += pairs[order[to]].Same ? 0 : 1;
            }

            auc += (wrong - wrongBefore) * (found + foundBefore) / 2;
            var precision = found / (found + wrong);
            f1 = Math.Max(f1, found == 0 ? 0 : 2 * precision * (found / positives) / (precision + (found / positives)));
            if (precision >= HighPrecision && found + wrong >= FewestFound)
            {
                recall = Math.Max(recall, found / positives);
            }
        }

        return (auc / positives / negatives, f1, recall);
    }

    private static string At(double? threshold, double[] scores, IReadOnlyList<LabelledPair> pairs)
    {
        if (threshold is null)
        {
            return "";
        }

        var above = Enumerable.Range(0, scores.Length).Where(i => scores[i] >= threshold).ToArray();
        double found = above.Count(i => pairs[i].Same);
        var precision = above.Length == 0 ? "–" : (found / above.Length).ToString("0.00", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{precision}, {found / pairs.Count(p => p.Same):0.00}");
    }
}
