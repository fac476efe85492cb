using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Semantics.Tokens;

/// <summary>
/// Reads the <c>tokenizer.json</c> of Hugging Face's <c>tokenizers</c>. Its added tokens are the base model's control tokens, which no question holds; they and
/// the steps after the model are not read.
/// </summary>
internal static class TokenizerReader
{
    private const int MostSteps = 200;
    private const int LongestReplacement = 100;
    private const string Models = "WordPiece, Unigram";
    private const string Normalizing = "Sequence, BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, StripAccents, Strip, Prepend, Replace, Precompiled";
    private const string Splitting = "Sequence, BertPreTokenizer, Whitespace, WhitespaceSplit, Punctuation, Metaspace";

    /// <summary>The tokenizer whose ids lie below <paramref name="tokens"/>.</summary>
    /// <exception cref="UnusableModelException">It has a part that cannot be read.</exception>
    public static Tokenizer Read(ReadOnlyMemory<byte> json, int tokens)
    {
        using var document = JsonDocument.Parse(json);
        var normalizers = new List<Func<string, string>>();
        var splitters = new List<Func<string, IEnumerable<string>>>();
        foreach (var step in Steps(document.RootElement, "normalizer", "normalizers"))
        {
            AddNormalizer(step, normalizers);
        }

        foreach (var step in Steps(document.RootElement, "pre_tokenizer", "pretokenizers"))
        {
            splitters.Add(Splitter(step));
        }

        return new Tokenizer(normalizers, splitters, Model(document.RootElement.GetProperty("model"), tokens));
    }

    private static List<JsonElement> Steps(JsonElement root, string name, string members)
    {
        var steps = new List<JsonElement>();
        void Add(JsonElement step)
        {
            if (TypeOf(step) == "Sequence")
            {
                foreach (var member in step.GetProperty(members).EnumerateArray())
                {
                    Add(member);
                }
            }
            else
            {
                steps.Add(steps.Count < MostSteps ? step : throw new UnusableModelException(new Phrase("TokenizerSteps", name, MostSteps)));
            }
        }

        if (root.TryGetProperty(name, out var first) && first.ValueKind != JsonValueKind.Null)
        {
            Add(first);
        }

        return steps;
    }

    private static void AddNormalizer(JsonElement step, List<Func<string, string>> to)
    {
        switch (TypeOf(step))
        {
            case "BertNormalizer":
                var lower = Flag(step, "lowercase", true);
                AddIf(Flag(step, "clean_text", true), Normalizers.Clean);
                AddIf(Flag(step, "handle_chinese_chars", true), Normalizers.ApartIdeographs);
                AddIf(Flag(step, "strip_accents", lower), Normalizers.WithoutAccents);
                AddIf(lower, t => t.ToLowerInvariant());
                break;
            case "Lowercase":
                to.Add(t => t.ToLowerInvariant());
                break;
            case "NFC" or "NFD" or "NFKC" or "NFKD":
                var form = Enum.Parse<NormalizationForm>("Form" + TypeOf(step)[2..]);
                to.Add(t => Normalizers.Form(t, form));
                break;
            case "StripAccents":
                to.Add(Normalizers.WithoutAccents);
                break;
            case "Strip":
                AddIf(Flag(step, "strip_left", true), t => t.TrimStart());
                AddIf(Flag(step, "strip_right", true), t => t.TrimEnd());
                break;
            case "Prepend":
                var prefix = Short(step, "prepend");
                to.Add(t => t.Length > 0 ? prefix + t : t);
                break;
            case "Replace":
                to.Add(Replacement(step.GetProperty("pattern"), Short(step, "content")));
                break;
            case "Precompiled":
                to.Add(Normalizers.Precompiled);
                break;
            default:
                throw Unsupported("normalizer", TypeOf(step), Normalizing);
        }

        void AddIf(bool wanted, Func<string, string> normalize)
        {
            if (wanted)
            {
                to.Add(normalize);
            }
        }
    }

