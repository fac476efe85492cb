using System.Globalization;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Reporting;

/// <summary>Puts the findings of a compile into the page's terms: rules and units by their indices, paths that hold on another machine.</summary>
internal sealed class FindingList
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");
    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");
    private readonly Dictionary<string, int> _units = new(StringComparer.Ordinal);
    private readonly string _kb;
    private readonly string _folder;

    private FindingList(Compilation compilation, string folder)
    {
        (_kb, _folder) = (Path.GetFullPath(compilation.Options.KbRoot), folder);
        for (var i = 0; i < compilation.Units.Count; i++)
        {
            _units[compilation.Units[i].File.RelativePath] = i;
        }

        Rules = [.. compilation.Diagnostics.Select(d => d.Rule).Distinct().Order()];
    }

    private Rule[] Rules { get; }

    /// <summary>The findings, their rules, and how often each was broken.</summary>
    /// <param name="compilation">After its last stage.</param>
    /// <param name="folder">The page's.</param>
    public static (IReadOnlyList<FindingFacts> Findings, IReadOnlyList<RuleText> Rules, IReadOnlyList<RuleCount> Counts) Of(Compilation compilation, string folder)
    {
        var list = new FindingList(compilation, folder);
        var findings = compilation.Diagnostics.Select(list.Finding).ToArray();
        return (
            findings,
            [.. list.Rules.Select(r => Catalogue.Default[r]).Select(e => new RuleText(e.Code, e.Title, e.Help, TopicOf(e.Rule)))],
            [.. findings.GroupBy(f => (f.Rule, f.Severity)).OrderByDescending(g => g.Key.Severity).ThenBy(g => g.Key.Rule).Select(g => new RuleCount(g.Key.Rule, g.Key.Severity, g.Count()))]);
    }

    private FindingFacts Finding(Diagnostic diagnostic)
    {
        var (path, inKb) = Place(diagnostic.Location.Path);
        int[] at = inKb && _units.TryGetValue(path!, out var unit) ? [unit] : [];
        return new FindingFacts(
            Array.BinarySearch(Rules, diagnostic.Rule), (int)diagnostic.Severity, path, inKb, diagnostic.Location.Line, diagnostic.Location.Column,
            diagnostic.Message(English), diagnostic.Message(Chinese), [.. at.Concat(Named(diagnostic.Arguments)).Distinct()], Excerpts(diagnostic));
    }

    // Findings about two units name the other by its path.
    private IEnumerable<int> Named(IEnumerable<object> arguments) => arguments.SelectMany(a => a switch
    {
        string text when _units.TryGetValue(text, out var unit) => [unit],
        Phrase phrase => Named(phrase.Arguments),
        _ => Array.Empty<int>(),
    });

    private (string? Path, bool InKb) Place(string path)
    {
        if (path.Length == 0)
        {
            return (null, false);
        }

        // An option's name stands where a path would.
        if (!Path.IsPathRooted(path))
        {
            return (path, false);
        }

        var relative = Path.GetRelativePath(_kb, path);
        var inKb = relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) && !Path.IsPathRooted(relative);
        return (Slashes(inKb ? relative : Path.GetRelativePath(_folder, path)), inKb);
    }

    private static string? TopicOf(Rule rule) => rule switch
    {
        Rule.Contradiction => "contradiction",
        Rule.SplitLeak or Rule.BenchmarkOverlap or Rule.BenchmarkNearDuplicate => "leak",
        _ => null,
    };

    // The message quotes what the second answer says, then the first.
    private static string[]? Excerpts(Diagnostic diagnostic) =>
        diagnostic is { Rule: Rule.Contradiction, Arguments: [_, _, _, _, string second, string first] } ? [first, second] : null;

    private static string Slashes(string path) => Path.DirectorySeparatorChar == '/' ? path : path.Replace(Path.DirectorySeparatorChar, '/');
}
