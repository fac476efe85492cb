using System.Text.Json;

namespace QaBuild.Dataset.Importing;

/// <summary>The keys of a JSON record, and which of them were used.</summary>
internal sealed class RecordFields
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);

    /// <exception cref="NotTakenException">It is no mapping.</exception>
    public RecordFields(JsonElement record)
    {
        if (record.ValueKind != JsonValueKind.Object)
        {
            throw new NotTakenException("ImportNotAMapping");
        }

        foreach (var property in record.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null)
            {
                _fields[property.Name] = property.Value;
            }
        }
    }

    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>Keys that hold something and that nobody took.</summary>
    public IEnumerable<string> Rest => _fields.Where(f => !IsEmpty(f.Value)).Select(f => f.Key);

    public bool Has(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_fields.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a key has the value true or false, and which.</summary>
    public bool? Truth(string name) => _fields.TryGetValue(name, out var value)
        ? value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }
        : null;

    /// <summary>Whether a key holds something.</summary>
    public bool Holds(string name) => _fields.TryGetValue(name, out var value) && !IsEmpty(value);

    /// <summary>The value of the first of <paramref name="names"/> that is there; it counts as used.</summary>
    public JsonElement? Take(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_fields.Remove(name, out var value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>As <see cref="Take"/>, for a text; a number is its digits.</summary>
    /// <exception cref="NotTakenException">The value is no text.</exception>
    public string? TakeText(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_fields.Remove(name, out var value))
            {
                return value.ValueKind switch
                {
                    JsonValueKind.String => ImportedText.Of(value.GetString()!),
                    JsonValueKind.Number => value.GetRawText(),
                    _ => throw new NotTakenException("ImportNotText", name),
                };
            }
        }

        return null;
    }

    /// <summary>As <see cref="TakeText"/>, but what is no text, or a blank one, stays where it is.</summary>
    public string? TakeTextIfAny(string name, int longest) =>
        _fields.TryGetValue(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && value.ToString() is { Length: > 0 } text && text.Length <= longest && !string.IsNullOrWhiteSpace(text)
            ? TakeText(name)
            : null;

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Length == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };
}
