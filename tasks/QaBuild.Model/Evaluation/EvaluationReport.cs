using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace QaBuild.Model.Evaluation;

/// <summary>The result of an evaluation, for machines (JSON) and for people (Markdown, in English and Chinese: the file is the same whoever's machine makes it).</summary>
/// <param name="Model">The base as the user named it.</param>
/// <param name="Adapter">What was trained as the user named it, or null.</param>
/// <param name="Data">What was asked.</param>
/// <param name="Columns">Each model's name and result, side by side; the last is the one that is judged.</param>
/// <param name="Gates">How it was judged.</param>
public sealed record EvaluationReport(string Model, string? Adapter, EvaluationData Data, IReadOnlyList<(string Name, ModelEvaluation Result)> Columns, IReadOnlyList<GateResult> Gates)
{
    /// <summary>The name of the base's column.</summary>
    public const string Before = "before";

    /// <summary>The name of the column of the base with examples.</summary>
    public const string FewShot = "fewShot";

    /// <summary>The name of the trained model's column.</summary>
    public const string After = "after";

    private const int MostShown = 20;
    private const int LongestShown = 240;

    private static readonly JsonWriterOptions s_json = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>evaluation.json (schema/evaluation.schema.json).</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            json.WriteString("model", Model);
            json.WriteString("adapter", Adapter);
            json.WriteString("split", Data.Split);
            json.WriteNumber("rowsOfSplit", Data.All);
            json.WriteNumber("rowsEvaluated", Data.Rows.Count);
            json.WriteNumber("lossTokens", Columns[0].Result.Rows.Sum(r => (long)r.Tokens));
            json.WriteNumber("examples", Data.FewShot?.Count ?? 0);
            foreach (var (name, result) in Columns)
            {
                json.WriteStartObject(name);
                WriteNumber(json, "loss", result.Loss);
                WriteNumber(json, "perplexity", result.Perplexity);
                json.WriteNumber("answers", result.Answers.Count);
                WriteNumber(json, "exactMatch", result.Answers.ExactMatch);
                WriteNumber(json, "rougeL", result.Answers.RougeL);
                WriteNumber(json, "bleu", result.Answers.Bleu);
                WriteNumber(json, "stopRate", result.Answers.StopRate);
                json.WriteEndObject();
            }

            json.WriteStartArray("gates");
            foreach (var gate in Gates)
            {
                json.WriteStartObject();
                json.WriteString("name", gate.Name);
                WriteNumber(json, "limit", gate.Limit);
                WriteNumber(json, "measured", gate.Measured);
                json.WriteBoolean("passed", gate.Passed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteRows(json);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>The table of all figures.</summary>
    public string Table()
    {
        var text = new StringBuilder();
        text.Append("| |").AppendJoin("", Columns.Select(c => $" {Heading(c.Name)} |")).Append('\n');
        text.Append("|---|").AppendJoin("", Columns.Select(_ => "---:|")).Append('\n');
        void Line(string name, Func<ModelEvaluation, string> figure) => text.Append(CultureInfo.InvariantCulture, $"| {name} |").AppendJoin("", Columns.Select(c => $" {figure(c.Result)} |")).Append('\n');
        Line("loss 损失", r => Number(r.Loss));
        Line("perplexity 困惑度", r => r.Perplexity < 1e6 ? r.Perplexity.ToString("0.00", CultureInfo.InvariantCulture) : r.Perplexity.ToString("0.00e+0", CultureInfo.InvariantCulture));
        Line("exact match 完全一致", r => Percent(r.Answers.ExactMatch));
        Line("ROUGE-L", r => Percent(r.Answers.RougeL));
        Line("BLEU", r => Percent(r.Answers.Bleu));
        Line("stop rate 正常停止率", r => Percent(r.Answers.StopRate));
        return text.ToString();
    }

    /// <summary>evaluation.md.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder("# Evaluation 评测\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Model 模型: {Shown(Model)}");
        text.Append(Adapter is null ? "" : $"; trained 训练结果: {Shown(Adapter)}");
        text.Append(CultureInfo.InvariantCulture, $"; rows of the {Data.Split} split 数据行: {Data.Rows.Count} / {Data.All}\n\n");
        text.Append(Table());
        if (Gates.Count > 0)
        {
            text.Append("\n| gate 门槛 | limit 限值 | measured 实测 | |\n|---|---:|---:|---|\n");
            foreach (var gate in Gates)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {gate.Name} | {Number(gate.Limit)} | {Number(gate.Measured)} | {(gate.Passed ? "passed 通过" : "**failed 未通过**")} |\n");
            }
        }

        AppendAnswers(text);
        return text.ToString();
    }

