using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Finds sentences that open or close many answers: a model learns to say them whatever it is asked. Each is reported once.</summary>
internal static class Boilerplate
{
    // Of many thousand answers some begin alike for no fault of theirs.
    private const int OneIn = 1000;

    public static void Check(IReadOnlyList<QaUnit> units, UnitAnalysis[] analyses, int limit, SensitiveText sensitive, DiagnosticBag diagnostics)
    {
        limit = Math.Max(limit, analyses.Length / OneIn);
        var (openings, closings) = (new ulong[analyses.Length], new ulong[analyses.Length]);
        for (var i = 0; i < analyses.Length; i++)
        {
            (openings[i], closings[i]) = (analyses[i].Facts.Opening, analyses[i].Facts.Closing);
        }

        Check(units, openings, limit, "BoilerplateOpens", Sentence.First, sensitive, diagnostics);
        Check(units, closings, limit, "BoilerplateCloses", Sentence.Last, sensitive, diagnostics);
    }

    private delegate Range Part(ReadOnlySpan<char> text);

    private static void Check(IReadOnlyList<QaUnit> units, ulong[] hashes, int limit, string role, Part part, SensitiveText sensitive, DiagnosticBag diagnostics)
    {
        var sorted = (ulong[])hashes.Clone();
        Array.Sort(sorted);
        for (int from = 0, to; from < sorted.Length; from = to)
        {
            for (to = from + 1; to < sorted.Length && sorted[to] == sorted[from]; to++)
            {
            }

            if (sorted[from] != 0 && to - from >= limit)
            {
                Report(units, hashes, sorted[from], to - from, role, part, sensitive, diagnostics);
            }
        }
    }

    private static void Report(IReadOnlyList<QaUnit> units, ulong[] hashes, ulong hash, int count, string role, Part part, SensitiveText sensitive, DiagnosticBag diagnostics)
    {
        const int Named = 3;
        var first = Array.IndexOf(hashes, hash);
        var others = new List<string>();
        for (var i = first; others.Count < Named && (i = Array.IndexOf(hashes, hash, i + 1)) >= 0;)
        {
            others.Add(units[i].File.RelativePath);
        }

        var answer = units[first].Answer;
        var (start, length) = part(answer.Text).GetOffsetAndLength(answer.Text.Length);
        var sentence = answer.Text.AsSpan(start, length);
        start += length - sentence.TrimStart().Length;
        diagnostics.Add(
            Rule.Boilerplate, new Places(answer.Text, units[first].File.FullPath, answer.BodyLine).Of(start, sentence.Trim().Length),
            sensitive.Masked(sentence.Trim().ToString()), new Phrase(role), count, string.Join(", ", others) + (count > others.Count + 1 ? ", …" : ""));
    }
}
