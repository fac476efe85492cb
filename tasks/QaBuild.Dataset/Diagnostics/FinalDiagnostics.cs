using QaBuild.Dataset.Documents;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Diagnostics;

/// <summary>Applies the sources' suppressions and the project's settings to what was found.</summary>
internal static class FinalDiagnostics
{
    public static IReadOnlyList<Diagnostic> Of(DiagnosticBag bag, IEnumerable<ParsedSource> sources, IEnumerable<Document> documents, DiagnosticPolicy policy)
    {
        var suppressions = new Dictionary<string, IReadOnlyList<Suppression>>(StringComparer.Ordinal);
        void Add(SourceFile file, FrontMatter? front)
        {
            if (front is { Suppressions.Length: > 0 })
            {
                suppressions.TryAdd(file.FullPath, front.Suppressions);
            }
        }

        foreach (var source in sources)
        {
            Add(source.File, source.Unit?.FrontMatter);
        }

        foreach (var document in documents)
        {
            Add(document.File, document.FrontMatter);
        }

        var found = bag.Sorted();
        if (suppressions.Count > 0)
        {
            found = Unsuppressed(found, suppressions, bag);
        }

        return [.. found.Select(policy.Apply).OfType<Diagnostic>()];
    }

    private static IReadOnlyList<Diagnostic> Unsuppressed(
        IReadOnlyList<Diagnostic> found, Dictionary<string, IReadOnlyList<Suppression>> suppressions, DiagnosticBag bag)
    {
        var used = new HashSet<(string Path, Suppression Suppression)>();
        var suppressed = new HashSet<Diagnostic>();
        foreach (var diagnostic in found.Where(d => d.Severity != Severity.Error))
        {
            if (suppressions.TryGetValue(diagnostic.Location.Path, out var here) && here.FirstOrDefault(s => s.Code == diagnostic.Code) is { } suppression)
            {
                used.Add((diagnostic.Location.Path, suppression));
                suppressed.Add(diagnostic);
            }
        }

        foreach (var (path, list) in suppressions)
        {
            foreach (var useless in list.Where(s => !used.Contains((path, s))))
            {
                bag.Add(Rule.UselessSuppression, new Location(path, useless.Line, useless.Column), useless.Code);
            }
        }

        return [.. bag.Sorted().Where(d => !suppressed.Contains(d))];
    }
}
