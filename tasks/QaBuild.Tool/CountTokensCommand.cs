using System.CommandLine;
using System.Globalization;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Model;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Inference;
using QaBuild.Model.Tokens;

namespace QaBuild.Tool;

/// <summary><c>qabuild count-tokens ROWS</c>: counts rows in a base model's own tokens.</summary>
internal static class CountTokensCommand
{
    public static Command Create()
    {
        var rows = new Argument<string>("rows") { Description = Bilingual.Here("JSONL of a dataset.", "数据集的 JSONL 文件。") };
        var description = new Option<string>("--base") { Description = Bilingual.Here("base-model.json, which 'qabuild base-model' writes.", "'qabuild base-model' 写出的 base-model.json。"), Required = true };
        var counts = new Option<string?>("--counts") { Description = Bilingual.Here("Gets the counts, by content, besides those that it has. Without it, they are summed up.", "存放计数的文件，按行的内容记录，原有的计数保留。不给出时只汇总。") };
        var command = new Verb(
            "count-tokens",
            "Counts the rows of a dataset in the base model's own tokens.",
            "用基础模型自己的 token 统计数据集的各行。",
            "qabuild count-tokens artifacts/dataset/train.jsonl --base artifacts/model/base-model.json") { rows, description, counts };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(rows)!, parsed.GetValue(description)!, parsed.GetValue(counts), cancellation));
        return command;
    }

    /// <summary>Counts rows and adds them to a file of counts.</summary>
    public static async Task<int[]> CountAsync(IReadOnlyList<string> rows, BaseModelDescription model, string? file, CancellationToken cancellation)
    {
        var folder = await LlamaCpp.LocateOrRestoreAsync(null, into => GenerateCommand.Tell("LlamaRestoring", into), cancellation);
        await using var llama = LlamaProcess.Start(LlamaHost.Beside(folder));
        await llama.LoadAsync(model.Gguf, new LoadOptions { VocabularyOnly = true }, cancellation);
        var counts = await llama.CountTokensAsync([.. rows.Select(r => RowTexts.Of(r) ?? "")], addSpecial: false, parseSpecial: true, cancellation);
        if (file is not null)
        {
            Write(file, model.Tokenizer, rows, counts);
        }

        return counts;
    }

    private static async Task<int> RunAsync(string rows, string description, string? file, CancellationToken cancellation)
    {
        var model = BaseModelDescription.Read(description);
        string[] lines;
        try
        {
            lines = await File.ReadAllLinesAsync(rows, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, rows, rows, e.Message);
        }

        var none = Array.FindIndex(lines, l => RowTexts.Of(l) is null);
        if (none >= 0)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, rows, rows, new Reason("JsonNoObject")) { Line = none + 1, Column = 1 };
        }

        var counts = await CountAsync(lines, model, file, cancellation);
        Console.WriteLine(Catalogue.Default.Format(
            new Phrase("TokensCounted", lines.Length, counts.Sum(c => (long)c), counts.DefaultIfEmpty().Max(), model.Name), CultureInfo.CurrentUICulture));
        return ExitCode.Success;
    }

    private static void Write(string path, string tokenizer, IReadOnlyList<string> rows, int[] counts)
    {
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (File.Exists(path))
        {
            var old = File.ReadAllLines(path);
            foreach (var line in old.Length > 0 && old[0] == tokenizer ? old.Skip(1) : [])
            {
                lines[line.Split(' ')[0]] = line;
            }
        }

        for (var i = 0; i < rows.Count; i++)
        {
            var key = TokenCounts.KeyOf(Encoding.UTF8.GetBytes(rows[i]));
            lines[key] = string.Create(CultureInfo.InvariantCulture, $"{key} {counts[i]}");
        }

        OutputFiles.Write(Path.GetFullPath(path), Encoding.ASCII.GetBytes(string.Concat(lines.Values.Prepend(tokenizer).Select(l => l + "\n"))));
    }
}
