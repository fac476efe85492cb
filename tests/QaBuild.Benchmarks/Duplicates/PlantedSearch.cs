using System.Globalization;
using System.Text;
using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Benchmarks.Duplicates;

/// <summary>Searches real questions among which edited copies and twins were hidden, and compares a part of them all with all.</summary>
internal static class PlantedSearch
{
    private const int Edits = 1_500;
    private const int Sample = 6_000;
    private const int Examples = 5;

    public static string Of(string[] questions)
    {
        var report = new StringBuilder();
        var edits = PlantedEdits.OrdinaryEdits(questions, Edits);
        string[] texts = [.. questions, .. edits.Select(e => e.Text)];
        var signatures = Array.ConvertAll(texts, t => TextSignature.OfQuestion(t));
        var pairs = SimilarityJoin.Find(signatures, TextSimilarity.WarnThreshold, new ParallelOptions());
        var clusters = SimilarityCluster.Of(texts.Length, pairs);
        var paired = pairs.Select(p => (p.First, p.Second)).ToHashSet();
        var found = edits.Where((e, i) => paired.Contains((e.Source, questions.Length + i))).Count();
        report.Append(
            CultureInfo.InvariantCulture,
            $"{questions.Length:N0} questions and {Edits:N0} edits of some: {pairs.Count:N0} pairs, {pairs.Count(p => p.Score >= TextSimilarity.ErrorThreshold):N0} of them errors, in {clusters.Count:N0} clusters; {found:N0} edits found with their source.\n");
        foreach (var pair in clusters.Where((_, i) => i % (clusters.Count / Examples) == 0).Take(Examples).Select(c => c.Best[0]))
        {
            var (shared, first, second) = PairExplanation.Of(texts[pair.First], texts[pair.Second]);
            report.Append(CultureInfo.InvariantCulture, $"- {pair.Score:0.00}: {OneLine(texts[pair.First])} ↔ {OneLine(texts[pair.Second])}; shared: {shared}; only in the first: {first}; only in the second: {second}\n");
        }

        foreach (var threshold in new[] { TextSimilarity.WarnThreshold, TextSimilarity.ErrorThreshold })
        {
            Recall(signatures[^Sample..], threshold, report);
        }

        return report.ToString();
    }

    // The joined copies of one content stand for each other, so each is compared once.
    private static void Recall(TextSignature[] sample, double threshold, StringBuilder report)
    {
        sample = [.. sample.DistinctBy(s => s.ContentHash)];
        var expected = new List<SimilarPair>();
        for (var i = 0; i < sample.Length; i++)
        {
            for (var j = i + 1; j < sample.Length; j++)
            {
                if (TextSimilarity.Of(sample[i], sample[j]) is var score && score >= threshold)
                {
                    expected.Add(new SimilarPair(i, j, score));
                }
            }
        }

        var found = SimilarityJoin.Find(sample, threshold, new ParallelOptions());
        report.Append(
            CultureInfo.InvariantCulture,
            $"\nAll with all of {sample.Length:N0} texts at {threshold:0.00}: {expected.Count:N0} pairs; the join found {found.Count:N0}, recall {(double)expected.Intersect(found).Count() / expected.Count:0.0000}, {found.Except(expected).Count()} too many.\n");
    }

    private static string OneLine(string text)
    {
        const int Longest = 90;
        var line = text.ReplaceLineEndings(" ");
        return line.Length > Longest ? line[..Longest] + "…" : line;
    }
}
