using System.Globalization;
using System.Text.Json;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>What a JSON Schema finds wrong.</summary>
/// <param name="Path">For example <c>#/frontMatter.tags[0]</c>.</param>
/// <param name="Key">The key that the schema does not know, or null when something else is wrong.</param>
/// <param name="KnownKeys">The keys that may stand beside it.</param>
/// <param name="Reason">What is wrong.</param>
internal sealed record SchemaViolation(string Path, string? Key, IReadOnlyList<string> KnownKeys, Phrase Reason);

/// <summary>
/// A JSON Schema of <c>schema/</c>. NJsonSchema judges; an object of plain strings that the schema surely accepts is let through
/// without it, since a large knowledge base holds little else and the library costs more than all the rest of the compile.
/// </summary>
internal sealed class SchemaGate
{
    private readonly Lazy<JsonSchema> _schema;
    private readonly Dictionary<string, FlatProperty> _flat = [];
    private readonly string[] _required = [];

    /// <param name="json">The schema.</param>
    public SchemaGate(string json)
    {
        _schema = new Lazy<JsonSchema>(() => JsonSchema.FromJsonAsync(json).GetAwaiter().GetResult());
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (HasOnly(root, "$schema", "title", "description", "type", "properties", "required", "additionalProperties", "definitions"))
        {
            _required = root.TryGetProperty("required", out var required) ? Resources.Strings(required) : [];
            foreach (var property in root.GetProperty("properties").EnumerateObject())
            {
                if (FlatProperty.Read(property.Value) is { } flat)
                {
                    _flat.Add(property.Name, flat);
                }
            }
        }
    }

    /// <summary>Characters that a string property may have.</summary>
    public int LongestOf(string name) => _flat[name].MaxLength;

    /// <summary>Whether the schema surely accepts an object of these string properties; false says nothing.</summary>
    public bool SurelyAccepts(params ReadOnlySpan<(string Name, string Value)> properties)
    {
        var required = 0;
        foreach (var (name, value) in properties)
        {
            if (!_flat.TryGetValue(name, out var flat) || !flat.SurelyAccepts(value))
            {
                return false;
            }

            required += Array.IndexOf(_required, name) >= 0 ? 1 : 0;
        }

        return _flat.Count > 0 && required == _required.Length;
    }

    /// <summary>Everything that is wrong with <paramref name="token"/>.</summary>
    public IReadOnlyList<SchemaViolation> Validate(JToken token)
    {
        ICollection<ValidationError> errors;
        lock (_schema)
        {
            errors = _schema.Value.Validate(token);
        }

        return [.. errors.SelectMany(Leaves).Select(Describe)];
    }

    private static bool HasOnly(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<ValidationError> Leaves(ValidationError error) => error is ChildSchemaValidationError children
        ? children.Errors.SelectMany(c => c.Value).SelectMany(Leaves).DefaultIfEmpty(error)
        : [error];

    private static SchemaViolation Describe(ValidationError error)
    {
        var path = error.Path ?? "#/";
        var schema = error.Schema?.ActualSchema;
        Phrase reason = error.Kind switch
        {
            ValidationErrorKind.NoAdditionalPropertiesAllowed => new("SchemaUnknownKey", error.Property ?? path),
            ValidationErrorKind.PropertyRequired => new("SchemaRequired", error.Property ?? path),
            ValidationErrorKind.StringTooShort or ValidationErrorKind.PatternMismatch => new("SchemaEmpty"),
            ValidationErrorKind.StringTooLong => new("SchemaTooLong", schema?.MaxLength ?? 0),
            ValidationErrorKind.NotInEnumeration => new("SchemaEnumeration", string.Join(", ", schema?.Enumeration ?? [])),
            ValidationErrorKind.StringExpected => new("SchemaType", new Phrase("TypeString")),
            ValidationErrorKind.BooleanExpected => new("SchemaType", new Phrase("TypeBoolean")),
            ValidationErrorKind.IntegerExpected => new("SchemaType", new Phrase("TypeInteger")),
            ValidationErrorKind.ArrayExpected => new("SchemaType", new Phrase("TypeList")),
            ValidationErrorKind.ObjectExpected => new("SchemaType", new Phrase("TypeMapping")),
            ValidationErrorKind.NumberTooSmall or ValidationErrorKind.NumberTooBig => new(
                "SchemaRange",
                (schema?.Minimum ?? 0).ToString(CultureInfo.InvariantCulture),
                (schema?.Maximum ?? 0).ToString(CultureInfo.InvariantCulture)),
            ValidationErrorKind.ItemsNotUnique => new("SchemaUnique"),
            _ => new("SchemaOther", error.Kind.ToString()),
        };
        var unknown = error.Kind == ValidationErrorKind.NoAdditionalPropertiesAllowed ? error.Property : null;
        return new SchemaViolation(path, unknown, unknown is null ? [] : [.. schema?.Properties.Keys ?? []], reason);
    }

    private sealed record FlatProperty(int MinLength, int MaxLength, string[]? Values)
    {
        public static FlatProperty? Read(JsonElement schema)
        {
            if (!schema.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "string"
                || !HasOnly(schema, "type", "minLength", "maxLength", "enum", "description", "title"))
            {
                return null;
            }

            return new FlatProperty(
                schema.TryGetProperty("minLength", out var min) ? min.GetInt32() : 0,
                schema.TryGetProperty("maxLength", out var max) ? max.GetInt32() : int.MaxValue,
                schema.TryGetProperty("enum", out var values) ? Resources.Strings(values) : null);
        }

        // A schema's length counts characters, of which a string has at most as many as it has UTF-16 units, and at least one when not empty.
        public bool SurelyAccepts(string value) =>
            value.Length <= MaxLength
            && (MinLength == 0 || (MinLength == 1 && value.Length > 0))
            && (Values is null || Array.IndexOf(Values, value) >= 0);
    }
}
