using System.Text;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Reporting;

/// <summary>The libraries that the page carries, and what their licences want to be told.</summary>
/// <param name="Script">All of them.</param>
/// <param name="Style">The one style sheet.</param>
/// <param name="Licences">As text.</param>
internal sealed record PageLibraries(string Script, string Style, string Licences)
{
    /// <summary>The folder that npm makes.</summary>
    public const string Modules = "node_modules";

    private static readonly string[] Scripts = ["uplot/dist/uPlot.iife.min.js", "markdown-it/dist/browser/markdown-it.umd.min.js", "diff/dist/diff.min.js"];
    private const string StyleSheet = "uplot/dist/uPlot.min.css";

    /// <summary>What is taken of the packages.</summary>
    public static IEnumerable<string> Files => Scripts.Append(StyleSheet);

    /// <summary>Reads them from the folder into which npm restored them; null when one is missing.</summary>
    public static PageLibraries? Read(string folder, DiagnosticBag diagnostics)
    {
        var modules = Path.Combine(folder, Modules);
        try
        {
            string Text(string name) => File.ReadAllText(Path.Combine(modules, name)).Replace("\r\n", "\n", StringComparison.Ordinal);

            // What of a library is only meant for a debugger would be looked for beside the page.
            string ScriptOf(string name) => string.Join('\n', Text(name).Split('\n').Where(l => !l.StartsWith("//# sourceMappingURL", StringComparison.Ordinal)));
            var licences = new StringBuilder();
            foreach (var package in Directory.EnumerateDirectories(modules).Select(Path.GetFileName).Order(StringComparer.Ordinal))
            {
                if (File.Exists(Path.Combine(modules, package!, "LICENSE")))
                {
                    licences.Append(package).Append("\n\n").Append(Text($"{package}/LICENSE").Trim()).Append("\n\n\n");
                }
            }

            return new PageLibraries(string.Join(";\n", Scripts.Select(ScriptOf)), Text(StyleSheet), licences.ToString().TrimEnd());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(Rule.ReportLibrariesMissing, Location.None, new Phrase("ReportLibraryUnreadable", folder, e.Message));
            return null;
        }
    }
}
