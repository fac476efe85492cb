using System.Text.Json;
using QaBuild.Model.Import;

namespace QaBuild.Model.Training.Data;

/// <summary>What a trainer needs of a dataset's manifest.json.</summary>
/// <param name="Eos">The token that the compiler ended rows with; null without a manifest.</param>
/// <param name="PromptKey">What completions call the prompt.</param>
/// <param name="CompletionKey">What they call the answer.</param>
/// <param name="Ids">What a row is called, by its file and its line.</param>
public sealed record DatasetManifest(string? Eos, string PromptKey, string CompletionKey, IReadOnlyDictionary<(string File, int Line), string> Ids)
{
    /// <summary>Of rows that came without one.</summary>
    public static DatasetManifest None { get; } = new(null, "prompt", "completion", new Dictionary<(string, int), string>());

    /// <summary>What rows have around every question.</summary>
    public PromptMarks Marks { get; init; } = PromptMarks.None;

    /// <summary>Reads the manifest of a dataset's folder.</summary>
    /// <returns><see cref="None"/> where there is no such file.</returns>
    /// <exception cref="ModelFaultException">QA7003: it is none.</exception>
    public static DatasetManifest Read(string folder)
    {
        using var json = JsonFile.TryOpen(folder, "manifest.json");
        if (json is null)
        {
            return None;
        }

        string? Option(string name) => json.Find("options") is { ValueKind: JsonValueKind.Object } options && options.TryGetProperty(name, out var value) ? json.Text(name, value) : null;
        var ids = new Dictionary<(string, int), string>();
        foreach (var row in json.Find("rows") is { ValueKind: JsonValueKind.Array } rows ? rows.EnumerateArray() : default)
        {
            if (JsonFile.Find(row, "file") is { } file && JsonFile.Find(row, "id") is { } id && JsonFile.Find(row, "row") is { ValueKind: JsonValueKind.Number } at && at.TryGetInt32(out var line))
            {
                ids[(json.Text("file", file), line)] = json.Text("id", id);
            }
        }

        string? Named(string name) => json.Find(name) is { } value ? json.Text(name, value) : null;
        var eos = Named("eosToken");
        return new DatasetManifest(eos, Option("PromptFeature") ?? None.PromptKey, Option("CompletionFeature") ?? None.CompletionKey, ids)
        {
            Marks = PromptMarks.Of(Named("format") ?? "", Option("PromptTemplate"), Option("SystemPrompt"), Named("eosOn") == "both" ? eos ?? "" : ""),
        };
    }
}
