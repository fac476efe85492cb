using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model.Packaging.Gate;

namespace QaBuild.Tool;

/// <summary>The answer gate's results for people: a table, and a finding for each hop that fails.</summary>
internal static class GateTable
{
    private const int LongestText = 160;

    /// <summary>A line for each hop.</summary>
    public static IEnumerable<string> Lines(GateReport report)
    {
        var culture = CultureInfo.CurrentUICulture;
        string Said(string phrase) => Catalogue.Default.Format(new Phrase(phrase), culture);
        string[][] rows =
        [
            [Said("GateTableHop"), Said("GateTableStop"), Said("GateTableExact"), "ROUGE-L", Said("GateTableDrift"), Said("GateTableVerdict")],
            .. report.Hops.Select(h => new[]
            {
                Catalogue.Default.Format(HopOf(h), culture), Share(h.StopRate), Share(h.ExactMatch), Share(h.RougeL), Number(h.Drift),
                Said(h.Passed ? "GatePasses" : h.Failure is null ? "GateSkipped" : "GateFails"),
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => Columns(r[c]))).ToArray();
        yield return Catalogue.Default.Format(new Phrase("GateAsked", report.Questions.Count(q => q.IsTrained), report.Questions.Count(q => !q.IsTrained)), culture);
        foreach (var row in rows)
        {
            yield return "  " + string.Join("  ", row.Select((cell, c) => cell + new string(' ', widths[c] - Columns(cell)))).TrimEnd();
        }
    }

    /// <summary>What is wrong with a hop: the fault of its file, and where the gate stands.</summary>
    public static IEnumerable<Diagnostic> Findings(GateHopResult hop, string file)
    {
        if (hop.Failure is not { } failure)
        {
            yield break;
        }

        if (failure.Fault is { } fault)
        {
            yield return ModelFaultReport.Of(fault);
        }

        object answers = failure.Question is null ? "" : new Phrase("GateAnswers", Shown(failure.Question), Shown(failure.Expected), Shown(failure.Found));
        yield return new Diagnostic(Rule.AnswerGateFailed, Severity.Error, Location.File(file), [HopOf(hop), MeasureOf(failure), answers, new Phrase(failure.Cause)]);
    }

    private static Phrase HopOf(GateHopResult hop) => hop.Kind switch
    {
        GateHopKind.Trainer => new Phrase("GateHopTrainer"),
        GateHopKind.Adapter => new Phrase("GateHopAdapter"),
        GateHopKind.Fused => new Phrase("GateHopFused"),
        GateHopKind.Quantized => new Phrase("GateHopQuantized", hop.Name),
        _ => new Phrase("GateHopOllama", hop.Name),
    };

    private static Phrase MeasureOf(GateFailure failure) => failure.Measure switch
    {
        "StopRate" => new Phrase("GateStopRate", Share(failure.Value), Share(failure.Limit)),
        "ExactMatch" => new Phrase("GateExactMatch", Share(failure.Value), Share(failure.Limit)),
        "RougeL" => new Phrase("GateRougeL", Share(failure.Value), Share(failure.Limit)),
        "Drift" => new Phrase("GateDrift", Number(failure.Value), Number(failure.Limit)),
        _ => new Phrase("GateNotAsked"),
    };

    private static string Share(double? share) => share?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";

    private static string Number(double? number) => number?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–";

    // An answer may be long, and may hold what would move the cursor of a terminal.
    private static string Shown(string? text)
    {
        var line = string.Concat((text ?? "").Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length > LongestText ? line[..LongestText] + "…" : line;
    }

    // A Chinese character is two columns wide.
    private static int Columns(string text) => text.Sum(c => c >= '\u2e80' ? 2 : 1);
}
