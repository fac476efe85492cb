using System.Globalization;
using QaBuild.Model.Gguf;

namespace QaBuild.Model.Packaging;

/// <summary>
/// What a packaged model says of itself, in the keys that ggml's docs/gguf.md standardises; hashes of what it was made from stand under <c>qabuild.</c>, as that page wants
/// it of keys of one program.
/// </summary>
public sealed record ModelMetadata
{
    // What the base says of itself alone.
    private static readonly string[] OfBase = ["author", "version", "organization", "description", "url", "doi", "uuid", "repo_url"];

    // The same of the base, under the numbered keys; what its own file says of its ancestors goes with it.
    private static readonly string[] Replaced = ["general.name", "general.type", "general.file_type", "general.quantization_version", "general.finetune", "general.quantized_by", "general.size_label"];

    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>Null or empty for none.</summary>
    public string? Author { get; init; }

    /// <summary>An SPDX expression; null or empty for the base's.</summary>
    public string? License { get; init; }

    /// <summary>Null or empty for none.</summary>
    public string? Version { get; init; }

    /// <summary>One or two sentences; null or empty for none.</summary>
    public string? Description { get; init; }

    /// <summary>What was trained: lora or dora.</summary>
    public string Finetune { get; init; } = "lora";

    /// <summary>The name of the base.</summary>
    public required string BaseName { get; init; }

    /// <summary>SHA-256 of the adapter.</summary>
    public string? AdapterHash { get; init; }

    /// <summary>SHA-256 of the dataset's files; null when it is not known.</summary>
    public string? DatasetHash { get; init; }

    /// <summary>SHA-256 of the recipe; null when it is not known.</summary>
    public string? RecipeHash { get; init; }

    /// <summary>Copies what the base's file says, but for what it says of itself alone, and adds what this says.</summary>
    internal void WriteTo(GgufWriter writer, GgufFile model, GgmlType matrices)
    {
        writer.Add("general.architecture", model.Text("general.architecture") ?? "");
        writer.Add("general.type", "model");
        writer.Add("general.name", Name);
        AddText(writer, "general.author", Author);
        AddText(writer, "general.version", Version);
        AddText(writer, "general.description", Description);
        AddText(writer, "general.license", License);
        writer.Add("general.finetune", Finetune);
        writer.Add("general.size_label", SizeLabel(model.Tensors.Sum(t => t.Elements)));
        writer.Add("general.file_type", matrices switch { GgmlType.F32 => 0u, GgmlType.F16 => 1u, GgmlType.BF16 => 32u, _ => throw new ArgumentOutOfRangeException(nameof(matrices)) });
        writer.Add("general.base_model.count", 1u);
        writer.Add("general.base_model.0.name", BaseName);
        foreach (var key in OfBase)
        {
            AddText(writer, $"general.base_model.0.{key}", model.Text($"general.{key}"));
        }

        if (DatasetHash is not null)
        {
            writer.Add("general.dataset.count", 1u);
            writer.Add("general.dataset.0.name", Name);
            writer.Add("general.dataset.0.version", DatasetHash);
        }

        AddText(writer, "qabuild.dataset.sha256", DatasetHash);
        AddText(writer, "qabuild.recipe.sha256", RecipeHash);
        AddText(writer, "qabuild.adapter.sha256", AdapterHash);
        foreach (var (key, value) in model.Metadata.Where(m => IsCopied(m.Key)))
        {
            writer.Add(key, value);
        }
    }

    private bool IsCopied(string key) =>
        key != "general.architecture" && !Replaced.Contains(key)
        && !(key.StartsWith("general.license", StringComparison.Ordinal) && !string.IsNullOrEmpty(License))
        && !OfBase.Any(k => key == $"general.{k}")
        && !key.StartsWith("general.base_model.", StringComparison.Ordinal)
        && !key.StartsWith("general.dataset.", StringComparison.Ordinal)
        && !key.StartsWith("general.source.", StringComparison.Ordinal)
        && !key.StartsWith("split.", StringComparison.Ordinal)
        && !key.StartsWith("qabuild.", StringComparison.Ordinal);

    private static void AddText(GgufWriter writer, string key, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            writer.Add(key, text);
        }
    }

    // As llama.cpp's own converter rounds it: 494 M, 1.5 B.
    private static string SizeLabel(long parameters)
    {
        var (number, unit) = parameters switch { >= 1_000_000_000 => (parameters / 1e9, "B"), >= 1_000_000 => (parameters / 1e6, "M"), _ => (parameters / 1e3, "K") };
        return number.ToString(number < 10 ? "0.#" : "0", CultureInfo.InvariantCulture) + unit;
    }
}
