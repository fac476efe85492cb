using System.Text.Json;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Duplicates;
using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Reporting;

/// <summary>Joins pairs of duplicates to clusters, each with the reasons that hold it together.</summary>
internal static class DuplicateClusters
{
    /// <summary>A reader who has looked at so many clusters changes something first.</summary>
    public const int Most = 2000;

    // Of a cluster of one template a few members tell all.
    private const int MostPairs = 60;

    /// <summary>All clusters, the most alike first; those beyond <see cref="Most"/> are counted and not explained.</summary>
    public static (IReadOnlyList<ClusterFacts> Clusters, int Count) Of(Compilation compilation)
    {
        var sets = new DisjointSets(compilation.Units.Count);
        var holding = new List<UnitPair>();
        foreach (var pair in compilation.Duplicates.Pairs.OrderByDescending(p => p.Score).ThenBy(p => p.Kind).ThenBy(p => p.First.Unit).ThenBy(p => p.Second.Unit))
        {
            // The best pairs that hold all units together: any other says again what they say.
            if (sets.Find(pair.First.Unit) != sets.Find(pair.Second.Unit))
            {
                sets.Join(pair.First.Unit, pair.Second.Unit);
                holding.Add(pair);
            }
        }

        var clusters = holding.GroupBy(p => sets.Find(p.First.Unit)).OrderByDescending(c => c.First().Score).ThenBy(c => c.First().Kind).ThenByDescending(c => c.Count()).ThenBy(c => c.Key).ToArray();
        return ([.. clusters.Take(Most).Select(c => Cluster([.. c], compilation.Options.DuplicateErrorThreshold))], clusters.Length);
    }

    private static ClusterFacts Cluster(UnitPair[] pairs, double threshold) => new(
        [.. pairs.SelectMany(p => new[] { p.First.Unit, p.Second.Unit }).Distinct().Order()],
        [.. pairs.Take(MostPairs).Select(p => Pair(p, threshold))]);

    private static PairFacts Pair(UnitPair pair, double threshold)
    {
        string TextOf(Wording wording) => pair.Kind switch
        {
            DuplicateKind.Pair => $"{wording.Text}\n{wording.Source.Answer.Text}",
            DuplicateKind.SameAnswer => wording.Source.Answer.Text,
            _ => wording.Text,
        };
        var words = PairExplanation.Of(TextOf(pair.First), TextOf(pair.Second));
        return new PairFacts(
            JsonNamingPolicy.CamelCase.ConvertName(pair.Kind.ToString()), pair.First.Unit, pair.Second.Unit, Math.Floor(pair.Score * 1000) / 1000,
            pair.Kind is DuplicateKind.SameQuestion or DuplicateKind.Question or DuplicateKind.Pair && pair.Score >= threshold, words.Shared, words.OnlyFirst, words.OnlySecond);
    }
}
