using System.Text.Json;
using QaBuild.Dataset.Emission;

namespace QaBuild.Dataset.Review.Diff;

/// <summary>A text of a row.</summary>
/// <param name="Name">Its key, such as <c>prompt</c>; of a conversation the role, and its number where there are several.</param>
/// <param name="Text">The text.</param>
public sealed record RowText(string Name, string Text);

/// <summary>Finds the texts in a row of any format.</summary>
internal static class RowTexts
{
    private static readonly string[] s_roles = ["role", "from"];

    /// <summary>In the order of the row.</summary>
    public static IReadOnlyList<RowText> Of(Row row)
    {
        using var json = JsonDocument.Parse(row.Json, new JsonDocumentOptions { MaxDepth = 256 });
        var texts = new List<RowText>();
        Collect(json.RootElement, "", texts);
        return texts;
    }

    /// <summary>The text that a reader knows the row by: what is asked, or else the first.</summary>
    public static string TitleOf(IReadOnlyList<RowText> texts) => texts.FirstOrDefault(t => !t.Name.StartsWith("system", StringComparison.Ordinal))?.Text ?? "";

    private static void Collect(JsonElement element, string name, List<RowText> texts)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var role = s_roles.Select(r => element.TryGetProperty(r, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null).FirstOrDefault(r => r is not null);
                foreach (var property in element.EnumerateObject().Where(p => role is null || !s_roles.Contains(p.Name)))
                {
                    Collect(property.Value, role is null ? property.Name : property.Name is "content" or "value" ? role : $"{role} {property.Name}", texts);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item, name, texts);
                }

                break;
            case JsonValueKind.String:
                var before = texts.Count(t => t.Name == name || t.Name.StartsWith(name + " ", StringComparison.Ordinal));
                texts.Add(new RowText(before == 0 ? name : $"{name} {before + 1}", element.GetString()!));
                break;
            default:
                break;
        }
    }
}
