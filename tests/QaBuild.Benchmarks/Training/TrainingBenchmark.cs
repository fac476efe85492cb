using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using QaBuild.Model.Kernels;

namespace QaBuild.Benchmarks.Training;

/// <summary>
/// How long a step of training takes beside PyTorch's, by turns: each round runs every variant of both as processes of their own, and what is told are ratios within a round.
/// </summary>
/// <param name="script">torch_lora_reference.py.</param>
/// <param name="models">Where models are kept.</param>
/// <param name="rounds">How many.</param>
internal sealed partial class TrainingBenchmark(string script, string models, int rounds)
{
    public const string Verb = "training";
    private const string Python = "/usr/bin/python3";
    private const string ScalingName = "scaling";
    private const int Sequences = 4;
    private const int Length = 128;
    private const int Rank = 8;

    /// <summary>Prints tables.</summary>
    /// <param name="what">Such as S-4, M-6, M-24, and <c>scaling</c>.</param>
    public void Run(IReadOnlyList<string> what)
    {
        Console.WriteLine($"Processor: {Processor()}; {Environment.ProcessorCount} threads; oneDNN {(OneDnn.Installed is null ? "not found" : "found")}.\n");
        var variants = TrainingVariant.All().ToArray();
        var peaks = new Dictionary<string, double>();
        foreach (var group in variants.GroupBy(v => string.Join(' ', v.Ours)))
        {
            var peak = Peak(group.First());
            foreach (var variant in group)
            {
                peaks[variant.Name] = peak;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The multiplication of floats alone, operands in the first-level cache{(group.Key.Length > 0 ? $", {group.First().Name}" : "")}: {peak / 1e9:0} GFLOP/s.\n"));
        }

        var torch = File.Exists(script) && Torch(TrainingVariant.Floats, "S", 4, 2) is not null;
        Console.WriteLine("| shape, layers | products | tokens a second | PyTorch's, the same | PyTorch's time ÷ ours, median, smallest to largest | PyTorch's time in floats ÷ ours | peak memory | PyTorch's | ours ÷ PyTorch's | share of the multiplication's peak |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var name in what.Where(w => w != ScalingName))
        {
            Shape(name.Split('-')[0], int.Parse(name.Split('-')[1], CultureInfo.InvariantCulture), variants, peaks, torch);
        }

        if (what.Contains(ScalingName))
        {
            Scaling();
        }
    }

    private void Shape(string shape, int layers, TrainingVariant[] variants, Dictionary<string, double> peaks, bool torch)
    {
        var (ours, theirs) = shape == "S" ? (20, 8) : layers > 12 ? (3, 3) : (4, 3);
        var measured = variants.Select(_ => new List<(Cost Ours, Cost? Theirs)>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var v = 0; v < variants.Length; v++)
            {
                measured[v].Add((Ours(variants[v], shape, layers, ours), torch && variants[v].Torch is not null ? Torch(variants[v], shape, layers, theirs) : null));
            }
        }

        for (var v = 0; v < variants.Length; v++)
        {
            var mine = Median(measured[v].Select(m => m.Ours))!;
            var its = Median(measured[v].Select(m => m.Theirs).OfType<Cost>());
            var same = Ratios(measured[v].Select(m => (m.Ours, m.Theirs)));
            var floats = Ratios(measured[v].Zip(measured[0], (m, f) => (m.Ours, f.Theirs)));
            var share = TrainingShape.Of(shape, layers).Operations * Sequences * Length / mine.Seconds / peaks[variants[v].Name];
            string[] cells =
            [
                $"{shape}, {layers}", variants[v].Name, Number(Sequences * Length / mine.Seconds), its is null ? "n/a" : Number(Sequences * Length / its.Seconds),
                same.Length == 0 ? "n/a" : string.Create(CultureInfo.InvariantCulture, $"{same[same.Length / 2]:0.00}, {same[0]:0.00} to {same[^1]:0.00}"),
                floats.Length == 0 ? "n/a" : string.Create(CultureInfo.InvariantCulture, $"{floats[floats.Length / 2]:0.00}"),
                $"{Number(mine.PeakMegabytes)} MB", its is null ? "n/a" : $"{Number(its.PeakMegabytes)} MB",
                its is null ? "n/a" : string.Create(CultureInfo.InvariantCulture, $"{mine.PeakMegabytes / its.PeakMegabytes:0.00}"),
                variants[v].Precision == Precision.Float32 ? string.Create(CultureInfo.InvariantCulture, $"{share:0.00}") : "n/a",
            ];
            Console.WriteLine($"| {string.Join(" | ", cells)} |");
        }
    }

    /// <summary>How the step grows with the length of sequences, with the rank, and what checkpoints cost.</summary>
    private void Scaling()
    {
        Console.WriteLine("\n| S, 4 layers, 2048 tokens | tokens a second | peak memory |\n|---|---|---|");
        foreach (var (name, sequences, length, rank, kept) in new[]
        {
            ("16 × 128, rank 8", 16, 128, 8, "plain"), ("8 × 256", 8, 256, 8, "plain"), ("4 × 512", 4, 512, 8, "plain"), ("2 × 1024", 2, 1024, 8, "plain"), ("1 × 2048", 1, 2048, 8, "plain"),
            ("16 × 128, rank 4", 16, 128, 4, "plain"), ("16 × 128, rank 16", 16, 128, 16, "plain"), ("16 × 128, rank 64", 16, 128, 64, "plain"), ("16 × 128, rank 8, checkpoints", 16, 128, 8, "checkpoint"),
        })
        {
            var costs = Enumerable.Range(0, rounds).Select(_ => Ours(TrainingVariant.Floats, "S", 4, 8, sequences, length, rank, kept));
            var cost = Median(costs)!;
            Console.WriteLine($"| {name} | {Number(sequences * length / cost.Seconds)} | {Number(cost.PeakMegabytes)} MB |");
        }
    }

    private static double[] Ratios(IEnumerable<(Cost Ours, Cost? Theirs)> rounds) => [.. rounds.Where(r => r.Theirs is not null).Select(r => r.Theirs!.Seconds / r.Ours.Seconds).Order()];

    private static Cost? Median(IEnumerable<Cost> costs) => costs.OrderBy(c => c.Seconds).ToArray() is { Length: > 0 } sorted ? sorted[sorted.Length / 2] : null;

    private static string Number(double? value) => string.Create(CultureInfo.InvariantCulture, $"{value:0}");

    private static double Peak(TrainingVariant variant) => double.Parse(Output("dotnet", [typeof(TrainingBenchmark).Assembly.Location, TrainingStep.PeakVerb], variant.Ours)!, CultureInfo.InvariantCulture);

    private Cost Ours(TrainingVariant variant, string shape, int layers, int steps, int sequences = Sequences, int length = Length, int rank = Rank, string kept = "plain")
    {
        // Not by the process that is timed: writing a model takes memory of its own.
        Directory.CreateDirectory(models);
        TrainingShape.Of(shape, layers).File(models, variant.Base);
        string[] arguments = [typeof(TrainingBenchmark).Assembly.Location, TrainingStep.Verb, shape, $"{layers}", variant.Base, $"{variant.Precision}", $"{steps}", $"{sequences}", $"{length}", $"{rank}", kept];
        var line = Output("dotnet", arguments, variant.Ours) ?? throw new InvalidOperationException($"the step of training failed: {string.Join(' ', arguments)}");
        var parts = line.Trim().Split(' ');
        return new Cost(double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture) / 1e6);
    }

