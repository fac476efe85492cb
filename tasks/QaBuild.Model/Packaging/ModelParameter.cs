using System.Globalization;
using System.Text.Json.Nodes;

namespace QaBuild.Model.Packaging;

/// <summary>A PARAMETER of a Modelfile.</summary>
/// <param name="Name">One of <see cref="Valid"/>.</param>
/// <param name="Value">As it stands there.</param>
public sealed record ModelParameter(string Name, string Value)
{
    // docs/modelfile.md, section "Valid Parameters and Values": the type of each.
    private static readonly Dictionary<string, Func<string, JsonNode?>> Types = new(StringComparer.Ordinal)
    {
        ["num_ctx"] = Whole,
        ["repeat_last_n"] = Whole,
        ["repeat_penalty"] = Real,
        ["temperature"] = Real,
        ["seed"] = Whole,
        ["stop"] = v => JsonValue.Create(v),
        ["num_predict"] = Whole,
        ["top_k"] = Whole,
        ["top_p"] = Real,
        ["min_p"] = Real,
    };

    /// <summary>The names that there are.</summary>
    public static string Valid { get; } = string.Join(", ", Types.Keys);

    /// <summary>Whether there is a parameter of this name.</summary>
    public static bool IsKnown(string name) => Types.ContainsKey(name);

    /// <summary>The value as a request has it, or null when it is none of the parameter's type.</summary>
    public JsonNode? ToJson() => Types[Name](Value);

    private static JsonNode? Whole(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static JsonNode? Real(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
