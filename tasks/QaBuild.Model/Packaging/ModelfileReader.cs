using System.Text;

namespace QaBuild.Model.Packaging;

/// <summary>Reads a Modelfile by the rules of docs/modelfile.md: instructions in any case and order, comments after '#', texts of several lines between three quotes.</summary>
public static class ModelfileReader
{
    private const int Largest = 1 << 20;
    private const string Quotes = "\"\"\"";
    private const string Instructions = "FROM, ADAPTER, TEMPLATE, SYSTEM, LICENSE, PARAMETER";

    /// <summary>Reads a file; its relative paths are relative to it.</summary>
    /// <exception cref="ModelFaultException">QA8023, with all that is wrong in it, at its line.</exception>
    public static Modelfile Read(string path)
    {
        string text;
        try
        {
            text = new FileInfo(path).Length <= Largest ? File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true))
                : throw new ModelFaultException(ModelFaults.ModelfileSyntax, path, path, new Reason("ModelfileTooLarge", Largest));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new ModelFaultException(ModelFaults.ModelfileSyntax, path, path, e.Message);
        }

        return Parse(text, path);
    }

    private static Modelfile Parse(string text, string path)
    {
        var faults = new FaultList();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var model = new Modelfile();
        var parameters = new List<ModelParameter>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var at = i + 1;
            void Fault(Reason reason) => faults.Add(new ModelFaultException(ModelFaults.ModelfileSyntax, path, path, reason) { Line = at, Column = 1 });
            var line = lines[i].Trim();
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            var instruction = Word(line).ToUpperInvariant();
            var rest = lines[i].TrimStart()[instruction.Length..].TrimStart(' ', '\t');
            var parameter = "";
            if (instruction == "PARAMETER")
            {
                parameter = Word(rest);
                rest = rest[parameter.Length..].TrimStart(' ', '\t');
            }

            if (Value(lines, ref i, rest) is not { } value)
            {
                Fault(new Reason("ModelfileUnclosed"));
                break;
            }

            if (instruction != "PARAMETER" && instruction != "LICENSE" && !seen.Add(instruction))
            {
                Fault(new Reason("ModelfileTwice", instruction));
                continue;
            }

            switch (instruction)
            {
                case "FROM" when Existing(value, folder) is { } weights:
                    model = model with { Weights = weights };
                    break;
                case "FROM" when LooksLikeFile(value):
                    Fault(new Reason("ModelfileNoFile", value));
                    break;
                case "FROM":
                    model = model with { From = value };
                    break;
                case "ADAPTER" when Existing(value, folder) is { } adapter:
                    model = model with { Adapter = adapter };
                    break;
                case "ADAPTER":
                    Fault(new Reason("ModelfileNoFile", value));
                    break;
                case "TEMPLATE":
                    model = model with { Template = value };
                    break;
                case "SYSTEM":
                    model = model with { System = value };
                    break;
                case "LICENSE":
                    model = model with { License = model.License is null ? value : $"{model.License}\n\n{value}" };
                    break;
                case "PARAMETER" when !ModelParameter.IsKnown(parameter):
                    Fault(new Reason("ModelfileNoParameter", parameter, ModelParameter.Valid));
                    break;
                case "PARAMETER" when new ModelParameter(parameter, value) is var set:
                    if (set.ToJson() is null)
                    {
                        Fault(new Reason("ModelfileNoNumber", parameter, value));
                    }

                    parameters.Add(set);
                    break;
                default:
                    Fault(new Reason("ModelfileNoInstruction", instruction, Instructions));
                    break;
            }
        }

        if (!seen.Contains("FROM"))
        {
            faults.Add(new ModelFaultException(ModelFaults.ModelfileSyntax, path, path, new Reason("ModelfileNoFrom")));
        }

        faults.ThrowIfAny();
        return model with { Parameters = parameters };
    }

    private static string Word(string text) => text[..(text.IndexOfAny([' ', '\t']) is >= 0 and var end ? end : text.Length)];

    /// <summary>What stands after an instruction: the rest of its line, or the lines up to closing quotes, which <paramref name="line"/> is moved to. Null when those never come.</summary>
    private static string? Value(string[] lines, ref int line, string rest)
    {
        var quotes = rest.StartsWith(Quotes, StringComparison.Ordinal) ? Quotes : rest.StartsWith('"') ? "\"" : "";
        if (quotes.Length == 0)
        {
            return rest.TrimEnd();
        }

        var text = rest[quotes.Length..];
        while (!text.TrimEnd(' ', '\t').EndsWith(quotes, StringComparison.Ordinal))
        {
            if (++line == lines.Length)
            {
                return null;
            }

            text += "\n" + lines[line];
        }

        return text.TrimEnd(' ', '\t')[..^quotes.Length];
    }

    private static bool LooksLikeFile(string value) => value.StartsWith('.') || Path.IsPathRooted(value) || value.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);

    private static string? Existing(string value, string folder) => Path.Combine(folder, value) is var path && File.Exists(path) ? Path.GetFullPath(path) : null;
}
