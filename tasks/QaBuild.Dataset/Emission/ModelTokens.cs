using System.Text.Json;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Emission;

/// <summary>The EOS token of a dataset and the tokens that may not stand in its text.</summary>
/// <param name="Eos">For example <c>&lt;|endoftext|&gt;</c>.</param>
/// <param name="Special">With the EOS token.</param>
internal sealed record ModelTokens(string Eos, IReadOnlyCollection<string> Special)
{
    public const string DefaultEos = "<|endoftext|>";
    private const long LargestFile = 256 << 20;

    // Control tokens of the model families in use whose shape no prose has. Shorter ones, such as <s>, are also HTML and count only for a base that has them.
    public static readonly string[] Known =
    [
        "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>",
        "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|vision_start|>", "<|vision_end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>",
        "<start_of_turn>", "<end_of_turn>", "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>",
    ];

    public static ModelTokens Resolve(CompilationOptions options, DiagnosticBag diagnostics)
    {
        if (options.BaseModel is not { } folder)
        {
            return new ModelTokens(options.EosToken ?? DefaultEos, Known);
        }

        try
        {
            var special = SpecialTokens(folder);
            var eos = options.EosToken ?? EosOf(folder);
            if (eos is not null)
            {
                return new ModelTokens(eos, special.Count > 0 ? special : Known);
            }

            diagnostics.Add(Rule.EosNotFound, Location.File(folder), folder, new Phrase(Directory.Exists(folder) ? "EosNotNamed" : "EosNoFolder"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or InvalidDataException or FormatException or KeyNotFoundException)
        {
            diagnostics.Add(Rule.EosNotFound, Location.File(folder), folder, e.Message);
        }

        return new ModelTokens(options.EosToken ?? DefaultEos, Known);
    }

    private static string? EosOf(string folder)
    {
        using (var tokenizer = Open(folder, "tokenizer_config.json"))
        {
            if (tokenizer is not null && tokenizer.RootElement.TryGetProperty("eos_token", out var eos) && TokenText(eos) is { Length: > 0 } named)
            {
                return named;
            }
        }

        foreach (var name in (string[])["generation_config.json", "config.json"])
        {
            using var config = Open(folder, name);
            if (config is null || !config.RootElement.TryGetProperty("eos_token_id", out var id))
            {
                continue;
            }

            var first = id.ValueKind == JsonValueKind.Array && id.GetArrayLength() > 0 ? id[0] : id;
            if (first.ValueKind == JsonValueKind.Number && AddedTokens(folder).FirstOrDefault(t => t.Id == first.GetInt64()).Content is { Length: > 0 } content)
            {
                return content;
            }
        }

        return null;
    }

    private static HashSet<string> SpecialTokens(string folder)
    {
        using var tokenizer = Open(folder, "tokenizer_config.json");
        var special = new HashSet<string>(StringComparer.Ordinal);
        if (tokenizer is not null && tokenizer.RootElement.TryGetProperty("added_tokens_decoder", out var decoder) && decoder.ValueKind == JsonValueKind.Object)
        {
            special.UnionWith(decoder.EnumerateObject().Select(t => t.Value).Where(IsSpecial).Select(TokenText).OfType<string>());
        }

        if (special.Count == 0)
        {
            special.UnionWith(AddedTokens(folder).Where(t => t.Special).Select(t => t.Content));
        }

        special.RemoveWhere(string.IsNullOrWhiteSpace);
        return special;
    }

    private static List<(long Id, string Content, bool Special)> AddedTokens(string folder)
    {
        using var document = Open(folder, "tokenizer.json");
        return document is not null && document.RootElement.TryGetProperty("added_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Array
            ? [.. tokens.EnumerateArray().Select(t => (t.GetProperty("id").GetInt64(), TokenText(t) ?? "", IsSpecial(t)))]
            : [];
    }

    private static bool IsSpecial(JsonElement token) =>
        token.ValueKind == JsonValueKind.Object && token.TryGetProperty("special", out var special) && special.ValueKind == JsonValueKind.True;

    private static string? TokenText(JsonElement token) => token.ValueKind switch
    {
        JsonValueKind.String => token.GetString(),
        JsonValueKind.Object when token.TryGetProperty("content", out var content) => content.GetString(),
        _ => null,
    };

    private static JsonDocument? Open(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return null;
        }

        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile)
        {
            throw new InvalidDataException($"{name}: {stream.Length} > {LargestFile} bytes");
        }

        var document = JsonDocument.Parse(stream);
        return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new InvalidDataException($"{name}: not a JSON object");
    }
}
