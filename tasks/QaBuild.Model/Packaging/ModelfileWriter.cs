using System.Globalization;
using System.Text;

namespace QaBuild.Model.Packaging;

/// <summary>Writes a Modelfile as Ollama reads it (docs/modelfile.md, section "Format").</summary>
public static class ModelfileWriter
{
    private const string Quotes = "\"\"\"";

    /// <summary>The text of a Modelfile.</summary>
    /// <param name="model">What it says.</param>
    /// <param name="folder">Where it is to stand: its paths are relative to that, so that the folder may be moved.</param>
    /// <exception cref="ModelFaultException">QA8024: a text cannot stand in a Modelfile.</exception>
    public static string Write(Modelfile model, string folder)
    {
        var text = new StringBuilder();
        text.Append("FROM ").Append(model.Weights is { } weights ? Relative(weights, folder) : model.From).Append('\n');
        if (model.Adapter is { } adapter)
        {
            text.Append("ADAPTER ").Append(Relative(adapter, folder)).Append('\n');
        }

        foreach (var (instruction, value) in new[] { ("TEMPLATE", model.Template), ("SYSTEM", model.System) })
        {
            if (value is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"{instruction} {Quotes}{Checked(instruction, value)}{Quotes}\n");
            }
        }

        foreach (var (name, value) in model.Parameters)
        {
            // A stop text may begin or end with a space.
            text.Append(CultureInfo.InvariantCulture, $"PARAMETER {name} {(name == "stop" ? $"\"{Checked("PARAMETER stop", value)}\"" : value)}\n");
        }

        if (model.License is { } license)
        {
            text.Append(CultureInfo.InvariantCulture, $"LICENSE {Quotes}{Checked("LICENSE", license)}{Quotes}\n");
        }

        return text.ToString();
    }

    private static string Relative(string path, string folder)
    {
        var relative = Path.GetRelativePath(Path.GetFullPath(folder), Path.GetFullPath(path)).Replace(Path.DirectorySeparatorChar, '/');

        // A name without './' might be a model's.
        return Path.IsPathRooted(relative) || relative.StartsWith("../", StringComparison.Ordinal) ? relative : "./" + relative;
    }

    // Ollama's reader ends a text at three quotes, has no way to escape them, and leaves out what cannot be printed.
    private static string Checked(string instruction, string text)
    {
        if (text.Contains(Quotes, StringComparison.Ordinal))
        {
            throw new ModelFaultException(ModelFaults.ModelfileUnwritable, "", instruction, new Reason("ModelfileQuotes"));
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is not (' ' or '\t' or '\n' or '\r') && !Prints(Rune.GetUnicodeCategory(rune)))
            {
                throw new ModelFaultException(ModelFaults.ModelfileUnwritable, "", instruction, new Reason("ModelfileCharacter", rune.Value.ToString("X4", CultureInfo.InvariantCulture)));
            }
        }

        return text;
    }

    private static bool Prints(UnicodeCategory category) => category is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
