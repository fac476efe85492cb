using System.Text.Json.Nodes;

namespace QaBuild.Model.Tests.Import;

/// <summary>Writes a tokenizer.json.</summary>
internal static class TokenizerJson
{
    public static JsonObject Vocabulary(IEnumerable<string> tokens) => new(tokens.Select((t, i) => KeyValuePair.Create(t, (JsonNode?)i)));

    public static void Write(string folder, JsonObject? preTokenizer, JsonObject? normalizer, JsonObject model, IEnumerable<(string Content, int Id)> special)
    {
        var file = new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. special.Select(s => (JsonNode)new JsonObject { ["id"] = s.Id, ["content"] = s.Content, ["special"] = true })]),
            ["normalizer"] = normalizer,
            ["pre_tokenizer"] = preTokenizer,
            ["model"] = model,
        };
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), file.ToJsonString());
    }
}
