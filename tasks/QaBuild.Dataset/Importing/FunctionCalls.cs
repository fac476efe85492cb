using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Newtonsoft.Json.Linq;

namespace QaBuild.Dataset.Importing;

/// <summary>Reads functions and calls of them, as OpenAI's chat format, ShareGPT and Glaive have them, into the form of the front matter.</summary>
internal static class FunctionCalls
{
    /// <summary>Functions: a list, or JSON text of one.</summary>
    /// <param name="tools">The value of <c>tools</c>.</param>
    /// <param name="leftOut">Gets keys for which there is no place.</param>
    public static ImmutableArray<JObject> Tools(JsonElement tools, ISet<string> leftOut)
    {
        using var parsed = Parsed(tools, "tools");
        var list = parsed?.RootElement ?? tools;
        return list.ValueKind switch
        {
            JsonValueKind.Array => [.. list.EnumerateArray().Select(t => Tool(t, leftOut))],
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            _ => [Tool(list, leftOut)],
        };
    }

    /// <summary>Calls: one, a list, or JSON text of either; each with its own id where it has one.</summary>
    public static IEnumerable<(string? Id, JObject Call)> Calls(JsonElement calls, ISet<string> leftOut)
    {
        using var parsed = Parsed(calls, "calls");
        var list = parsed?.RootElement ?? calls;
        return list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(c => Call(c, leftOut))] : [Call(list, leftOut)];
    }

    private static JObject Tool(JsonElement tool, ISet<string> leftOut)
    {
        var fields = Function(tool);
        var read = new JObject { ["name"] = Name(fields, "tools") };
        if (fields.TakeText("description") is { } description)
        {
            read["description"] = description;
        }

        if (fields.Take("parameters") is { } parameters)
        {
            read["parameters"] = parameters.ValueKind == JsonValueKind.Object ? Token(parameters) : throw new NotTakenException("ImportNotMapping", "parameters");
        }

        LeaveOut(fields, "tools[].", leftOut);
        return read;
    }

    private static (string? Id, JObject Call) Call(JsonElement call, ISet<string> leftOut)
    {
        var outer = new RecordFields(call);
        var id = outer.TakeText("id");
        var fields = Function(call);
        fields.Take("id");
        var read = new JObject { ["name"] = Name(fields, "calls") };
        if (fields.Take("arguments", "parameters") is { } arguments)
        {
            using var parsed = Parsed(arguments, "arguments");
            var mapping = parsed?.RootElement ?? arguments;
            read["arguments"] = mapping.ValueKind == JsonValueKind.Object ? Token(mapping) : throw new NotTakenException("ImportNotMapping", "arguments");
        }

        LeaveOut(fields, "calls[].", leftOut);
        return (id, read);
    }

    // {"type": "function", "function": {…}} or the function itself.
    private static RecordFields Function(JsonElement wrapped)
    {
        var outer = new RecordFields(wrapped);
        if (outer.Take("function") is not { } function)
        {
            outer.Take("type");
            return outer;
        }

        return new RecordFields(function);
    }

    private static string Name(RecordFields fields, string what) => fields.TakeText("name") is { Length: > 0 } name ? name : throw new NotTakenException("ImportNoName", what);

    private static void LeaveOut(RecordFields fields, string prefix, ISet<string> leftOut) => leftOut.UnionWith(fields.Rest.Select(r => prefix + r));

    private static JsonDocument? Parsed(JsonElement value, string what)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var text = value.GetString()!;
        try
        {
            return JsonDocument.Parse(string.IsNullOrWhiteSpace(text) ? "null" : text);
        }
        catch (JsonException)
        {
            throw new NotTakenException("ImportInnerJson", what);
        }
    }

    private static JToken Token(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var mapping = new JObject();
                foreach (var property in value.EnumerateObject())
                {
                    mapping[ImportedText.Of(property.Name)] = Token(property.Value);
                }

                return mapping;
            case JsonValueKind.Array:
                return new JArray(value.EnumerateArray().Select(Token));
            case JsonValueKind.String:
                return new JValue(ImportedText.Of(value.GetString()!));
            case JsonValueKind.True or JsonValueKind.False:
                return new JValue(value.ValueKind == JsonValueKind.True);
            case JsonValueKind.Number:
                return Number(value.GetRawText());
            default:
                return JValue.CreateNull();
        }
    }

    // The front matter's numbers have no exponent.
    private static JValue Number(string text)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && (double)number == double.Parse(text, CultureInfo.InvariantCulture))
        {
            var plain = number.ToString(CultureInfo.InvariantCulture);
            return long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? new JValue(integer) : new JValue(number);
        }

        throw new NotTakenException("ImportNumber", text);
    }
}
