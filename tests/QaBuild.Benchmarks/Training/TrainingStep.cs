using System.Diagnostics;
using System.Globalization;
using QaBuild.Model.Gguf;
using QaBuild.Model.Kernels;
using QaBuild.Model.Training.Network;

namespace QaBuild.Benchmarks.Training;

/// <summary>What a child process measures: steps of one shape, as torch_lora_reference.py does them.</summary>
internal static class TrainingStep
{
    public const string Verb = "training-step";

    public const string PeakVerb = "training-peak";

    /// <summary>Prints seconds a step (the median but the first), and the peak memory of the process in bytes.</summary>
    /// <param name="folder">Where models are kept.</param>
    /// <param name="args">Shape, layers, type of the base, precision, steps, sequences, tokens of a sequence, rank, and <c>checkpoint</c> or <c>plain</c>.</param>
    public static void Run(string folder, string[] args)
    {
        int Number(int i) => int.Parse(args[i], CultureInfo.InvariantCulture);
        var (shape, steps, sequences, length, rank) = (TrainingShape.Of(args[0], Number(1)), Number(4), Number(5), Number(6), Number(7));
        Directory.CreateDirectory(folder);
        using var file = GgufFile.Open(shape.File(folder, args[2]));
        using var weights = BaseWeights.Of(file);
        using var adapter = new AdapterWeights(weights, new AdapterOptions { Rank = rank, Scale = 2 });
        using var network = new Transformer(weights, adapter, new TransformerOptions { Precision = Enum.Parse<Precision>(args[3]), Checkpoint = args[8] == "checkpoint" });
        using var optimizer = new AdamOptimizer(adapter, new AdamOptions(BiasCorrection: true));
        var random = new Random(3);
        int[] Ids() => [.. Enumerable.Range(0, sequences * length).Select(_ => random.Next(shape.Vocabulary))];
        var batch = new Batch(Ids(), Ids(), [.. Enumerable.Range(0, sequences).Select(s => s * length)]);
        var times = new List<double>();
        for (var step = 0; step < steps; step++)
        {
            var clock = Stopwatch.StartNew();
            adapter.ClearGradients();
            var loss = network.LossAndGradients(batch, step).Mean;
            optimizer.Step(network.Workers, 1e-3f);
            times.Add(clock.Elapsed.TotalSeconds);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {step} loss {loss:F4} {times[^1]:F4} s"));
        }

        var kept = times.Skip(1).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kept[kept.Length / 2]} {Process.GetCurrentProcess().PeakWorkingSet64} {network.ProductsName.Replace(' ', '_')}"));
    }

    /// <summary>Operations a second of the innermost loop alone: the best of several short runs, because another process may stand in the way of any of them.</summary>
    public static double Peak(int threads) => Enumerable.Range(0, 7).Max(_ => Multiplied(threads));

    private static unsafe double Multiplied(int threads)
    {
        // A panel of each operand, which stay in the first-level cache: nothing but the multiplication is left.
        const int Depth = 256;
        const int Repeats = 100_000;
        var micro = MicroKernel.Best;
        using var workers = new Workers(threads);
        using var memory = FloatBuffer.Zeros(threads * (long)Depth * 128);
        var clock = Stopwatch.StartNew();
        workers.For(threads, 1, (start, _, _) =>
        {
            var left = memory.Pointer + (start * Depth * 128);
            var right = left + (Depth * micro.Rows);
            for (var i = 0; i < Repeats; i++)
            {
                micro.Multiply(Depth, left, right, right + (Depth * micro.Columns), micro.Columns, add: false);
            }
        });
        return 2.0 * Depth * micro.Rows * micro.Columns * Repeats * threads / clock.Elapsed.TotalSeconds;
    }
}
