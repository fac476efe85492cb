using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Packaging.Gate;

namespace QaBuild.Model.Packaging;

/// <summary>
/// README.md of a packaged model in the form that Hugging Face's site reads (huggingface.co/docs/hub/model-cards): YAML between lines of dashes, then Markdown. It says
/// what the files themselves say and what was measured, and nothing else; the same model, the same bytes.
/// </summary>
public static class ModelCard
{
    private static readonly JsonSerializerOptions Quoted = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the card.</summary>
    /// <param name="model">The fused model, which says what it is.</param>
    /// <param name="languages">Codes such as zh and en; may be empty.</param>
    /// <param name="files">What is packaged.</param>
    /// <param name="gate">What the answer gate found; null when nothing was asked.</param>
    /// <param name="evaluation">evaluation.json, which 'qabuild evaluate' writes; null when nothing was evaluated.</param>
    /// <param name="hasModelfile">Whether there is a Modelfile.</param>
    /// <exception cref="ModelFaultException">QA7003: <paramref name="evaluation"/> is none.</exception>
    public static string Of(
        GgufFile model, IReadOnlyList<string> languages, IReadOnlyList<(string Name, long Bytes, string Sha256)> files, GateReport? gate, string? evaluation, bool hasModelfile)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(languages);
        ArgumentNullException.ThrowIfNull(files);
        var card = new StringBuilder();
        FrontMatter(card, model, languages);
        var name = model.Text("general.name") ?? "";
        card.Append(CultureInfo.InvariantCulture, $"\n# {Plain(name)}\n\n");
        if (model.Text("general.description") is { } description)
        {
            card.Append(Plain(description)).Append("\n\n");
        }

