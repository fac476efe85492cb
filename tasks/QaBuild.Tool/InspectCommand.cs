using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model.Import;

namespace QaBuild.Tool;

/// <summary><c>qabuild inspect FILE</c>: says what a model's file or folder holds.</summary>
internal static class InspectCommand
{
    private const int ShownTensors = 20;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = Bilingual.Here("A GGUF, a safetensors file, an adapter's folder or a Hugging Face folder.", "GGUF、safetensors 文件、适配器目录或 Hugging Face 目录。") };
        var all = new Option<bool>("--all") { Description = Bilingual.Here("Lists every tensor.", "列出全部张量。") };
        var json = new Option<bool>("--json") { Description = Bilingual.Here("For machines: names of facts are not translated.", "供程序读取：各项的名称不翻译。") };
        var command = new Verb(
            "inspect",
            "Says what a GGUF, a safetensors file, an adapter or a Hugging Face folder holds.",
            "说明 GGUF、safetensors 文件、适配器或 Hugging Face 目录的内容。",
            "qabuild inspect model.gguf",
            "qabuild inspect adapters/ --json") { path, all, json };
        command.SetAction(parsed => Run(parsed.GetValue(path)!, parsed.GetValue(all), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string path, bool all, bool json)
    {
        var found = ModelInspection.Of(path);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new
                {
                    facts = found.Facts.Select(f => new { name = JsonNamingPolicy.CamelCase.ConvertName(f.Label.Name["Inspect".Length..]), value = f.Value }),
                    tensors = found.Tensors.Select(t => new { t.Name, t.Type, t.Shape }),
                },
                Json));
            return ExitCode.Success;
        }

        var labels = found.Facts.Select(f => Said(new Phrase(f.Label.Name))).ToArray();
        var width = labels.Max(Columns) + 2;
        foreach (var (label, fact) in labels.Zip(found.Facts))
        {
            Console.WriteLine(label + new string(' ', width - Columns(label)) + Shown(fact.Value));
        }

        Console.WriteLine();
        var tensors = all ? found.Tensors : [.. found.Tensors.Take(ShownTensors)];
        foreach (var tensor in tensors)
        {
            Console.WriteLine($"  {tensor.Type,-6} {string.Join(" × ", tensor.Shape),-16} {Shown(tensor.Name)}");
        }

        if (found.Tensors.Count > tensors.Count)
        {
            Console.WriteLine(Said(new Phrase("InspectMore", found.Tensors.Count - tensors.Count)));
        }

        return ExitCode.Success;
    }

    private static string Said(Phrase phrase) => Catalogue.Default.Format(phrase, CultureInfo.CurrentUICulture);

    // A Chinese character is two columns wide.
    private static int Columns(string text) => text.Sum(c => c >= '\u2e80' ? 2 : 1);

    // A name in a file must not move the cursor of a terminal or forge a line.
    private static string Shown(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '·' : c));
}