    private void WriteRows(Utf8JsonWriter json)
    {
        json.WriteStartArray("rows");
        for (var i = 0; i < Data.Rows.Count; i++)
        {
            var row = Data.Rows[i];
            json.WriteStartObject();
            json.WriteNumber("line", row.Line);
            json.WriteString("id", row.Id);
            json.WriteString("prompt", row.Prompt);
            json.WriteString("expected", row.Expected);
            foreach (var (name, result) in Columns)
            {
                var found = result.Rows[i];
                json.WriteStartObject(name);
                json.WriteString("answer", found.Answer);
                json.WriteBoolean("exact", new GivenAnswer(row.Expected, found.Answer, found.Stopped).IsExact);
                json.WriteBoolean("stopped", found.Stopped);
                WriteNumber(json, "loss", found.Tokens == 0 ? 0 : found.Loss / found.Tokens);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void AppendAnswers(StringBuilder text)
    {
        var judged = Columns[^1].Result;
        var wrong = Enumerable.Range(0, Data.Rows.Count)
            .Where(i => Data.Rows[i].Prompt.Length > 0 && !(new GivenAnswer(Data.Rows[i].Expected, judged.Rows[i].Answer, judged.Rows[i].Stopped) is { IsExact: true, Stopped: true })).ToArray();
        if (wrong.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n## Answers that differ or do not stop 不一致或未停止的答案: {wrong.Length}\n\n| row 行 | expected 期望 |").AppendJoin("", Columns.Select(c => $" {Heading(c.Name)} |")).Append('\n');
        text.Append("|---|---|").AppendJoin("", Columns.Select(_ => "---|")).Append('\n');
        foreach (var i in wrong.Take(MostShown))
        {
            var row = Data.Rows[i];
            text.Append(CultureInfo.InvariantCulture, $"| {(row.Id.Length > 0 ? Shown(row.Id) : row.Line)} | {Shown(row.Expected)} |");
            text.AppendJoin("", Columns.Select(c => $" {Shown(c.Result.Rows[i].Answer)}{(c.Result.Rows[i].Stopped ? "" : " …")} |")).Append('\n');
        }

        text.Append(wrong.Length > MostShown ? "\nevaluation.json has all of them. 全部答案见 evaluation.json。\n" : "");
    }

    private string Heading(string column) => column switch
    {
        Before => "base 基座",
        FewShot => $"base, {Data.FewShot!.Count} examples 基座加示例",
        _ => "trained 训练后",
    };

    // What a model says may be Markdown, or HTML.
    private static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.Trim().EnumerateRunes().Take(LongestShown))
        {
            shown.Append(rune.Value switch
            {
                '\n' => "⏎",
                _ when Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format => " ",
                '<' => "&lt;",
                '&' => "&amp;",
                '|' or '`' or '*' or '_' or '[' or ']' or '\\' or '!' or '#' or '~' => "\\" + rune,
                _ => rune.ToString(),
            });
        }

        return shown.Append(text.Trim().EnumerateRunes().Skip(LongestShown).Any() ? "…" : "").ToString();
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    // JSON has no infinity, and the last digits of a sum are noise.
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, Math.Round(value, 6));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
