using System.Globalization;
using System.Text.RegularExpressions;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Review.Diff;

/// <summary>What a finding is about, as far as reviewers ask.</summary>
public enum FindingKind
{
    /// <summary>Something else.</summary>
    Other,

    /// <summary>The same, or nearly the same, twice.</summary>
    Duplicate,

    /// <summary>Answers that disagree.</summary>
    Contradiction,

    /// <summary>Something of one split, or of a benchmark, in another.</summary>
    Leak,
}

/// <summary>A finding of one of the two sides.</summary>
/// <param name="Code">For example <c>QA1004</c>.</param>
/// <param name="Severity">As the project has it.</param>
/// <param name="Path">Below the knowledge base; empty for the dataset as a whole.</param>
/// <param name="Line">1-based; 0 for the whole file.</param>
/// <param name="Column">1-based; 0 for the whole line or file.</param>
/// <param name="Message">In the language of the build.</param>
/// <param name="Kind">What it is about.</param>
public sealed partial record DiffFinding(string Code, Severity Severity, string Path, int Line, int Column, string Message, FindingKind Kind)
{
    /// <summary>The finding of a compile.</summary>
    /// <param name="diagnostic">The finding.</param>
    /// <param name="roots">Folders that paths are named from: that of the knowledge base, then that of the repository.</param>
    /// <param name="culture">The language of the message.</param>
    internal static DiffFinding Of(Diagnostic diagnostic, IEnumerable<string> roots, CultureInfo culture)
    {
        var (path, message) = (diagnostic.Location.Path, diagnostic.Message(culture));
        foreach (var root in roots)
        {
            var prefix = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(root)) + System.IO.Path.DirectorySeparatorChar;
            path = path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..].Replace(System.IO.Path.DirectorySeparatorChar, '/') : path;
            message = message.Replace(prefix, "", StringComparison.Ordinal);
        }

        return new DiffFinding(diagnostic.Code, diagnostic.Severity, path, diagnostic.Location.Line, diagnostic.Location.Column, message, KindOf(diagnostic.Rule));
    }

    /// <summary>What two findings share that are one: lines move, and so do scores and files.</summary>
    /// <param name="moved">The former path of each file that moved.</param>
    internal string Identity(IReadOnlyDictionary<string, string> moved)
    {
        var message = moved.Count == 0 ? Message : Quoted().Replace(Message, m => moved.GetValueOrDefault(m.Value, m.Value));
        return $"{Code}\n{moved.GetValueOrDefault(Path, Path)}\n{Number().Replace(message, "#")}";
    }

    private static FindingKind KindOf(Rule rule) => rule switch
    {
        Rule.SameQuestion or Rule.SameAnswer or Rule.NearDuplicate or Rule.SimilarQuestion or Rule.CloseParaphrases or Rule.SemanticDuplicate or Rule.NearDuplicatePair or Rule.SimilarPair => FindingKind.Duplicate,
        Rule.Contradiction => FindingKind.Contradiction,
        Rule.SplitLeak or Rule.BenchmarkOverlap or Rule.BenchmarkNearDuplicate or Rule.FileLeak => FindingKind.Leak,
        _ => FindingKind.Other,
    };

    [GeneratedRegex("(?<=')[^'\n]+(?=')", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    // Not the digits of a file's name.
    [GeneratedRegex(@"(?<![\w/])\d+(?:[.,]\d+)*(?![\w/])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
