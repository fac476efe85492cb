using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Model;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Inference;

namespace QaBuild.Tool;

/// <summary><c>qabuild base-model X</c>: finds out what a dataset and a trainer must know of a base model.</summary>
internal static class BaseModelCommand
{
    /// <summary>Where imported and made models go when nothing is said.</summary>
    public static string DefaultWork { get; } = Path.Combine(Path.GetDirectoryName(LlamaCppRestore.DefaultFolder)!, "models");

    /// <summary>Where what was found out goes when nothing is said.</summary>
    public static string DefaultOutput { get; } = Path.Combine("artifacts", "model", "base-model.json");

    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = Bilingual.Here("A GGUF file, a Hugging Face folder, ollama:NAME[:TAG] or tiny.", "GGUF 文件、Hugging Face 目录、ollama:NAME[:TAG] 或 tiny。") };
        var output = new Option<string>("--out", "-o") { Description = Bilingual.Here("Gets what was found out.", "查明的内容写到这个文件。"), DefaultValueFactory = _ => DefaultOutput };
        var work = new Option<string>("--work") { Description = Bilingual.Here("The folder that gets imported and made models.", "存放导入和生成的模型的目录。"), DefaultValueFactory = _ => DefaultWork };
        var command = new Verb(
            "base-model",
            "Finds out a base model's tokens and sizes; imports it where that is needed.",
            "为基础模型查明标记和大小，必要时导入它。",
            "qabuild base-model tiny",
            "qabuild base-model ollama:qwen3:4b",
            "qabuild base-model models/Qwen2.5-0.5B-Instruct") { model, output, work };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed.GetValue(model)!, parsed.GetValue(output)!, parsed.GetValue(work)!, cancellation), CancellationToken.None));
        return command;
    }

    /// <summary>Finds a base model, with a line of progress for an import that takes long.</summary>
    public static BaseModel Resolve(string model, string work, CancellationToken cancellation)
    {
        using var progress = new ProgressLine();
        return BaseModel.Resolve(model, work, (done, total) => progress.Show(_ => new Phrase("ImportModelProgress", done >> 20, total >> 20)), cancellation);
    }

    /// <summary>Finds a base model and writes what was found out.</summary>
    /// <returns>The description, which says the same as the file.</returns>
    public static BaseModelDescription Describe(string model, string output, string work, CancellationToken cancellation)
    {
        try
        {
            var description = BaseModelDescription.Of(Resolve(model, work, cancellation));
            OutputFiles.Write(Path.GetFullPath(output), description.ToJson());
            return description;
        }
        catch (ModelFaultException)
        {
            // What it said of another model must not be taken for this one's.
            if (File.Exists(output))
            {
                File.Delete(output);
            }

            throw;
        }
    }

    private static int Run(string model, string output, string work, CancellationToken cancellation)
    {
        var found = Describe(model, output, work, cancellation);
        Console.WriteLine(Catalogue.Default.Format(
            new Phrase(
                "BaseModelFound", found.Name, found.Architecture, found.HasWeights ? string.Create(CultureInfo.InvariantCulture, $"{found.Parameters / 1e6:0.#} M {found.Type}") : "–",
                found.Context, found.Vocabulary, found.Eos?.Text ?? "–"),
            CultureInfo.CurrentUICulture));
        return ExitCode.Success;
    }
}
