using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging.Quantizing;

namespace QaBuild.Tool;

/// <summary><c>qabuild quantize</c>: makes small files of a model.</summary>
internal static class QuantizeCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = Bilingual.Here("A GGUF of F32, F16 or BF16, such as fused.gguf.", "F32、F16 或 BF16 的 GGUF，例如 fused.gguf。") };
        var names = string.Join(", ", Quantization.All.Select(q => q.Name));
        var types = new Option<string[]>("--type", "-t") { Description = Bilingual.Here($"One or several of {names}.", $"以下类型中的一个或多个：{names}。"), Required = true, AllowMultipleArgumentsPerToken = true };
        var output = new Option<string?>("--out", "-o") { Description = Bilingual.Here("The folder that gets model-TYPE.gguf. Default: the model's own.", "model-TYPE.gguf 写到这个目录。默认：模型所在的目录。") };
        var threads = new Option<int>("--threads") { Description = Bilingual.Here("0 for one a processor.", "线程数；0 表示每个处理器一个。") };
        var libraries = new Option<string?>("--llama-cpp-dir") { Description = Bilingual.Here($"The folder of llama.cpp {LlamaCpp.Release}, when it is not the one that npm restores.", $"llama.cpp {LlamaCpp.Release} 所在的目录；不给出时使用 npm 还原的。") };
        var command = new Verb(
            "quantize",
            "Makes small files of a model, one for each type, with llama.cpp.",
            "用 llama.cpp 把模型量化成小文件，每种类型一个。",
            "qabuild quantize fused.gguf --type \"Q8_0;Q4_K_M\"") { model, types, output, threads, libraries };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(model)!,
            Quantization.Parse(parsed.GetValue(types)!),
            parsed.GetValue(output) ?? Path.GetDirectoryName(Path.GetFullPath(parsed.GetValue(model)!))!,
            Math.Max(0, parsed.GetValue(threads)),
            parsed.GetValue(libraries),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string model, IReadOnlyList<Quantization> quantizations, string folder, int threads, string? libraries, CancellationToken cancellation)
    {
        Check(model, quantizations);
        var found = await LlamaCpp.LocateOrRestoreAsync(libraries, into => GenerateCommand.Tell("LlamaRestoring", into), cancellation);
        await using var llama = LlamaProcess.Start(LlamaHost.Beside(found));
        using var progress = new ProgressLine();
        for (var i = 0; i < quantizations.Count; i++)
        {
            var (number, quantization) = (i + 1, quantizations[i]);
            var output = Path.Combine(folder, $"model-{quantization.Name}.gguf");
            progress.Show(_ => new Phrase("QuantizeProgress", number, quantizations.Count, quantization.Name));
            await Quantizer.RunAsync(llama, model, output, quantization, threads, cancellation);
            using var file = GgufFile.Open(output);
            var bytes = new FileInfo(output).Length;
            FuseCommand.Say(new Phrase("QuantizeDone", output, FuseCommand.Megabytes(bytes), (bytes * 8.0 / file.Tensors.Sum(t => t.Elements)).ToString("0.0", CultureInfo.InvariantCulture)));
        }

        return ExitCode.Success;
    }

    // All that is wrong is told before the first file is made.
    private static void Check(string model, IReadOnlyList<Quantization> quantizations)
    {
        using var file = GgufFile.Open(model);
        foreach (var (quantization, misfits) in Quantization.Plan(file, quantizations))
        {
            if (misfits is [var first, ..])
            {
                Console.WriteLine(new Diagnostic(
                    Rule.QuantizationFallsBack, Severity.Info, Location.File(model),
                    [quantization.Name, misfits.Count, Quantization.MatricesOf(file).Length, quantization.Block, first.Name, first.Shape[0]]).ToString(CultureInfo.CurrentUICulture));
            }
        }
    }
}
