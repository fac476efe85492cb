using System.Globalization;
using System.Text;
using System.Text.Json;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Docs;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Documentation;

/// <summary>
/// What projects, scripts and trainers elsewhere depend on. Another snapshot is another promise: what was added goes into CHANGELOG.md, what was removed or renamed
/// needs a version of its own.
/// </summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void Properties_items_and_targets_of_the_build()
    {
        var text = new StringBuilder();
        foreach (var declaration in BuildSurface.Read(Repository.Path("build")).Declarations.SelectMany(d => d.Names.Select(n => (d.Kind, Name: n, d.Default))).OrderBy(d => d.Kind).ThenBy(d => d.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{declaration.Kind.ToString().ToLowerInvariant()} {declaration.Name}{(declaration.Default is { } value ? $" = {value.En}" : "")}\n");
        }

        Snapshot.Match(text.ToString());
    }

    [Fact]
    public void Verbs_and_options_of_the_tool()
    {
        var text = new StringBuilder();
        foreach (var (name, verb) in Tool.Verbs.Shown(Tool.Verbs.Root()).OrderBy(v => v.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{string.Concat(verb.Arguments.Select(a => $" <{a.Name}>"))}\n");
            foreach (var option in verb.Options.Where(o => !o.Hidden).OrderBy(o => o.Name, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {string.Join(", ", option.Aliases.Prepend(option.Name))} <{(Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType).Name}>{(option.Required ? ", required" : "")}\n");
            }
        }

        Snapshot.Match(text.ToString());
    }

    [Fact]
    public void Codes_and_their_severities() =>
        Snapshot.Match(string.Concat(Catalogue.Default.Entries.Select(e => $"{e.Code} {e.Severity.ToString().ToLowerInvariant()} {e.Rule}\n")));

    [Fact]
    public void Shapes_of_rows_and_of_the_files_beside_them()
    {
        var text = new StringBuilder();
        foreach (var file in Directory.GetFiles(Repository.Path("schema"), "*.schema.json").Order(StringComparer.Ordinal))
        {
            using var schema = JsonDocument.Parse(File.ReadAllBytes(file));
            text.Append(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}\n");
            Describe(schema.RootElement, "  ", text);
        }

        Snapshot.Match(text.ToString());
    }

    /// <summary>The names, the kinds of value and what is required: all of a schema but for its descriptions.</summary>
    private static void Describe(JsonElement schema, string indent, StringBuilder text)
    {
        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array ? names.EnumerateArray().Select(n => n.GetString()).ToHashSet() : [];
        foreach (var group in new[] { "definitions", "properties" })
        {
            if (!schema.TryGetProperty(group, out var members))
            {
                continue;
            }

            foreach (var member in members.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"{indent}{(group == "definitions" ? "#" : "")}{member.Name}{(required.Contains(member.Name) ? "!" : "")} {Kind(member.Value)}\n");
                Describe(member.Value, indent + "  ", text);
            }
        }

        foreach (var inner in new[] { "items", "additionalProperties" })
        {
            if (schema.TryGetProperty(inner, out var element) && element.ValueKind == JsonValueKind.Object)
            {
                text.Append(CultureInfo.InvariantCulture, $"{indent}[{inner}] {Kind(element)}\n");
                Describe(element, indent + "  ", text);
            }
        }

        foreach (var choice in new[] { "oneOf", "anyOf", "allOf" })
        {
            if (schema.TryGetProperty(choice, out var options))
            {
                foreach (var option in options.EnumerateArray())
                {
                    text.Append(CultureInfo.InvariantCulture, $"{indent}[{choice}] {Kind(option)}\n");
                    Describe(option, indent + "  ", text);
                }
            }
        }
    }

    private static string Kind(JsonElement schema) =>
        schema.ValueKind != JsonValueKind.Object ? schema.GetRawText()
        : schema.TryGetProperty("$ref", out var reference) ? reference.GetString()!
        : schema.TryGetProperty("enum", out var values) ? string.Join('|', values.EnumerateArray().Select(v => v.ToString()))
        : schema.TryGetProperty("type", out var type) ? type.ValueKind == JsonValueKind.Array ? string.Join('|', type.EnumerateArray().Select(t => t.GetString())) : type.GetString()!
        : "any";
}
