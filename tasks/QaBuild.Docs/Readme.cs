using System.Globalization;
using System.Text.RegularExpressions;

namespace QaBuild.Docs;

/// <summary>A README whose tables stand between <c>&lt;!-- generated: NAME --&gt;</c> and <c>&lt;!-- /generated --&gt;</c>.</summary>
/// <param name="Path">The file.</param>
/// <param name="Language">Of its text.</param>
public sealed partial record Readme(string Path, CultureInfo Language)
{
    /// <summary>Renews the READMEs; a test says so where they are stale.</summary>
    public const string Command = "dotnet run --project tasks/QaBuild.Docs";

    /// <summary>The two READMEs of a checkout.</summary>
    public static IReadOnlyList<Readme> All(string root) =>
    [
        new(System.IO.Path.Combine(root, "README.md"), CultureInfo.GetCultureInfo("en")),
        new(System.IO.Path.Combine(root, "README.zh-CN.md"), CultureInfo.GetCultureInfo("zh-CN")),
    ];

    /// <summary>The text with every generated section made anew.</summary>
    /// <exception cref="InvalidDataException">A section has a name that nothing makes.</exception>
    public string Renew(string text, BuildSurface surface)
    {
        var tables = new Tables(Language);
        return Section().Replace(text, section =>
        {
            var made = section.Groups["name"].Value switch
            {
                "properties" => tables.Properties(surface),
                "items" => tables.Items(surface),
                "targets" => tables.Targets(surface),
                "verbs" => tables.Verbs(),
                "ranges" => tables.Ranges(),
                "codes" => tables.Codes(),
                "contents" => Contents(text[(section.Index + section.Length)..]),
                var name => throw new InvalidDataException($"{Path}: nothing makes the section '{name}'"),
            };
            return $"{section.Groups["begin"].Value}\n{made.Trim()}\n{section.Groups["end"].Value}";
        });
    }

    // The headings of level two that follow, linked as code hosts link them.
    private static string Contents(string text) => string.Join('\n', Heading().Matches(Fence().Replace(text, "")).Select(m => m.Groups[1].Value).Select(h => $"- [{h}](#{Anchor(h)})"));

    private static string Anchor(string heading) => NotInAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"(?<begin><!-- generated: (?<name>\w+) -->)\n.*?(?<end><!-- /generated -->)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Section();

    [GeneratedRegex(@"^## (.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Fence();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.CultureInvariant)]
    private static partial Regex NotInAnchor();
}
