using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;

namespace QaBuild.Benchmarks.Training;

/// <summary>
/// How long a step of training takes beside PyTorch's, by turns: each round runs both as processes of their own, and what is told are ratios within a round.
/// </summary>
internal static partial class TrainingBenchmark
{
    public const string Verb = "training";
    private const string Python = "/usr/bin/python3";
    private const string ScalingName = "scaling";
    private const int Tokens = 512;

    /// <summary>Prints tables; false when nothing could be measured.</summary>
    /// <param name="script">torch_lora_reference.py.</param>
    /// <param name="what">Such as S-4, M-6, M-24, and <c>scaling</c>.</param>
    /// <param name="count">Rounds.</param>
    public static bool Run(string script, IReadOnlyList<string> what, int count)
    {
        var shapes = what.Where(w => w != ScalingName).ToArray();
        Console.WriteLine($"Processor: {Processor()}; {Environment.ProcessorCount} threads.\n");
        var peak = TrainingStep.Peak(Environment.ProcessorCount);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The multiplication alone, operands in the first-level cache: {peak / 1e9:0} GFLOP/s.\n"));
        var torch = File.Exists(script) && Torch(script, "S", 4, 2) is not null;
        Console.WriteLine("| shape, layers | tokens a second | PyTorch's | ratio, smallest to largest | peak memory | PyTorch's | ratio | share of the multiplication's peak |\n|---|---|---|---|---|---|---|---|");
        foreach (var name in shapes)
        {
            var (shape, layers) = (name.Split('-')[0], int.Parse(name.Split('-')[1], CultureInfo.InvariantCulture));
            var steps = shape == "S" ? 20 : layers > 12 ? 3 : 4;
            var rounds = Enumerable.Range(0, count).Select(_ => (Ours: Ours(shape, layers, steps), Theirs: torch ? Torch(script, shape, layers, shape == "S" ? 8 : 3) : null)).ToArray();
            var ours = rounds.Select(r => r.Ours).OrderBy(r => r.Seconds).ElementAt(count / 2);
            var theirs = rounds.Select(r => r.Theirs).OfType<Cost>().OrderBy(r => r.Seconds).ElementAtOrDefault(count / 2);
            var ratios = rounds.Where(r => r.Theirs is not null).Select(r => r.Theirs!.Seconds / r.Ours.Seconds).Order().ToArray();
            var share = TrainingShape.Of(shape, layers).Operations * Tokens / ours.Seconds / peak;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {shape}, {layers} | {Tokens / ours.Seconds:0} | {(theirs is null ? "n/a" : $"{Tokens / theirs.Seconds:0}")} | {(ratios.Length == 0 ? "n/a" : $"{ratios[ratios.Length / 2]:0.00}, {ratios[0]:0.00} to {ratios[^1]:0.00}")} | {ours.PeakMegabytes:0} MB | {(theirs is null ? "n/a" : $"{theirs.PeakMegabytes:0} MB")} | {(theirs is null ? "n/a" : $"{ours.PeakMegabytes / theirs.PeakMegabytes:0.00}")} | {share:0.00} |"));
        }

        if (what.Contains(ScalingName))
        {
            Scaling();
        }

        return true;
    }

    /// <summary>How the step grows with the length of sequences, with the rank, and what checkpoints cost.</summary>
    private static void Scaling()
    {
        Console.WriteLine("\n| S, 4 layers, 2048 tokens | tokens a second | peak memory |\n|---|---|---|");
        foreach (var (what, sequences, length, rank, kept) in new[]
        {
            ("16 × 128, rank 8", 16, 128, 8, "plain"), ("8 × 256", 8, 256, 8, "plain"), ("4 × 512", 4, 512, 8, "plain"), ("2 × 1024", 2, 1024, 8, "plain"), ("1 × 2048", 1, 2048, 8, "plain"),
            ("16 × 128, rank 4", 16, 128, 4, "plain"), ("16 × 128, rank 16", 16, 128, 16, "plain"), ("16 × 128, rank 64", 16, 128, 64, "plain"), ("16 × 128, rank 8, checkpoints", 16, 128, 8, "checkpoint"),
        })
        {
            var cost = Ours("S", 4, 8, sequences, length, rank, kept);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {sequences * length / cost.Seconds:0} | {cost.PeakMegabytes:0} MB |"));
        }
    }

    private static Cost Ours(string shape, int layers, int steps, int sequences = 4, int length = 128, int rank = 8, string kept = "plain")
    {
        var line = Output(Environment.ProcessPath!, [typeof(TrainingBenchmark).Assembly.Location, TrainingStep.Verb, shape, .. new[] { layers, steps, sequences, length, rank }.Select(n => n.ToString(CultureInfo.InvariantCulture)), kept], null)
            ?? throw new InvalidOperationException("the step of training failed");
        var parts = line.Trim().Split(' ');
        return new Cost(double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture) / 1e6);
    }

    private static Cost? Torch(string script, string shape, int layers, int steps)
    {
        // OpenBLAS of Debian takes processors it does not know for old ones unless it is told.
        var core = Vector512.IsHardwareAccelerated ? "SkylakeX" : "Haswell";
        var found = Output(Python, [script, "--shape", shape, "--layers", $"{layers}", "--steps", $"{steps}", "--threads", $"{Environment.ProcessorCount}"], core) is { } text ? Median().Match(text) : Match.Empty;
        return found.Success ? new Cost(double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture) * 1000) : null;
    }

    private static string? Output(string file, IEnumerable<string> arguments, string? openBlasCore)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (openBlasCore is not null)
        {
            start.Environment["OPENBLAS_CORETYPE"] = openBlasCore;
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
        var features = new (string Name, bool Has)[] { ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512", Avx512F.IsSupported), ("bfloat16 units", Model.Kernels.OneDnn.HasBFloatUnits), ("NEON", System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported) };
        return $"{name ?? "unknown"} ({string.Join(", ", features.Where(f => f.Has).Select(f => f.Name))}; without {string.Join(", ", features.Where(f => !f.Has).Select(f => f.Name))})";
    }

    [GeneratedRegex(@"step ([0-9.]+)s = .* maxrss ([0-9.]+) GB", RegexOptions.CultureInvariant)]
    private static partial Regex Median();
}
