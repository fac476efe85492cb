using System.Globalization;
using System.Text;

namespace QaBuild.Benchmarks;

/// <summary>Prints what was measured as a Markdown table: medians of the rounds' own ratios, with the smallest and the largest.</summary>
internal static class RatioTable
{
    private sealed record Line(string What, Func<Round, double?> Of, string Unit, string Target = "", Func<double, bool>? Meets = null)
    {
        public string Digits => Unit == " MB" ? "0" : "0.00";
    }

    private static readonly Line[] Lines =
    [
        new("Python pipeline ÷ cold build", r => r.Pipeline / r.Cold, "", "≥ 3", v => v >= 3),
        new("(cold − no-op) ÷ bare read", r => (r.Cold - r.NoOp) / r.Read, "", "≤ 8", v => v <= 8),
        new("no-op − empty project with glob", r => r.NoOp - r.Glob, " s", "≤ 0.3 s", v => v <= 0.3),
        new("one edited file ÷ no-op", r => r.Edited / r.NoOp, "", "≤ 1.6", v => v <= 1.6),
        new("cold build, peak memory", r => r.PeakMegabytes, " MB", "≤ 500 MB", v => v <= 500),
        new("cold build with all checks − cold build", r => r.Checked - r.Cold, " s", "≤ 4 s", v => v <= 4),
        new("the same, one edited file", r => r.CheckedEdited - r.Edited, " s"),
        new("cold build ÷ no-op", r => r.Cold / r.NoOp, ""),
        new("no-op ÷ empty project", r => r.NoOp / r.Empty, ""),
        new("empty project with glob ÷ empty project", r => r.Glob / r.Empty, ""),
    ];

    public static string Of(IReadOnlyList<Round> rounds, int files)
    {
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"| {files:N0} files, {rounds.Count} rounds | median | smallest to largest | target | |\n|---|---|---|---|---|\n");
        foreach (var line in Lines)
        {
            var values = rounds.Select(line.Of).OfType<double>().Order().ToArray();
            var verdict = line.Meets is null ? "" : values.Length == 0 ? "not measured" : line.Meets(Median(values)) ? "met" : "not met";
            table.Append(CultureInfo.InvariantCulture, $"| {line.What} | {Shown(values, line)} | {Range(values, line)} | {line.Target} | {verdict} |\n");
        }

        return table.ToString().TrimEnd('\n');
    }

    private static double Median(double[] ordered) => (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;

    private static string Shown(double[] ordered, Line line) => ordered.Length == 0 ? "n/a" : Number(Median(ordered), line) + line.Unit;

    private static string Range(double[] ordered, Line line) => ordered.Length == 0 ? "n/a" : $"{Number(ordered[0], line)} to {Number(ordered[^1], line)}{line.Unit}";

    private static string Number(double value, Line line) => value.ToString(line.Digits, CultureInfo.InvariantCulture);
}
