using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Gguf;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Fusing;
using QaBuild.Model.Training.Run;

namespace QaBuild.Tool;

/// <summary><c>qabuild fuse</c>: makes one model of a base and its adapter.</summary>
internal static class FuseCommand
{
    private static readonly string[] Types = ["F32", "F16", "BF16"];

    public static Command Create()
    {
        var model = new Option<string>("--base") { Description = Bilingual.Here("The base model: a GGUF file, a Hugging Face folder, ollama:NAME[:TAG] or tiny.", "基础模型：GGUF 文件、Hugging Face 目录、ollama:NAME[:TAG] 或 tiny。"), Required = true };
        var adapter = new Option<string>("--adapter") { Description = Bilingual.Here("What was trained on it: a GGUF (an adapter, or the whole model that full training leaves), or a folder of PEFT or mlx-lm.", "在它上面训练的结果：GGUF（适配器，或全参数训练得到的完整模型），或 PEFT、mlx-lm 的目录。"), Required = true };
        var output = new Option<string>("--out", "-o") { Description = Bilingual.Here("The fused model.", "合并后的模型。"), DefaultValueFactory = _ => Path.Combine("artifacts", "model", "fused.gguf") };
        var folder = new Option<string?>("--folder") { Description = Bilingual.Here("Also writes a Hugging Face folder, when the base is one.", "基座是 Hugging Face 目录时，也写成这样的目录。") };
        var type = new Option<string?>("--type") { Description = Bilingual.Here("F32, F16 or BF16. Default: the base's own; F16 for a quantized base.", "F32、F16 或 BF16。默认：与基座相同；量化的基座为 F16。") };
        var work = new Option<string>("--work") { Description = Bilingual.Here("The folder that gets imported and made models.", "存放导入和生成的模型的目录。"), DefaultValueFactory = _ => BaseModelCommand.DefaultWork };
        var name = new Option<string?>("--name") { Description = Bilingual.Here("The model's name. Default: that of the output's folder.", "模型名。默认：输出文件所在目录的名称。") };
        var author = new Option<string?>("--author") { Description = Bilingual.Here("Who made it.", "模型的作者。") };
        var license = new Option<string?>("--license") { Description = Bilingual.Here("An SPDX expression. Default: the base's.", "许可证（SPDX 表达式）。默认：与基座相同。") };
        var version = new Option<string?>("--model-version") { Description = Bilingual.Here("The model's version.", "模型的版本。") };
        var description = new Option<string?>("--description") { Description = Bilingual.Here("What it is for, in a sentence.", "一句话说明模型的用途。") };
        var training = new Option<string?>("--training") { Description = Bilingual.Here("training.json, which 'qabuild train' writes: the hashes of dataset and recipe go into the file.", "'qabuild train' 写出的 training.json：其中数据集和配方的哈希会写入模型文件。") };
        var command = new Verb(
            "fuse",
            "Makes one model of a base and its adapter, LoRA or DoRA, as GGUF and, when the base is one, as a Hugging Face folder.",
            "把基座和它的适配器（LoRA 或 DoRA）合并为一个模型：GGUF；基座是 Hugging Face 目录时也可写成这样的目录。",
            "qabuild fuse --base models/Qwen2.5-0.5B --adapter adapters/ --out fused.gguf")
        {
            model, adapter, output, folder, type, work, name, author, license, version, description, training,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(
                parsed.GetValue(model)!,
                parsed.GetValue(adapter)!,
                parsed.GetValue(output)!,
                parsed.GetValue(folder),
                TypeOf(parsed.GetValue(type)),
                parsed.GetValue(work)!,
                new ModelMetadata
                {
                    Name = parsed.GetValue(name) is { Length: > 0 } told ? told : Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(parsed.GetValue(output)!))) ?? "model",
                    Author = parsed.GetValue(author),
                    License = parsed.GetValue(license),
                    Version = parsed.GetValue(version),
                    Description = parsed.GetValue(description),
                    BaseName = "",
                },
                parsed.GetValue(training) is { Length: > 0 } record ? TrainingRecord.Read(Path.GetDirectoryName(Path.GetFullPath(record))!) : null,
                cancellation),
            CancellationToken.None));
        return command;
    }

    private static GgmlType? TypeOf(string? text)
    {
        var settings = new PackagingSettings(_ => text);
        var type = settings.FusedType();
        settings.ThrowIfAny();
        return type;
    }

    private static int Run(string model, string adapter, string output, string? folder, GgmlType? type, string work, ModelMetadata metadata, TrainingRecord? record, CancellationToken cancellation)
    {
        var resolved = BaseModelCommand.Resolve(model, work, cancellation);
        if (!resolved.HasWeights)
        {
            throw new ModelFaultException(ModelFaults.BaseModelUnusable, "", model, new Reason("ModelNoWeights"));
        }

        if (!string.IsNullOrEmpty(folder) && resolved.Kind != BaseModelKind.HuggingFace)
        {
            throw new ModelFaultException(ModelFaults.BaseModelUnusable, "", model, new Reason("FuseNoFolder"));
        }

        var hash = HashOfAdapter(adapter);
        using var progress = new ProgressLine();
        void Show(long done, long total) => progress.Show(elapsed => new Phrase("FuseProgress", done >> 20, total >> 20, Remaining(elapsed, done, total)));
        var result = Fusion.ToGguf(resolved.GgufPath, adapter, output, type, metadata with { BaseName = resolved.Name, AdapterHash = hash, DatasetHash = record?.Inputs.DataHash, RecipeHash = record?.Inputs.RecipeHash }, Show, cancellation);
        if (!string.IsNullOrEmpty(folder))
        {
            FusedFolder.Write(model, resolved.GgufPath, adapter, folder, Show, cancellation);
        }

        if (result.BaseType is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16))
        {
            Say(new Phrase("FuseDequantized", result.BaseType.ToString(), result.Type.ToString()));
        }

        Say(new Phrase("FuseDone", output, result.Fused, result.Matrices, result.Type.ToString(), Megabytes(result.Bytes)));
        return ExitCode.Success;
    }

    /// <summary>SHA-256 of an adapter's numbers: of its GGUF, or of the safetensors of its folder.</summary>
    /// <exception cref="ModelFaultException">QA7010: there is none.</exception>
    public static string HashOfAdapter(string adapter)
    {
        string[] files = [adapter, Path.Combine(adapter, "adapter_model.safetensors"), Path.Combine(adapter, "adapters.safetensors")];
        return files.FirstOrDefault(File.Exists) is { } file ? HashOf(file) : throw new ModelFaultException(ModelFaults.AdapterUnusable, "", adapter, new Reason("AdapterNowhere"));
    }

    /// <summary>SHA-256 of a file.</summary>
    /// <exception cref="ModelFaultException">QA7003: it cannot be read.</exception>
    public static string HashOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, e.Message);
        }
    }

    /// <summary>Says something about work that was done.</summary>
    public static void Say(Phrase phrase) => Console.WriteLine(Catalogue.Default.Format(phrase, CultureInfo.CurrentUICulture));

    /// <summary>For people.</summary>
    public static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>The time that is left at the pace so far.</summary>
    public static string Remaining(TimeSpan elapsed, long done, long total) => (elapsed / Math.Max(1, done) * (total - done)).ToString(@"h\:mm\:ss", null);
}
