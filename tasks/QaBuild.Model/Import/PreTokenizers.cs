using System.Text.Json;

namespace QaBuild.Model.Import;

/// <summary>Finds how a byte-level tokenizer cuts text before BPE, by what its tokenizer.json says, and how llama.cpp calls it (llama-vocab.cpp).</summary>
internal static class PreTokenizers
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Rest = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private const string Cased = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private const string Uncased = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private const string Before = "[^\\r\\n\\p{L}\\p{N}]?";

    // By the pattern, and by whether a word that is a token is taken before its merges are followed: each name stands for both.
    private static readonly Dictionary<(string Pattern, bool IgnoresMerges), string> Names = new()
    {
        [(Contractions + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" + Rest, true)] = "llama-bpe",
        [(Contractions + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" + Rest, false)] = "smaug-bpe",
        [(Contractions + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + Rest, false)] = "qwen2",
        [(Before + Cased + "*" + Uncased + "+|" + Before + Cased + "+" + Uncased + "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+", true)] = "tekken",
    };

    /// <summary>The ways that are known, for messages.</summary>
    public static string Supported { get; } = string.Join(", ", Names.Values.Append("gpt-2").Append("smollm").Order(StringComparer.Ordinal));

    /// <summary>Whether text becomes bytes before it is cut.</summary>
    public static bool IsByteLevel(JsonElement tokenizer) => Steps(tokenizer, "pre_tokenizer", "pretokenizers").Any(s => TypeOf(s) == "ByteLevel");

    /// <summary>The name in <c>tokenizer.ggml.pre</c>, or null with what was found instead.</summary>
    public static string? NameOf(JsonElement tokenizer, out string found)
    {
        var steps = Steps(tokenizer, "pre_tokenizer", "pretokenizers");
        var model = JsonFile.Find(tokenizer, "model") ?? default;
        var splits = steps.Where(s => TypeOf(s) == "Split").Select(PatternOf).ToArray();
        var ignoresMerges = JsonFile.Find(model, "ignore_merges") is { ValueKind: JsonValueKind.True };
        found = splits.Length > 0 ? string.Join(" , ", splits) : string.Join(", ", steps.Select(TypeOf));
        found = ignoresMerges ? found + " , ignore_merges" : found;

        // llama.cpp composes nothing; texts in other forms than NFC are rare, and its own converter lets it pass.
        var normalizers = Steps(tokenizer, "normalizer", "normalizers").Select(TypeOf).Where(t => t != "NFC").ToArray();
        if (normalizers.Length > 0)
        {
            found = $"{string.Join(", ", normalizers)} , {found}";
            return null;
        }

        var uses = steps.Where(s => TypeOf(s) == "ByteLevel").Any(s => JsonFile.Find(s, "use_regex") is not { ValueKind: JsonValueKind.False });
        var prefix = steps.Any(s => JsonFile.Find(s, "add_prefix_space") is { ValueKind: JsonValueKind.True });
        var digits = steps.Where(s => TypeOf(s) == "Digits").ToArray();
        if (prefix || TypeOf(steps[^1]) != "ByteLevel" || steps.Count != splits.Length + digits.Length + 1)
        {
            return null;
        }

        return (splits.Length, digits.Length) switch
        {
            (0, 0) when uses && !ignoresMerges => "gpt-2",
            (0, 1) when uses && !ignoresMerges && JsonFile.Find(digits[0], "individual_digits") is { ValueKind: JsonValueKind.True } => "smollm",
            (1, 0) when !uses => Names.GetValueOrDefault((splits[0], ignoresMerges)),
            _ => null,
        };
    }

    /// <summary>What a SentencePiece-like tokenizer does to a text besides writing its blanks as ▁, which is all that llama.cpp does; null for nothing.</summary>
    public static string? BeyondBlanks(JsonElement tokenizer)
    {
        var steps = Steps(tokenizer, "normalizer", "normalizers").Select(TypeOf).Where(t => t is not ("Prepend" or "Replace"))
            .Concat(Steps(tokenizer, "pre_tokenizer", "pretokenizers").Where(s => TypeOf(s) != "Metaspace" && !IsBlank(s)).Select(TypeOf));
        return string.Join(", ", steps) is { Length: > 0 } found ? found : null;
    }

    // Gemma's: blanks are ▁ by then, so that it cuts nothing.
    private static bool IsBlank(JsonElement step) =>
        TypeOf(step) == "Split" && JsonFile.Find(step, "pattern") is { } pattern && JsonFile.Find(pattern, "String") is { ValueKind: JsonValueKind.String } text && text.ValueEquals(" ");

    private static List<JsonElement> Steps(JsonElement tokenizer, string name, string parts)
    {
        const int Most = 32;
        if (JsonFile.Find(tokenizer, name) is not { } found)
        {
            return [];
        }

        return JsonFile.Find(found, parts) is { ValueKind: JsonValueKind.Array } sequence ? [.. sequence.EnumerateArray().Take(Most)] : [found];
    }

    private static string TypeOf(JsonElement step) => JsonFile.Find(step, "type") is { ValueKind: JsonValueKind.String } type ? type.GetString()! : "?";

    private static string PatternOf(JsonElement split) =>
        JsonFile.Find(split, "pattern") is { } pattern && JsonFile.Find(pattern, "Regex") is { ValueKind: JsonValueKind.String } regex
        && JsonFile.Find(split, "behavior") is { ValueKind: JsonValueKind.String } behavior && behavior.ValueEquals("Isolated")
        && JsonFile.Find(split, "invert") is not { ValueKind: JsonValueKind.True }
            ? regex.GetString()!
            : split.GetRawText();
}
