using System.CommandLine;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Model.Gguf;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Gate;

namespace QaBuild.Tool;

/// <summary><c>qabuild card</c>: writes README.md and SHA256SUMS beside a model.</summary>
internal static class CardCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = Bilingual.Here("The fused model, which says what it is.", "合并后的模型，其元数据说明它是什么。") };
        var files = new Option<string[]>("--file") { Description = Bilingual.Here("A file that is packaged with it; may be given several times.", "与它一起打包的文件；可多次给出。") };
        var gate = new Option<string?>("--gate") { Description = Bilingual.Here("gate.json, which 'qabuild gate' writes.", "'qabuild gate' 写出的 gate.json。") };
        var evaluation = new Option<string?>("--evaluation") { Description = Bilingual.Here("evaluation.json, which 'qabuild evaluate' writes.", "'qabuild evaluate' 写出的 evaluation.json。") };
        var languages = new Option<string[]>("--language") { Description = Bilingual.Here("A language that it speaks, such as zh; may be given several times.", "模型使用的语言，例如 zh；可多次给出。") };
        var command = new Verb(
            "card",
            "Writes a model card (README.md as Hugging Face reads it) and SHA256SUMS beside a model.",
            "在模型旁边写出模型卡片（Hugging Face 可读的 README.md）和 SHA256SUMS。",
            "qabuild card artifacts/model/fused.gguf --file artifacts/model/model-Q4_K_M.gguf --gate artifacts/model/gate.json")
        {
            model, files, gate, evaluation, languages,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var fused = parsed.GetValue(model)!;
            var folder = Path.GetDirectoryName(Path.GetFullPath(fused))!;
            var packaged = new[] { fused }.Concat(parsed.GetValue(files) ?? []).Select(Path.GetFullPath).Distinct().ToArray();
            var sums = await Checksums.OfAsync(packaged, cancellation);
            var asked = parsed.GetValue(gate) is { Length: > 0 } path ? GateReport.Read(path) : null;
            using var file = GgufFile.Open(fused);
            var card = ModelCard.Of(file, parsed.GetValue(languages) ?? [], sums, asked, parsed.GetValue(evaluation) is { Length: > 0 } measured ? measured : null, packaged.Any(p => Path.GetFileName(p) == "Modelfile"));
            using var outputs = new OutputFiles();
            outputs.Stage(Path.Combine(folder, Checksums.FileName), [Checksums.ToBytes(sums)]);
            outputs.Stage(Path.Combine(folder, "README.md"), [Encoding.UTF8.GetBytes(card)]);
            outputs.Commit();
            FuseCommand.Say(new Phrase("CardDone", Path.Combine(folder, "README.md"), sums.Count));
            return ExitCode.Success;
        });
        return command;
    }
}
