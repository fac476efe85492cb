using System.Text.Json;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Emission;

/// <summary>What a dataset must know of the model that it is made for.</summary>
/// <param name="Eos">The EOS token, for example <c>&lt;|endoftext|&gt;</c>.</param>
/// <param name="Special">The tokens that may not stand in a text, with the EOS token.</param>
/// <param name="Tokenizer">Says which tokenizer counts tokens; null without a base model: lengths are then in characters.</param>
internal sealed record ModelTokens(string Eos, IReadOnlyCollection<string> Special, string? Tokenizer)
{
    public const string DefaultEos = "<|endoftext|>";
    private const long LargestFile = 64 << 20;

    // Control tokens of the model families in use whose shape no prose has. Shorter ones, such as <s>, are also HTML and count only for a base that has them.
    public static readonly string[] Known =
    [
        "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>",
        "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|vision_start|>", "<|vision_end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>",
        "<start_of_turn>", "<end_of_turn>", "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>",
    ];

    /// <summary>Reads what was found out of the base model.</summary>
    /// <param name="options">Name the base model, if any.</param>
    /// <param name="file">base-model.json (schema/base-model.schema.json).</param>
    /// <param name="diagnostics">Gets QA7001.</param>
    public static ModelTokens Resolve(CompilationOptions options, string? file, DiagnosticBag diagnostics)
    {
        var fallback = new ModelTokens(options.EosToken ?? DefaultEos, Known, null);
        if (options.BaseModel is not { } name)
        {
            return fallback;
        }

        if (file is null || !File.Exists(file))
        {
            diagnostics.Add(Rule.EosNotFound, Location.None, name, new Phrase("BaseModelUnresolved"));
            return fallback;
        }

        try
        {
            if (new FileInfo(file).Length > LargestFile)
            {
                throw new InvalidDataException($"> {LargestFile} bytes");
            }

            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            var special = json.RootElement.GetProperty("specialTokens").EnumerateArray().Select(t => t.GetString()!).Where(t => !string.IsNullOrWhiteSpace(t)).ToArray();
            var eos = options.EosToken ?? (json.RootElement.GetProperty("eos") is { ValueKind: JsonValueKind.Object } token ? token.GetProperty("text").GetString() : null);
            if (!string.IsNullOrEmpty(eos))
            {
                return new ModelTokens(eos, special.Length > 0 ? special : Known, json.RootElement.GetProperty("tokenizer").GetString());
            }

            diagnostics.Add(Rule.EosNotFound, Location.None, name, new Phrase("EosNotNamed"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or InvalidDataException or KeyNotFoundException)
        {
            diagnostics.Add(Rule.EosNotFound, Location.File(file), name, e.Message);
        }

        return fallback;
    }
}
