using System.Globalization;
using System.Reflection;
using QaBuild.Benchmarks;
using QaBuild.Benchmarks.Duplicates;
using QaBuild.Benchmarks.Packaging;
using QaBuild.Benchmarks.Reporting;
using QaBuild.Benchmarks.Training;

const int FewestRounds = 5;

// A process of its own, so that the yardstick pays for its start as a build does.
if (args is [BareRead.Verb, var folder])
{
    BareRead.Run(folder);
    return 0;
}

var root = typeof(BareRead).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
if (args is [DuplicatesBenchmark.Verb])
{
    return DuplicatesBenchmark.Run(Path.Combine(root, "..", "shared")) ? 0 : 1;
}

if (args is [PackagingBenchmark.QuantizeVerb, var libraries, var input, var output, var type])
{
    PackagingBenchmark.Quantize(libraries, input, output, int.Parse(type, CultureInfo.InvariantCulture));
    return 0;
}

if (args is [PackagingBenchmark.Verb, .. var turns])
{
    int Number(string name, int otherwise) => Array.IndexOf(turns, name) is >= 0 and var at && at + 1 < turns.Length ? int.Parse(turns[at + 1], CultureInfo.InvariantCulture) : otherwise;
    return PackagingBenchmark.Run(root, Number("--rounds", 3), Number("--layers", PackagingBenchmark.AllLayers)) ? 0 : 1;
}

if (args is [ReportBenchmark.Verb])
{
    return await ReportBenchmark.Run(root, FewestRounds) ? 0 : 1;
}

var models = Path.Combine(root, "artifacts", "bench", "training");
if (args is [TrainingStep.Verb, ..])
{
    TrainingStep.Run(models, args[1..]);
    return 0;
}

if (args is [TrainingStep.PeakVerb])
{
    Console.WriteLine(TrainingStep.Peak(Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture));
    return 0;
}

if (args is [TrainingBenchmark.Verb, .. var shapes])
{
    var count = shapes is ["--rounds", var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : 3;
    shapes = shapes is ["--rounds", _, .. var rest] ? rest : shapes;
    new TrainingBenchmark(Path.Combine(root, "..", "shared", "bench", "torch_lora_reference.py"), models, count).Run(shapes.Length > 0 ? shapes : ["S-4", "M-6", "scaling"]);
    return 0;
}

if (Options(args) is not var (rounds, files))
{
    Console.Error.WriteLine($"usage: QaBuild.Benchmarks [--rounds N] [--files N]   (N rounds, at least {FewestRounds}; N files, at least 1)\n       QaBuild.Benchmarks {DuplicatesBenchmark.Verb}\n       QaBuild.Benchmarks {ReportBenchmark.Verb}\n       QaBuild.Benchmarks {TrainingBenchmark.Verb} [--rounds N] [SHAPE-LAYERS … scaling]   (default 3, S-4 M-6 scaling)\n       QaBuild.Benchmarks {PackagingBenchmark.Verb} [--rounds N] [--layers N]   (default 3, 24)");
    return 1;
}

if (Workspace.Make(root, files) is not { } workspace)
{
    return 1;
}

var measured = Rounds.Run(workspace, rounds);
Console.WriteLine(RatioTable.Of(measured, workspace.Files));
return 0;

static (int Rounds, int Files)? Options(string[] args)
{
    var (rounds, files) = (FewestRounds, 52_000);
    for (var i = 0; i < args.Length; i += 2)
    {
        if (i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        switch (args[i])
        {
            case "--rounds" when value >= FewestRounds:
                rounds = value;
                break;
            case "--files" when value >= 1:
                files = value;
                break;
            default:
                return null;
        }
    }

    return (rounds, files);
}
