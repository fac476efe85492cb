using System.Diagnostics;
using System.Globalization;
using System.Text;
using QaBuild.Dataset;
using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Benchmarks.Duplicates;

/// <summary>How long near duplicates take; the first line pays for compiling the code.</summary>
internal static class SpeedTable
{
    private const int ManyTexts = 130_000;
    private const double BytesAMegabyte = 1 << 20;

    public static string Of(string shared)
    {
        var table = new StringBuilder();
        table.Append("| texts | threshold | signatures | join | pairs | peak memory so far |\n|---|---|---|---|---|---|\n");
        var options = new ParallelOptions { MaxDegreeOfParallelism = 2 };
        var questions = Alpaca.Questions(shared);
        var pairs = Alpaca.Pairs(shared);
        var sentences = Alpaca.Sentences(shared, ManyTexts);
        foreach (var threshold in new[] { TextSimilarity.WarnThreshold, TextSimilarity.WarnThreshold, TextSimilarity.ErrorThreshold })
        {
            Add("questions", questions.Length, i => TextSignature.OfQuestion(questions[i]), s => SimilarityJoin.Find(s, threshold, options).Count, threshold);
            Add("questions with answers", pairs.Length, i => TextSignature.OfPair(pairs[i].Question, pairs[i].Answer), s => SimilarityJoin.Find(s, threshold, options).Count, threshold);
            Add("questions and sentences", sentences.Length, i => TextSignature.OfQuestion(sentences[i]), s => SimilarityJoin.Find(s, threshold, options).Count, threshold);
            Add("the same, one half against the other", sentences.Length, i => TextSignature.OfQuestion(sentences[i]), s => SimilarityJoin.FindAcross(s[..(s.Length / 2)], s[(s.Length / 2)..], threshold, options).Count, threshold);
        }

        return table.ToString();

        void Add(string name, int count, Func<int, TextSignature> sign, Func<TextSignature[], int> join, double threshold)
        {
            var clock = Stopwatch.StartNew();
            var signatures = new TextSignature[count];
            Chunks.For(count, options, (from, to) =>
            {
                for (var i = from; i < to; i++)
                {
                    signatures[i] = sign(i);
                }
            });
            var signed = clock.Elapsed.TotalSeconds;
            var found = join(signatures);
            table.Append(
                CultureInfo.InvariantCulture,
                $"| {count:N0} {name} | {threshold:0.00} | {signed:0.00} s | {clock.Elapsed.TotalSeconds - signed:0.00} s | {found:N0} | {Process.GetCurrentProcess().PeakWorkingSet64 / BytesAMegabyte:N0} MB |\n");
        }
    }
}