        card.Append(CultureInfo.InvariantCulture, $"{Plain(model.Text("general.base_model.0.name") ?? "A base model")}, fine-tuned ({model.Text("general.finetune")}) with QaBuild.\n");
        Files(card, files);
        Origins(card, model);
        Evaluation(card, evaluation);
        Gate(card, gate);
        Use(card, files, hasModelfile);
        return card.ToString();
    }

    private static void FrontMatter(StringBuilder card, GgufFile model, IReadOnlyList<string> languages)
    {
        void Value(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                // JSON's strings are YAML's, too.
                card.Append(CultureInfo.InvariantCulture, $"{key}: {JsonSerializer.Serialize(value, Quoted)}\n");
            }
        }

        void List(string key, IEnumerable<string> values)
        {
            card.Append(CultureInfo.InvariantCulture, $"{key}:\n");
            foreach (var value in values)
            {
                card.Append(CultureInfo.InvariantCulture, $"  - {JsonSerializer.Serialize(value, Quoted)}\n");
            }
        }

        card.Append("---\n");
        Value("license", model.Text("general.license"));
        Value("base_model", model.Text("general.base_model.0.name"));
        if (languages.Count > 0)
        {
            List("language", languages);
        }

        Value("library_name", "gguf");
        Value("pipeline_tag", "text-generation");
        List("tags", ["qabuild", model.Text("general.finetune") ?? "lora", "gguf"]);
        card.Append("---\n");
    }

    private static void Files(StringBuilder card, IReadOnlyList<(string Name, long Bytes, string Sha256)> files)
    {
        card.Append("\n## Files\n\n| file | MB | SHA-256 |\n|---|---|---|\n");
        foreach (var (name, bytes, hash) in files)
        {
            card.Append(CultureInfo.InvariantCulture, $"| `{name}` | {bytes / 1e6:0.0} | `{hash}` |\n");
        }
    }

    private static void Origins(StringBuilder card, GgufFile model)
    {
        (string What, string Key)[] origins = [("dataset", "qabuild.dataset.sha256"), ("recipe", "qabuild.recipe.sha256"), ("adapter", "qabuild.adapter.sha256")];
        var known = origins.Where(o => model.Text(o.Key) is not null).ToArray();
        if (known.Length == 0)
        {
            return;
        }

        card.Append("\n## What it was made from\n\n| | SHA-256 |\n|---|---|\n");
        foreach (var (what, key) in known)
        {
            card.Append(CultureInfo.InvariantCulture, $"| {what} | `{model.Text(key)}` |\n");
        }
    }

    private static void Evaluation(StringBuilder card, string? path)
    {
        if (path is null)
        {
            return;
        }

        using var json = JsonFile.Open(path);
        (string Key, string Name)[] columns = [.. new[] { ("before", "base"), ("fewShot", "base with examples"), ("after", "fine-tuned") }.Where(c => json.Find(c.Item1) is { ValueKind: JsonValueKind.Object })];
        (string Key, string Name)[] rows = [("loss", "loss"), ("exactMatch", "exact match"), ("rougeL", "ROUGE-L"), ("bleu", "BLEU"), ("stopRate", "stop rate")];
        card.Append(CultureInfo.InvariantCulture, $"\n## Evaluation\n\n{json.Number("evaluatedRows") ?? 0:0} questions of the test split, which the model was not trained on.\n\n| |");
        card.AppendJoin("", columns.Select(c => $" {c.Name} |")).Append("\n|---|").Append(string.Concat(columns.Select(_ => "---|"))).Append('\n');
        foreach (var (key, name) in rows)
        {
            card.Append(CultureInfo.InvariantCulture, $"| {name} |").AppendJoin("", columns.Select(c => $" {json.Number(json.Find(c.Key)!.Value, key)?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–"} |")).Append('\n');
        }
    }

    private static void Gate(StringBuilder card, GateReport? gate)
    {
        card.Append("\n## Does it answer?\n\n");
        if (gate is null)
        {
            card.Append("It was packaged without being asked.\n");
            return;
        }

        card.Append(
            CultureInfo.InvariantCulture,
            $"The same {gate.Questions.Count} questions were asked of every form that the model took on its way: {gate.Questions.Count(q => q.IsTrained)} that it was trained on, "
            + $"and {gate.Questions.Count(q => !q.IsTrained)} of the test split.\n\n| asked | stops | exact | ROUGE-L | drift | |\n|---|---|---|---|---|---|\n");
        foreach (var hop in gate.Hops)
        {
            card.Append(
                CultureInfo.InvariantCulture,
                $"| {Name(hop)} | {Share(hop.StopRate)} | {Share(hop.ExactMatch)} | {Share(hop.RougeL)} | {hop.Drift?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–"} | {(hop.Passed ? "passes" : hop.Failure is null ? "not asked" : "fails")} |\n");
        }

        card.Append("\n*stops* and *exact* are shares of the trained questions: answers that ended by themselves, and answers that are the row's to the letter. *ROUGE-L* is against the trainer's own answers, over all questions; *drift* is the mean difference of the log-likelihoods of the expected answers' tokens from the trainer's, in nats.\n");
    }

    private static void Use(StringBuilder card, IReadOnlyList<(string Name, long Bytes, string Sha256)> files, bool hasModelfile)
    {
        var smallest = files.Where(f => f.Name.StartsWith("model-", StringComparison.Ordinal)).OrderBy(f => f.Bytes).Select(f => f.Name).FirstOrDefault();
        card.Append("\n## How to use it\n\n```sh\nsha256sum --check SHA256SUMS\n");
        if (smallest is not null)
        {
            card.Append(CultureInfo.InvariantCulture, $"llama-cli -m {smallest}\n");
        }

        card.Append(hasModelfile ? "ollama create my-model -f Modelfile\n" : "").Append("```\n");
    }

    private static string Name(GateHopResult hop) => hop.Kind switch
    {
        GateHopKind.Trainer => "base and adapter, trainer",
        GateHopKind.Adapter => "base and adapter, llama.cpp",
        GateHopKind.Fused => "fused, llama.cpp",
        GateHopKind.Quantized => $"`{hop.Name}`, llama.cpp",
        _ => $"`{hop.Name}`, Ollama",
    };

    private static string Share(double? share) => share?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";

    // What a file says of itself is text, not Markdown or HTML.
    private static string Plain(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(c => c is '<' or '>' or '[' or ']' or '|' or '`' or '*' or '_' or '#' or '\\' ? $"\\{c}" : c.ToString()));
}
