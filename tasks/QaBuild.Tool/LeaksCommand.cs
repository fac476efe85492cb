using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Analysis.Contamination;

namespace QaBuild.Tool;

/// <summary><c>qabuild leaks A B</c>: what two datasets made elsewhere have in common.</summary>
internal static class LeaksCommand
{
    public static Command Create()
    {
        var first = new Argument<string>("first") { Description = "JSONL or JSON of any shape that import reads, or of a test set; or text, an item a line." };
        var second = new Argument<string>("second") { Description = "The file to compare it with." };
        var threshold = new Option<double>("--threshold")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"The similarity from which questions are alike, from {FileLeaks.SmallestThreshold} to 1."),
            DefaultValueFactory = _ => FileLeaks.DefaultThreshold,
        };
        threshold.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= FileLeaks.SmallestThreshold and <= 1))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"The threshold must lie between {FileLeaks.SmallestThreshold} and 1."));
            }
        });
        var command = new Verb(
            "leaks",
            "Reports the records that two datasets share, such as one to train and one to test with.",
            "报告两个数据集共有的记录，例如训练集与测试集。",
            "qabuild leaks artifacts/dataset/train.jsonl benchmark.jsonl") { first, second, threshold };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(parsed.GetValue(first)!, parsed.GetValue(second)!, parsed.GetValue(threshold), cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(string first, string second, double threshold, CancellationToken cancellation)
    {
        var report = FileLeaks.Find(first, second, threshold, cancellation);
        foreach (var diagnostic in report.Diagnostics)
        {
            Console.WriteLine(diagnostic.ToString(CultureInfo.CurrentUICulture));
        }

        if (!report.Compared)
        {
            return ExitCode.Unusable;
        }

        Console.WriteLine(report.Summary(CultureInfo.CurrentUICulture));
        return report.Leaks > 0 ? ExitCode.Failed : ExitCode.Success;
    }
}
