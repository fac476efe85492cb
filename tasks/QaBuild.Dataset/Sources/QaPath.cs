using System.Globalization;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>What a qa file's path says: <c>job_&lt;job&gt;/skill_&lt;skill&gt;/qa_&lt;l|m|h&gt;_&lt;number&gt;.md</c>.</summary>
/// <param name="Job">The folder's name without <c>job_</c>.</param>
/// <param name="Skill">The folder's name without <c>skill_</c>.</param>
/// <param name="Level">From the file's name.</param>
/// <param name="Number">From the file's name; at least 0.</param>
public readonly record struct QaPath(string Job, string Skill, Level Level, int Number)
{
    /// <summary>Reads a path below the KB (with <c>/</c>); what is wrong with it goes to <paramref name="diagnostics"/>.</summary>
    public static QaPath? Parse(string relativePath, string file, DiagnosticBag diagnostics)
    {
        var slash2 = relativePath.LastIndexOf('/');
        var slash1 = slash2 > 0 ? relativePath.LastIndexOf('/', slash2 - 1) : -1;
        var job = slash1 > 0 ? relativePath.AsSpan(0, slash1) : default;
        var skill = slash1 >= 0 ? relativePath.AsSpan(slash1 + 1, slash2 - slash1 - 1) : default;
        var name = relativePath.AsSpan(slash2 + 1);
        if (job.Contains('/') || !job.StartsWith("job_") || job.Length == 4 || !skill.StartsWith("skill_") || skill.Length == 6
            || !name.StartsWith("qa_") || !name.EndsWith(".md") || name.Count('_') < 2)
        {
            diagnostics.Add(Rule.NotAQaPath, Location.Start(file), relativePath);
            return null;
        }

        var rest = name[3..^3];
        var bar = rest.IndexOf('_');
        var level = Levels.Parse(rest[..bar]);
        if (level is null)
        {
            diagnostics.Add(Rule.LevelInName, Location.Start(file), rest[..bar].ToString());
        }

        var digits = rest[(bar + 1)..];
        var numbered = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (!numbered)
        {
            diagnostics.Add(Rule.NumberInName, Location.Start(file), digits.ToString());
        }

        return level is { } known && numbered ? new QaPath(job[4..].ToString(), skill[6..].ToString(), known, number) : null;
    }
}