    private Cost? Torch(TrainingVariant variant, string shape, int layers, int steps)
    {
        string[] arguments = [script, "--shape", shape, "--layers", $"{layers}", "--steps", $"{steps}", "--threads", $"{Environment.ProcessorCount}", .. variant.Torch!];
        var found = Output(Python, arguments, variant.Theirs) is { } text ? MedianStep().Match(text) : Match.Empty;

        // The script divides kibibytes by a million.
        return found.Success ? new Cost(double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture) * 1024) : null;
    }

    private static string? Output(string file, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = errors.Result;
        return process.ExitCode == 0 ? output : null;
    }

    private static string Processor()
    {
        var name = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] : null;
        var features = new (string Name, bool Has)[]
        {
            ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512", Avx512F.IsSupported), ("bfloat16 units", OneDnn.HasBFloatUnits), ("NEON", System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported),
        };
        return $"{name ?? "unknown"} ({string.Join(", ", features.Where(f => f.Has).Select(f => f.Name))}; without {string.Join(", ", features.Where(f => !f.Has).Select(f => f.Name))})";
    }

    [GeneratedRegex(@"step ([0-9.]+)s = .* maxrss ([0-9.]+) GB", RegexOptions.CultureInvariant)]
    private static partial Regex MedianStep();
}
