using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Analysis.Contamination;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tool;

/// <summary><c>qabuild leaks A B</c>: what two datasets made elsewhere have in common.</summary>
internal static class LeaksCommand
{
    public static Command Create()
    {
        var least = FileLeaks.SmallestThreshold.ToString(CultureInfo.InvariantCulture);
        var first = new Argument<string>("first") { Description = Bilingual.Here("JSONL or JSON of any shape that import reads, or of a test set; or text, an item a line.", "import 能读的任何形式或评测集的 JSONL 或 JSON；或每行一条的文本。") };
        var second = new Argument<string>("second") { Description = Bilingual.Here("The file to compare it with.", "与之比较的文件。") };
        var threshold = new Option<double>("--threshold")
        {
            Description = Bilingual.Here($"The similarity from which questions are alike, from {least} to 1.", $"相似度达到此值的问题视为相似，取值从 {least} 到 1。"),
            DefaultValueFactory = _ => FileLeaks.DefaultThreshold,
        };
        threshold.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= FileLeaks.SmallestThreshold and <= 1))
            {
                result.AddError(Bilingual.Here($"The threshold must lie between {least} and 1.", $"--threshold 必须在 {least} 和 1 之间。"));
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
