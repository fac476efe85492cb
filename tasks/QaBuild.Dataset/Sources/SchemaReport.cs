using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>Turns schema violations into findings at the section or YAML key they are about.</summary>
internal static class SchemaReport
{
    /// <summary>Where violations of the front matter begin.</summary>
    public const string FrontMatterPath = "#/frontMatter";

    public static void Add(SchemaViolation violation, string file, FrontMatter front, SectionText?[] sections, DiagnosticBag diagnostics)
    {
        if (SectionOf(violation, sections) is { Text.Length: 0 })
        {
            // An empty section has a finding of its own.
            return;
        }

        var location = Place(violation, file, front, sections, out var name);
        if (violation.Key is { } key)
        {
            diagnostics.Add(Rule.UnknownKey, location, key, Nearest.Phrase(key, violation.KnownKeys), string.Join(", ", violation.KnownKeys));
        }
        else
        {
            diagnostics.Add(Rule.SchemaViolation, location, name, violation.Reason);
        }
    }

    private static SectionText? SectionOf(SchemaViolation violation, SectionText?[] sections) =>
        Enum.TryParse<Section>(violation.Path.TrimStart('#', '/'), ignoreCase: true, out var section) ? sections[(int)section] : null;

    private static Location Place(SchemaViolation violation, string file, FrontMatter front, SectionText?[] sections, out string name)
    {
        if (violation.Path.StartsWith(FrontMatterPath, StringComparison.Ordinal))
        {
            var inside = violation.Path[FrontMatterPath.Length..].TrimStart('.', '/');
            name = inside.Length == 0 ? "front matter" : inside;
            var (line, column) = front.PlaceOf("#/" + inside);
            return new Location(file, line, column);
        }

        name = violation.Path.TrimStart('#', '/');
        if (Enum.TryParse<Section>(name, ignoreCase: true, out var section) && sections[(int)section] is { } text)
        {
            name = Vocabulary.Default.NameOf(section);
            return new Location(file, text.Line, text.Column);
        }

        return new Location(file, 1, 1);
    }
}
