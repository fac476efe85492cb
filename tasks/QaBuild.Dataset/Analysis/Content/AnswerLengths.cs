using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>
/// Finds answers far longer or shorter than those of the same level and language. Lengths spread over magnitudes, so logarithms are compared; median and
/// median absolute deviation do not move with the very outliers that are looked for.
/// </summary>
internal static class AnswerLengths
{
    // Fewer say little about what is usual.
    private const int FewestPeers = 30;

    // Logarithms as integers, so that no rounding differs between machines: 1024 is a factor of two.
    private const int Doubling = 1024;

    // Where all answers are alike, one of twice the length is no outlier yet.
    private const int LeastDeviation = Doubling / 2;

    public static void Check(IReadOnlyList<QaUnit> units, UnitAnalysis[] analyses, int limit, DiagnosticBag diagnostics)
    {
        if (limit == 0)
        {
            return;
        }

        var groups = new List<int>[6];
        for (var i = 0; i < analyses.Length; i++)
        {
            (groups[((int)units[i].Level * 2) + (analyses[i].Facts.IsChinese ? 1 : 0)] ??= []).Add(i);
        }

        foreach (var group in groups)
        {
            if (group?.Count > FewestPeers)
            {
                Check(units, analyses, [.. group], limit, diagnostics);
            }
        }
    }

    private static void Check(IReadOnlyList<QaUnit> units, UnitAnalysis[] analyses, int[] group, int limit, DiagnosticBag diagnostics)
    {
        var sizes = Array.ConvertAll(group, i => (int)Math.Round(Math.Log2(Math.Max(LengthOf(analyses[i]), 1)) * Doubling));
        var median = Median(sizes);

        // 1.4826 makes of it what the standard deviation would be of a normal distribution.
        var deviation = Math.Max((int)(Median(Array.ConvertAll(sizes, s => Math.Abs(s - median))) * 1.4826), LeastDeviation);
        for (var i = 0; i < group.Length; i++)
        {
            if (Math.Abs(sizes[i] - median) > limit * (long)deviation)
            {
                var unit = units[group[i]];
                diagnostics.Add(
                    Rule.AnswerLength, new Location(unit.File.FullPath, unit.Answer.BodyLine, 1),
                    LengthOf(analyses[group[i]]), group.Length, Median(Array.ConvertAll(group, g => LengthOf(analyses[g]))));
            }
        }
    }

    private static int LengthOf(UnitAnalysis analysis) => analysis.Traits.AnswerLength;

    private static int Median(int[] values)
    {
        var sorted = (int[])values.Clone();
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }
}