    private static Func<string, string> Replacement(JsonElement pattern, string content)
    {
        if (pattern.TryGetProperty("String", out _))
        {
            var text = Short(pattern, "String");
            return text.Length > 0 ? t => t.Replace(text, content, StringComparison.Ordinal) : throw Unsupported("Replace", "''", "String, Regex");
        }

        var regex = new Regex(Short(pattern, "Regex"), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        return t => regex.Replace(t, _ => content);
    }

    private static Func<string, IEnumerable<string>> Splitter(JsonElement step)
    {
        switch (TypeOf(step))
        {
            case "BertPreTokenizer":
                return Splitters.Bert;
            case "Whitespace":
                return Splitters.Whitespace;
            case "WhitespaceSplit":
                return Splitters.WhitespaceSplit;
            case "Punctuation" when !step.TryGetProperty("behavior", out var behavior) || behavior.GetString() == "Isolated":
                return Splitters.Punctuation;
            case "Metaspace":
                var mark = Short(step, "replacement") is [var only] ? only : throw Unsupported("Metaspace", Short(step, "replacement"), "▁");
                var prepend = step.TryGetProperty("prepend_scheme", out var scheme) ? scheme.GetString() != "never" : Flag(step, "add_prefix_space", true);
                var split = Flag(step, "split", true);
                return t => Splitters.Metaspace(t, mark, prepend, split);
            default:
                throw Unsupported("pre_tokenizer", TypeOf(step), Splitting);
        }
    }

    private static IPieceModel Model(JsonElement model, int tokens)
    {
        // Old files name no type: a mapping of pieces with a prefix is WordPiece's.
        var type = model.TryGetProperty("type", out var named) ? named.GetString() : model.TryGetProperty("continuing_subword_prefix", out _) ? "WordPiece" : "";
        return type switch
        {
            "WordPiece" => WordPiece(model, tokens),
            "Unigram" => Unigram(model, tokens),
            _ => throw Unsupported("model", type ?? "", Models),
        };
    }

    private static WordPiece WordPiece(JsonElement model, int tokens)
    {
        var pieces = model.GetProperty("vocab").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, Below(p.Value, tokens)));
        var longest = model.TryGetProperty("max_input_chars_per_word", out var most) ? most.GetInt32() : 100;
        return new WordPiece(pieces, Short(model, "unk_token", "[UNK]"), Short(model, "continuing_subword_prefix", "##"), longest);
    }

    private static Unigram Unigram(JsonElement model, int tokens)
    {
        var vocabulary = model.GetProperty("vocab");
        var count = vocabulary.GetArrayLength();
        if (count == 0 || count > tokens)
        {
            throw new UnusableModelException(new Phrase("TokenizerIds", count, tokens));
        }

        var (pieces, scores) = (new string[count], new double[count]);
        var id = 0;
        foreach (var entry in vocabulary.EnumerateArray())
        {
            (pieces[id], scores[id]) = entry.GetArrayLength() == 2 ? (entry[0].GetString() ?? "", entry[1].GetDouble()) : throw new FormatException(entry.ToString());
            id++;
        }

        var unknown = model.TryGetProperty("unk_id", out var unk) && unk.ValueKind == JsonValueKind.Number ? Below(unk, tokens) : -1;
        return Array.TrueForAll(scores, double.IsFinite) ? new Unigram(pieces, scores, unknown) : throw new FormatException("score ∞");
    }

    private static int Below(JsonElement id, int tokens) =>
        id.GetInt32() is var value && value >= 0 && value < tokens ? value : throw new UnusableModelException(new Phrase("TokenizerIds", value, tokens));

    private static string TypeOf(JsonElement step) => step.GetProperty("type").GetString() ?? "";

    private static bool Flag(JsonElement step, string name, bool absent) =>
        step.TryGetProperty(name, out var flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.ValueKind == JsonValueKind.True : absent;

    private static string Short(JsonElement step, string name, string? absent = null)
    {
        var text = absent is not null && (!step.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) ? absent : step.GetProperty(name).GetString() ?? "";
        return text.Length <= LongestReplacement ? text : throw Unsupported(name, text, $"1–{LongestReplacement}");
    }

    private static UnusableModelException Unsupported(string part, string type, string supported) => new(new Phrase("TokenizerUnsupported", part, type, supported));
}
