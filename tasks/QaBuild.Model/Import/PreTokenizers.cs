using System.Text.Json;

namespace QaBuild.Model.Import;

/// <summary>Finds how a byte-level tokenizer cuts text before BPE, by what its tokenizer.json says, and how llama.cpp calls it (llama-vocab.cpp).</summary>
internal static class PreTokenizers
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Rest = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        [Contractions + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" + Rest] = "llama-bpe",
        [Contractions + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + Rest] = "qwen2",
    };

    /// <summary>The ways that are known, for messages.</summary>
    public static string Supported { get; } = string.Join(", ", Names.Values.Append("gpt-2").Order(StringComparer.Ordinal));

    /// <summary>Whether text becomes bytes before it is cut.</summary>
    public static bool IsByteLevel(JsonElement tokenizer) => Steps(tokenizer).Any(s => TypeOf(s) == "ByteLevel");

    /// <summary>The name in <c>tokenizer.ggml.pre</c>, or null with what was found instead.</summary>
    public static string? NameOf(JsonElement tokenizer, out string found)
    {
        var steps = Steps(tokenizer);
        var splits = steps.Where(s => TypeOf(s) == "Split").Select(PatternOf).ToArray();
        found = splits.Length > 0 ? string.Join(" , ", splits) : string.Join(", ", steps.Select(TypeOf));
        var uses = steps.Where(s => TypeOf(s) == "ByteLevel").Any(s => JsonFile.Find(s, "use_regex") is not { ValueKind: JsonValueKind.False });
        var prefix = steps.Any(s => JsonFile.Find(s, "add_prefix_space") is { ValueKind: JsonValueKind.True });
        if (steps.Any(s => TypeOf(s) is not ("Split" or "ByteLevel")) || prefix)
        {
            return null;
        }

        return splits.Length switch
        {
            0 when uses => "gpt-2",
            1 when !uses => Names.GetValueOrDefault(splits[0]),
            _ => null,
        };
    }

    private static List<JsonElement> Steps(JsonElement tokenizer)
    {
        const int Most = 32;
        if (JsonFile.Find(tokenizer, "pre_tokenizer") is not { } pre)
        {
            return [];
        }

        return JsonFile.Find(pre, "pretokenizers") is { ValueKind: JsonValueKind.Array } sequence ? [.. sequence.EnumerateArray().Take(Most)] : [pre];
    }

    private static string TypeOf(JsonElement step) => JsonFile.Find(step, "type") is { ValueKind: JsonValueKind.String } type ? type.GetRawText().Trim('"') : "?";

    private static string PatternOf(JsonElement split) =>
        JsonFile.Find(split, "pattern") is { } pattern && JsonFile.Find(pattern, "Regex") is { ValueKind: JsonValueKind.String } regex
        && JsonFile.Find(split, "behavior") is { ValueKind: JsonValueKind.String } behavior && behavior.ValueEquals("Isolated")
        && JsonFile.Find(split, "invert") is not { ValueKind: JsonValueKind.True }
            ? Text(regex)
            : split.GetRawText();

    private static string Text(JsonElement regex)
    {
        try
        {
            return regex.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return regex.GetRawText();
        }
    }
}
