using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace QaBuild.Dataset.Diagnostics;

/// <summary>Writes findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), which code hosts show on the lines of a pull request.</summary>
public static class SarifLog
{
    private static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The log as UTF-8.</summary>
    /// <param name="diagnostics">The findings.</param>
    /// <param name="baseFolder">Paths below it are written relative to it.</param>
    /// <param name="version">Of the tool.</param>
    /// <param name="culture">The language of the messages.</param>
    public static byte[] Write(IReadOnlyList<Diagnostic> diagnostics, string baseFolder, string version, CultureInfo culture)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Format))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            var rules = diagnostics.Select(d => d.Rule).Distinct().Order().ToList();
            WriteTool(json, rules, version, culture);
            json.WriteString("columnKind", "utf16CodeUnits");
            json.WriteStartArray("results");
            foreach (var diagnostic in diagnostics)
            {
                WriteResult(json, diagnostic, rules.IndexOf(diagnostic.Rule), baseFolder, culture);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. stream.ToArray(), (byte)'\n'];
    }

    private static void WriteTool(Utf8JsonWriter json, List<Rule> rules, string version, CultureInfo culture)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "QaBuild");
        json.WriteString("version", version);
        json.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            var entry = Catalogue.Default[rule];
            json.WriteStartObject();
            json.WriteString("id", entry.Code);
            json.WriteString("name", rule.ToString());
            WriteText(json, "shortDescription", entry.Title.In(culture));
            json.WriteStartObject("help");
            json.WriteString("text", entry.Help.In(culture));
            json.WriteString("markdown", HelpPage.Write(entry, culture));
            json.WriteEndObject();
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", LevelOf(entry.Severity));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, Diagnostic diagnostic, int ruleIndex, string baseFolder, CultureInfo culture)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", diagnostic.Code);
        json.WriteNumber("ruleIndex", ruleIndex);
        json.WriteString("level", LevelOf(diagnostic.Severity));
        WriteText(json, "message", diagnostic.Message(culture));
        if (diagnostic.Location.Path.Length > 0)
        {
            json.WriteStartArray("locations");
            json.WriteStartObject();
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", UriOf(diagnostic.Location.Path, baseFolder));
            json.WriteEndObject();
            if (diagnostic.Location.Line > 0)
            {
                json.WriteStartObject("region");
                json.WriteNumber("startLine", diagnostic.Location.Line);
                json.WriteNumber("startColumn", Math.Max(diagnostic.Location.Column, 1));
                if (diagnostic.Location.EndColumn > 0)
                {
                    json.WriteNumber("endColumn", diagnostic.Location.EndColumn);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static string LevelOf(Severity severity) => severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "note" };

    private static string UriOf(string path, string baseFolder)
    {
        var relative = Path.GetRelativePath(baseFolder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative)
            ? new Uri(Path.GetFullPath(path)).AbsoluteUri
            : string.Join('/', relative.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
    }
}
