using System.Text.RegularExpressions;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Documentation;

/// <summary>One of the two READMEs, taken apart.</summary>
internal sealed partial class Readme
{
    private Readme(string text) => Text = text;

    public static Readme English { get; } = Of("README.md");

    public static Readme Chinese { get; } = Of("README.zh-CN.md");

    public string Text { get; }

    /// <summary>Everything that stands in backquotes within a line.</summary>
    public IEnumerable<string> Names => Name().Matches(Fence().Replace(Text, "")).Select(m => m.Groups[1].Value);

    /// <summary>The marks of each heading, in order: <c>##</c>, <c>###</c>, …</summary>
    public IEnumerable<string> HeadingLevels => Heading().Matches(Fence().Replace(Text, "")).Select(m => m.Groups[1].Value);

    /// <summary>The text of each block of shell commands, in order.</summary>
    public IEnumerable<string> Commands => Fence().Matches(Text).Where(m => m.Groups[1].Value == "sh").Select(m => m.Groups[2].Value);

    /// <summary>The addresses of links that stay in the repository.</summary>
    public IEnumerable<string> RelativeLinks =>
        Link().Matches(Code().Replace(Text, "")).Select(m => m.Groups[1].Value).Where(a => !a.Contains("://", StringComparison.Ordinal));

    /// <summary>Paths of the repository that the text and its commands name.</summary>
    public IEnumerable<string> Paths => RepositoryPath().Matches(Text).Select(m => m.Value.TrimEnd('.'));

    private static Readme Of(string name) => new(File.ReadAllText(Repository.Path(name)));

    [GeneratedRegex(@"`([^`\n]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^(#+) .+$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Fence();

    // Code shows links that are not meant to be followed.
    [GeneratedRegex(@"^```.*?^```$|`[^`\n]+`", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s#]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    // A name with a placeholder, such as row.<format>.schema.json, is no path.
    [GeneratedRegex(@"(?<![\w/…])(?:build|schema|tasks|tests)/(?>[\w./-]+)(?!<)", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryPath();
}
