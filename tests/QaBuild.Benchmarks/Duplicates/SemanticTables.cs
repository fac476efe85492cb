using System.Diagnostics;
using System.Globalization;
using System.Text;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Benchmarks.Duplicates;

/// <summary>What the embedding model of the shared folder adds to the tables; nothing where it is absent.</summary>
internal static class SemanticTables
{
    private const double BytesAMegabyte = 1 << 20;

    /// <summary>The rows of the quality table. The model is English: of Chinese it knows a few characters, and the wording decides.</summary>
    public static IEnumerable<Scorer> Scorers(string shared)
    {
        if (Model(shared) is not { } model)
        {
            return [];
        }

        double Cosine(string a, string b)
        {
            var vectors = new UnitVectors(2, model.Dimensions);
            var vector = new float[model.Dimensions];
            model.Embed(a, vector);
            vectors.Set(0, vector);
            model.Embed(b, vector);
            vectors.Set(1, vector);
            return UnitVectors.Cosine(vectors[0], vectors[1]);
        }

        return
        [
            new("embeddings alone", Cosine),
            new(
                "semantic", (a, b) => SemanticSimilarity.Of(Cosine(a, b), TextSimilarity.Of(TextSignature.OfQuestion(a), TextSignature.OfQuestion(b))),
                Warn: SemanticSimilarity.DefaultThreshold),
        ];
    }

    /// <summary>How long semantic duplicates take; the first line pays for compiling the code, those after it find the embeddings in the cache.</summary>
    public static string Speed(string shared)
    {
        if (Model(shared) is not { } model)
        {
            return "";
        }

        var table = new StringBuilder();
        table.Append("| texts | threshold | embed and join | pairs | the same by one thread | recall on 5,000 against comparing all | peak memory so far |\n|---|---|---|---|---|---|---|\n");
        var questions = Alpaca.Questions(shared);
        var keys = Array.ConvertAll(questions, t => TextKey.Of(t));
        var cache = Path.GetTempFileName();
        foreach (var threshold in new[] { SemanticSimilarity.DefaultThreshold, SemanticSimilarity.DefaultThreshold, 0.8 })
        {
            var clock = Stopwatch.StartNew();
            var pairs = Find(keys, threads: 2);
            var seconds = clock.Elapsed.TotalSeconds;
            var few = keys[..5000];
            var expected = All(few).ToHashSet();
            table.Append(
                CultureInfo.InvariantCulture,
                $"| {questions.Length:N0} | {threshold:0.00} | {seconds:0.00} s | {pairs.Count:N0} | {(Find(keys, threads: 1).SequenceEqual(pairs) ? "yes" : "NO")} | {expected.Intersect(Find(few, threads: 2)).Count()} of {expected.Count} | {Process.GetCurrentProcess().PeakWorkingSet64 / BytesAMegabyte:N0} MB |\n");

            IReadOnlyList<SemanticPair> Find(TextKey[] of, int threads) =>
                SemanticJoin.Find(of, i => questions[i], model, threshold, TextSimilarity.WarnThreshold, cache, new ParallelOptions { MaxDegreeOfParallelism = threads });

            // Every pair by its score alone, without the bound by the cosine.
            IEnumerable<SemanticPair> All(TextKey[] of)
            {
                var signatures = questions[..of.Length].Select(t => TextSignature.OfQuestion(t)).ToArray();
                var vectors = new UnitVectors(of.Length, model.Dimensions);
                var vector = new float[model.Dimensions];
                for (var j = 0; j < of.Length; j++)
                {
                    model.Embed(questions[j], vector);
                    vectors.Set(j, vector);
                    for (var i = 0; i < j && Array.IndexOf(of, of[j]) == j; i++)
                    {
                        var (meaning, wording) = (UnitVectors.Cosine(vectors[i], vectors[j]), TextSimilarity.Of(signatures[i], signatures[j]));
                        var score = SemanticSimilarity.Of(meaning, wording);
                        if (score >= threshold && wording < TextSimilarity.WarnThreshold && !SemanticSimilarity.AreTwins(signatures[i], signatures[j]) && Array.IndexOf(of, of[i]) == i)
                        {
                            yield return new SemanticPair(i, j, score, meaning, wording);
                        }
                    }
                }
            }
        }

        File.Delete(cache);
        return table.ToString();
    }

    private static StaticEmbedder? Model(string shared) => StaticModelFolder.Open(Path.Combine(shared, "data", "embed", "model2vec_test_model"), new DiagnosticBag());
}
