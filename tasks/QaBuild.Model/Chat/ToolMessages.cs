using System.Globalization;
using System.Text;
using System.Text.Json;
using QaBuild.Model.Inference;

namespace QaBuild.Model.Chat;

/// <summary>
/// Writes tools, calls and results into the texts of a conversation, as the chat template of Qwen2.5 does (tokenizer_config.json of Qwen/Qwen2.5-0.5B-Instruct): the
/// system message declares the tools, an answer holds its calls, and results are told as by the user. Other models that speak ChatML learn it like any other text.
/// </summary>
internal static class ToolMessages
{
    private const string Declaration =
        "# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>\n";

    private const string HowToCall =
        "\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n"
        + "<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>";

    /// <summary>Whether a row has any of these.</summary>
    /// <param name="row">With <c>messages</c> as OpenAI's API has them, and <c>tools</c>.</param>
    public static bool AreIn(JsonElement row) =>
        row.TryGetProperty("tools", out _) || row.GetProperty("messages").EnumerateArray().Any(m => m.ValueKind == JsonValueKind.Object && (m.TryGetProperty("tool_calls", out _) || m.TryGetProperty("tool_call_id", out _)));

    /// <summary>The conversation, of the roles system, user and assistant alone.</summary>
    /// <param name="row">As above.</param>
    /// <param name="defaultSystem">What a conversation without a system message begins with; null for nothing.</param>
    /// <exception cref="InvalidOperationException">A part of the row is not of the kind that it must be.</exception>
    /// <exception cref="KeyNotFoundException">A part of the row is missing.</exception>
    /// <exception cref="JsonException">The arguments of a call are no JSON.</exception>
    public static ChatMessage[] Of(JsonElement row, string? defaultSystem)
    {
        var messages = new List<ChatMessage>();
        var afterResult = false;
        foreach (var message in row.GetProperty("messages").EnumerateArray())
        {
            var (role, content) = (RoleOf(message), message.GetProperty("content").GetString() ?? "");
            if (role == "tool")
            {
                var result = $"<tool_response>\n{content}\n</tool_response>";
                if (afterResult)
                {
                    messages[^1] = messages[^1] with { Content = $"{messages[^1].Content}\n{result}" };
                }
                else
                {
                    messages.Add(new ChatMessage("user", result));
                }
            }
            else
            {
                messages.Add(new ChatMessage(role, message.TryGetProperty("tool_calls", out var calls) ? string.Join('\n', calls.EnumerateArray().Select(Call).Prepend(content).Where(c => c.Length > 0)) : content));
            }

            afterResult = role == "tool";
        }

        if (row.TryGetProperty("tools", out var tools) && tools.GetArrayLength() > 0)
        {
            var declared = Declaration + string.Join('\n', tools.EnumerateArray().Select(Json)) + HowToCall;
            var system = messages is [{ Role: "system" } first, ..] ? first.Content : defaultSystem;
            messages.RemoveRange(0, messages is [{ Role: "system" }, ..] ? 1 : 0);
            messages.Insert(0, new ChatMessage("system", string.IsNullOrEmpty(system) ? declared : $"{system}\n\n{declared}"));
        }

        return [.. messages];
    }

    private static string RoleOf(JsonElement message) => message.GetProperty("role").GetString() ?? "";

    private static string Call(JsonElement call)
    {
        var function = call.GetProperty("function");
        using var arguments = JsonDocument.Parse(function.GetProperty("arguments").GetString() ?? "");
        return $"<tool_call>\n{{\"name\": \"{function.GetProperty("name").GetString()}\", \"arguments\": {Json(arguments.RootElement)}}}\n</tool_call>";
    }

    /// <summary>As json.dumps of Python writes it without <c>ensure_ascii</c>, which is what a template's <c>tojson</c> is: a blank after commas and colons.</summary>
    private static string Json(JsonElement value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonElement value)
    {
        var separator = "";
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var property in value.EnumerateObject())
                {
                    Quote(text.Append(separator), property.Name);
                    Write(text.Append(": "), property.Value);
                    separator = ", ";
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var element in value.EnumerateArray())
                {
                    Write(text.Append(separator), element);
                    separator = ", ";
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                Quote(text, value.GetString()!);
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' or '\\' => text.Append('\\').Append(c),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
