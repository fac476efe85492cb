using System.Globalization;
using QaBuild.Dataset.Analysis.Duplicates;
using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>Reports questions of different files that mean the same in different words. Wordings that one file declares are meant to.</summary>
internal static class SemanticDuplicates
{
    /// <summary>Reports every group of such questions once: each but one of it, beside the one it is most like. What is left out repeats nothing.</summary>
    /// <returns>What was reported.</returns>
    /// <exception cref="OperationCanceledException">The parallel options' token was cancelled.</exception>
    public static IReadOnlyList<UnitPair> Check(
        IReadOnlyList<QaUnit> units, UnitAnalysis[] analyses, DuplicateOf?[] dropped, CompilationOptions options, string? cacheFile, ParallelOptions parallel, DiagnosticBag diagnostics)
    {
        if (options.SemanticModel is not { } folder || StaticModelFolder.Open(folder, diagnostics) is not { } embedder)
        {
            return [];
        }

        var reported = new List<UnitPair>();

        var wordings = Wording.Of(units, analyses, parallel);
        var keys = new TextKey[wordings.Length];
        Chunks.For(keys.Length, parallel, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                keys[i] = wordings[i].Key;
            }
        });
        var groups = new DisjointSets(units.Count);
        var pairs = SemanticJoin.Find(keys, i => wordings[i].Text, embedder, options.SemanticThreshold, Math.Min(options.DuplicateWarnThreshold, TextSimilarity.WarnThreshold), cacheFile, parallel);
        foreach (var pair in pairs.OrderByDescending(p => p.Score).ThenBy(p => p.First).ThenBy(p => p.Second))
        {
            var (first, second) = (wordings[pair.First], wordings[pair.Second]);
            if (groups.Find(first.Unit) != groups.Find(second.Unit) && first.SharesContextWith(second) && dropped[first.Unit] is null && dropped[second.Unit] is null)
            {
                groups.Join(first.Unit, second.Unit);
                reported.Add(UnitPair.Of(DuplicateKind.Meaning, first, second, pair.Score));
                var words = PairExplanation.Of(first.Text, second.Text);
                diagnostics.Add(
                    Rule.SemanticDuplicate, new Location(second.Source.File.FullPath, second.Line, 1),
                    first.Source.File.RelativePath, first.Line, first.Text, Number(pair.Score), Number(pair.Meaning), Number(pair.Wording),
                    OrNothing(words.Shared), OrNothing(words.OnlySecond), OrNothing(words.OnlyFirst));
            }
        }

        return reported;
    }

    private static string OrNothing(string words) => words.Length > 0 ? words : "–";

    private static string Number(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);
}
