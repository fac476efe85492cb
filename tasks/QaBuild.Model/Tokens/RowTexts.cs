using System.Text;
using System.Text.Json;

namespace QaBuild.Model.Tokens;

/// <summary>The text of a row of a dataset: what of it a model reads, in the order in which it stands in the row, without anything between.</summary>
public static class RowTexts
{
    // What a row says about itself, not to the model.
    private static readonly string[] Names = ["role", "from", "type", "name", "id", "tool_call_id"];

    /// <summary>The text of a row.</summary>
    /// <param name="line">A JSON object.</param>
    /// <returns>Null when it is none.</returns>
    public static string? Of(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var text = new StringBuilder();
            Append(text, json.RootElement);
            return text.ToString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Append(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                text.Append(element.GetString());
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Append(text, item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    // The declaration of a tool and the call of one are read as JSON.
                    if (member.Name is "tools" or "tool_calls" && member.Value.ValueKind != JsonValueKind.String)
                    {
                        text.Append(member.Value.GetRawText());
                    }
                    else if (!Names.Contains(member.Name))
                    {
                        Append(text, member.Value);
                    }
                }

                break;
        }
    }
}
