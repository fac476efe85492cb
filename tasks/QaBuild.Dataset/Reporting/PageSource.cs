using System.Text;
using System.Text.RegularExpressions;

namespace QaBuild.Dataset.Reporting;

/// <summary>The page's own files, which this assembly carries: a template, a style sheet, texts in two languages and modules.</summary>
internal static partial class PageSource
{
    /// <summary>The modules, each after those whose values it needs to begin with.</summary>
    public static IReadOnlyList<string> Modules { get; } =
    [
        "elements", "data", "language", "markdown", "differences", "units", "charts", "virtual-list", "browse", "side-by-side", "unit-pane", "overview", "coverage", "balance", "lengths", "questions",
        "duplicates", "findings", "review", "model", "views", "shell", "main",
    ];

    private static readonly Lazy<string> Joined = new(Join);

    /// <summary>All modules as one script.</summary>
    public static string Script => Joined.Value;

    /// <summary>A file of the page.</summary>
    public static string Read(string name) => Encoding.UTF8.GetString(Bytes(name)).Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>A file of the page as it is.</summary>
    public static byte[] Bytes(string name) => Resources.Read(name, "report");

    /// <summary>Puts values into a template's <c>{{names}}</c>; what a value holds is not looked at again.</summary>
    public static string Fill(string template, IReadOnlyDictionary<string, string> values) => Placeholder().Replace(template, m => values[m.Groups[1].Value]);

    // A page has no place to load modules from. Their imports and exports go; names are unique over all of them, or the browser refuses the script.
    private static string Join()
    {
        var script = new StringBuilder("(() => {\n\"use strict\";\n");
        script.Append("const texts = ").Append(Read("texts.json").Trim()).Append(";\n");
        foreach (var module in Modules)
        {
            script.Append("\n// ").Append(module).Append(".js\n").Append(Exported().Replace(Imported().Replace(Read(module + ".js"), ""), ""));
        }

        return script.Append("})();\n").ToString();
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^import [^;]*;\n", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Imported();

    [GeneratedRegex("^export ", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Exported();
}
