using System.Diagnostics;
using System.Globalization;
using System.Text;
using QaBuild.Dataset;
using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Benchmarks.Duplicates;

/// <summary>How long near duplicates take on two threads; the first line pays for compiling the code.</summary>
internal static class SpeedTable
{
    private const int ManyTexts = 130_000;
    private const int HostileTexts = 50_000;
    private const double BytesAMegabyte = 1 << 20;
    private static readonly ParallelOptions TwoThreads = new() { MaxDegreeOfParallelism = 2 };

    public static string Of(string shared)
    {
        var table = new StringBuilder("| texts | threshold | signatures | join | pairs | clusters | peak memory so far |\n|---|---|---|---|---|---|---|\n");
        var questions = Alpaca.Questions(shared);
        var pairs = Alpaca.Pairs(shared);
        var sentences = Alpaca.Sentences(shared, ManyTexts);
        foreach (var threshold in new[] { TextSimilarity.WarnThreshold, TextSimilarity.ErrorThreshold })
        {
            Add("questions", questions.Length, i => TextSignature.OfQuestion(questions[i]), Within, threshold);
            Add("questions with answers", pairs.Length, i => TextSignature.OfPair(pairs[i].Question, pairs[i].Answer), Within, threshold);
            Add("questions and sentences", sentences.Length, i => TextSignature.OfQuestion(sentences[i]), Within, threshold);
            Add("the same, one half against the other", sentences.Length, i => TextSignature.OfQuestion(sentences[i]), Across, threshold);
        }

        foreach (var (name, texts) in HostileSets(questions))
        {
            Add(name, texts.Length, i => TextSignature.OfQuestion(texts[i]), Within, TextSimilarity.WarnThreshold);
        }

        return table.ToString();

        void Add(string name, int count, Func<int, TextSignature> sign, Func<TextSignature[], double, IReadOnlyList<SimilarPair>> join, double threshold)
        {
            var clock = Stopwatch.StartNew();
            var signatures = new TextSignature[count];
            Chunks.For(count, TwoThreads, (from, to) =>
            {
                for (var i = from; i < to; i++)
                {
                    signatures[i] = sign(i);
                }
            });
            var signed = clock.Elapsed.TotalSeconds;
            var found = join(signatures, threshold);
            var joined = clock.Elapsed.TotalSeconds - signed;
            table.Append(
                CultureInfo.InvariantCulture,
                $"| {count:N0} {name} | {threshold:0.00} | {signed:0.00} s | {joined:0.00} s | {found.Count:N0} | {SimilarityCluster.Of(count, found).Count:N0} | {Process.GetCurrentProcess().PeakWorkingSet64 / BytesAMegabyte:N0} MB |\n");
        }
    }

    private static IReadOnlyList<SimilarPair> Within(TextSignature[] signatures, double threshold) => SimilarityJoin.Find(signatures, threshold, TwoThreads);

    private static IReadOnlyList<SimilarPair> Across(TextSignature[] signatures, double threshold)
    {
        var half = signatures.Length / 2;
        var pairs = SimilarityJoin.FindAcross(signatures[..half], signatures[half..], threshold, TwoThreads);
        return [.. pairs.Select(p => p with { Second = p.Second + half })];
    }

    private static IEnumerable<(string Name, string[] Texts)> HostileSets(string[] questions)
    {
        const string Template = "Explain to a new colleague in simple words how the planner chooses between several indexes of the same large table ";
        var random = new Random(1);
        string Word() => new([.. Enumerable.Range(0, 6).Select(_ => (char)random.Next('a', 'z' + 1))]);
        string[] Texts(Func<int, string> text) => [.. Enumerable.Range(0, HostileTexts).Select(text)];
        yield return ("copies", Texts(_ => Template));
        yield return ("of one template, another word each", Texts(_ => Template + Word()));
        yield return ("of one template, another name each", Texts(_ => Template + "on " + Word().ToUpperInvariant()));
        yield return ("of one template, another number each", Texts(i => Template + i));
        yield return ("of one long prefix, another question each", Texts(i => Template + questions[i]));
        yield return ("of ten words in another order and number", Texts(_ => string.Join(' ', Enumerable.Range(0, random.Next(8, 14)).Select(_ => "alpha beta gamma delta epsilon zeta eta theta iota kappa".Split(' ')[random.Next(10)]))));
        yield return ("of one Chinese template, another character each", Texts(_ => "请问新同事应该怎样理解查询优化器在同一张大表的多个索引之间做出的选择" + (char)random.Next(0x4E00, 0x9FA0)));
    }
}
