using System.Globalization;
using System.Runtime.InteropServices;
using QaBuild.Benchmarks.Training;
using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Inference.Native;
using QaBuild.Model.Packaging.Quantizing;
using QaBuild.Model.Training.Network;

namespace QaBuild.Benchmarks.Packaging;

/// <summary>
/// How long fusing and quantizing a model of Qwen2.5-0.5B's shape take, and how much memory, beside copying the same bytes and beside llama.cpp's own quantize called with
/// nothing around it. By turns: each round runs all as processes of their own, and what is told are ratios within a round.
/// </summary>
internal static class PackagingBenchmark
{
    public const string Verb = "packaging";

    /// <summary>The yardstick: <c>llama_model_quantize</c> and nothing else.</summary>
    public const string QuantizeVerb = "llama-quantize";

    /// <summary>Layers of Qwen2.5-0.5B.</summary>
    public const int AllLayers = 24;

    private const int Rank = 8;

    /// <summary>Prints a table; false when nothing could be measured.</summary>
    /// <param name="root">Of the checkout.</param>
    /// <param name="layers">Fewer than <see cref="AllLayers"/> to try whether it runs.</param>
    /// <param name="count">Rounds; one more before the first fills the caches and does not count.</param>
    public static bool Run(string root, int count, int layers)
    {
        var tool = Path.Combine(root, "artifacts", "tool", "qabuild.dll");
        if (!File.Exists(tool) || LlamaCpp.Find() is not { } libraries)
        {
            Console.Error.WriteLine("nothing to measure: run 'dotnet msbuild Dataset.proj -t:BuildTool' and 'dotnet artifacts/tool/qabuild.dll restore' first");
            return false;
        }

        var folder = Path.Combine(root, "artifacts", "bench", string.Create(CultureInfo.InvariantCulture, $"packaging-{layers}"));
        Directory.CreateDirectory(folder);
        string Place(string name) => Path.Combine(folder, name);
        Prepare(root, libraries, layers, Place("base.gguf"), Place("adapter.gguf"));
        var rounds = new List<Round>();
        for (var number = 0; number <= count; number++)
        {
            foreach (var name in new[] { "copy.gguf", "fused.gguf", "model-Q8_0.gguf", "model-Q4_K_M.gguf", "theirs-Q8_0.gguf", "theirs-Q4_K_M.gguf" })
            {
                File.Delete(Place(name));
            }

            var copy = new Command("cp", [Place("base.gguf"), Place("copy.gguf")]).Run();
            var fuse = new Command("dotnet", [tool, "fuse", "--base", Place("base.gguf"), "--adapter", Place("adapter.gguf"), "--out", Place("fused.gguf"), "--name", "m"]).Run();
            Cost Ours(string type) => new Command("dotnet", [tool, "quantize", Place("fused.gguf"), "--type", type, "--llama-cpp-dir", libraries]).Run();
            Cost Theirs(string type) => Self(QuantizeVerb, libraries, Place("fused.gguf"), Place($"theirs-{type}.gguf"), Quantization.Parse([type])[0].FileType.ToString(CultureInfo.InvariantCulture)).Run();
            var round = new Round(copy, fuse, Ours("Q8_0"), Theirs("Q8_0"), Ours("Q4_K_M"), Theirs("Q4_K_M"));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(number == 0 ? "warm-up" : $"round {number} of {count}")}: copy {copy.Seconds:0.00} s, fuse {fuse.Seconds:0.00} s, Q8_0 {round.Q8.Seconds:0.00} s / {round.TheirQ8.Seconds:0.00} s, Q4_K_M {round.Q4.Seconds:0.00} s / {round.TheirQ4.Seconds:0.00} s"));
            if (number > 0)
            {
                rounds.Add(round);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {new FileInfo(Place("base.gguf")).Length / 1e6:0} MB in F16, {layers} layers, rank {Rank}, {count} rounds | time, smallest to largest | peak memory |\n|---|---|---|"));
        Line("fuse ÷ copy", rounds, r => (r.Fuse, r.Copy), tells: true);
        Line("Q8_0 ÷ llama.cpp's own", rounds, r => (r.Q8, r.TheirQ8));
        Line("Q4_K_M ÷ llama.cpp's own", rounds, r => (r.Q4, r.TheirQ4));
        return true;
    }

    /// <summary>Quantizes in this process.</summary>
    public static void Quantize(string libraries, string input, string output, int fileType)
    {
        NativeLibraries.LoadFrom(libraries);
        Ggml.LoadBackends(libraries);
        Llama.InitializeBackend();
        var parameters = Llama.QuantizeDefaults();
        parameters.FileType = fileType;
        if (Llama.Quantize(input, output, parameters) != 0)
        {
            throw new InvalidOperationException($"llama.cpp does not quantize '{input}'");
        }
    }

    // A copy has no memory to speak of: there the megabytes themselves are told.
    private static void Line(string what, List<Round> rounds, Func<Round, (Cost Ours, Cost Theirs)> of, bool tells = false)
    {
        var times = rounds.Select(r => of(r).Ours.Seconds / of(r).Theirs.Seconds).Order().ToArray();
        var memory = rounds.Select(r => tells ? of(r).Ours.PeakMegabytes : of(r).Ours.PeakMegabytes / of(r).Theirs.PeakMegabytes).OfType<double>().Order().ToArray();
        var peak = memory.Length == 0 ? "n/a" : memory[memory.Length / 2].ToString(tells ? "0' MB'" : "0.00", CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {times[times.Length / 2]:0.00}, {times[0]:0.00} to {times[^1]:0.00} | {peak} |"));
    }

    private static void Prepare(string root, string libraries, int layers, string model, string adapter)
    {
        if (!File.Exists(model))
        {
            var shape = TrainingShape.Of("M", layers).File(Path.Combine(root, "artifacts", "bench", "training"), nameof(GgmlType.F32));
            Self(QuantizeVerb, libraries, shape, model + ".half", "1").Run();
            File.Move(model + ".half", model);
        }

        using var file = GgufFile.Open(model);
        var random = new Random(1);
        var writer = new GgufWriter();
        writer.Add("general.type", "adapter");
        writer.Add("general.architecture", "qwen2");
        writer.Add("adapter.type", "lora");
        writer.Add("adapter.lora.alpha", (float)Rank);
        foreach (var tensor in Enumerable.Range(0, layers).SelectMany(l => LinearKinds.All.Select(k => file.Find(k.TensorName(l))!)))
        {
            Add(writer, tensor.Name + ".lora_a", [tensor.Shape[0], Rank], random);
            Add(writer, tensor.Name + ".lora_b", [Rank, tensor.Shape[1]], random);
        }

        writer.WriteTo(adapter);
    }

    private static void Add(GgufWriter writer, string name, long[] shape, Random random)
    {
        var numbers = new float[shape[0] * shape[1]];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (random.NextSingle() - 0.5f) * 0.01f;
        }

        writer.AddTensor(name, GgmlType.F32, shape, s => s.Write(MemoryMarshal.AsBytes<float>(numbers)));
    }

    private static Command Self(params string[] arguments)
    {
        var self = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(self) == "dotnet" ? new Command(self, [typeof(PackagingBenchmark).Assembly.Location, .. arguments]) : new Command(self, arguments);
    }

    private sealed record Round(Cost Copy, Cost Fuse, Cost Q8, Cost TheirQ8, Cost Q4, Cost TheirQ4);
}
