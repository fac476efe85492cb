using System.Collections.Immutable;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Linking;

/// <summary>Resolves 关联问题 over the whole KB. Links are compared with the names of known files only: none of them touches the disk.</summary>
internal sealed class Linker
{
    private const int MostSearches = 50;
    private readonly ParsedSource[] _sources;
    private readonly string[] _paths; // of the sources, each behind as many characters of its root
    private readonly int _root;
    private readonly DiagnosticBag _diagnostics;
    private readonly Dictionary<string, int> _byId; // those that the front matter gives
    private readonly Lazy<ILookup<string, int>> _byName;
    private int _searches;

    private Linker(ParsedSource[] sources, DiagnosticBag diagnostics)
    {
        _sources = sources;
        var areBelow = Array.TrueForAll(sources, s => s.File.IsBelowRoot);
        _paths = Array.ConvertAll(sources, s => areBelow ? s.File.FullPath : s.File.RelativePath);
        _root = areBelow && sources.Length > 0 ? sources[0].File.FullPath.Length - sources[0].File.Relative.Length : 0;
        _diagnostics = diagnostics;
        _byId = new Dictionary<string, int>(StringComparer.Ordinal);
        _byName = new(() => Enumerable.Range(0, sources.Length).ToLookup(i => sources[i].File.Name.ToString(), StringComparer.Ordinal));
        for (var i = 0; i < sources.Length; i++)
        {
            if (sources[i].Unit?.FrontMatter.Id is not { } id || id == sources[i].File.PathId)
            {
                continue;
            }

            var first = ByPath(id, i);
            if (first >= 0 || !_byId.TryAdd(id, i))
            {
                ReportDuplicateId(sources[i], sources[_byId.GetValueOrDefault(id, first)]);
            }
        }
    }

    public static LinkGraph Link(ParsedSource[] sources, DiagnosticBag diagnostics, ParallelOptions parallel)
    {
        var linker = new Linker(sources, diagnostics);
        var units = ImmutableArray.CreateBuilder<QaUnit>(sources.Length);
        var unitOf = new int[sources.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            unitOf[i] = sources[i].Unit is null ? -1 : units.Count;
            if (sources[i].Unit is { } unit)
            {
                units.Add(unit);
            }
        }

        var links = new Links?[sources.Length];
        Chunks.For(sources.Length, parallel, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                links[i] = sources[i].Related is { Text.Length: > 0 } related && !Vocabulary.Default.SaysNone(related.Text) ? linker.LinksOf(i, related) : null;
            }
        });

        var parents = new List<IReadOnlyList<int>>(units.Count);
        for (var i = 0; i < sources.Length; i++)
        {
            if (links[i] is { } some)
            {
                linker.Report(i, some);
            }

            if (unitOf[i] >= 0)
            {
                parents.Add(links[i] is { } named ? UnitsOf(named.Parents, unitOf) : []);
            }
        }

        var graph = new LinkGraph(units.DrainToImmutable(), parents);
        ReportEasierFollowUps(graph, diagnostics);
        return graph;
    }

    private static IReadOnlyList<int> UnitsOf(IReadOnlyList<int> sources, int[] unitOf)
    {
        if (sources.Count < 2)
        {
            return sources.Count > 0 && unitOf[sources[0]] is >= 0 and var only ? [only] : [];
        }

        var units = new List<int>(sources.Count);
        foreach (var source in sources)
        {
            if (unitOf[source] >= 0 && !units.Contains(unitOf[source]))
            {
                units.Add(unitOf[source]);
            }
        }

        return units;
    }

    private void ReportDuplicateId(ParsedSource later, ParsedSource earlier)
    {
        var (line, column) = later.Unit!.FrontMatter.PlaceOf("#/id");
        _diagnostics.Add(Rule.DuplicateId, new Location(later.File.FullPath, line, column), later.Id, earlier.File.RelativePath);
    }

    private Links LinksOf(int index, SectionText related)
    {
        if (Sibling(References.Only(related.Text), index) is >= 0 and var sibling && sibling != index)
        {
            return new Links([sibling], []);
        }

        return AllLinksOf(index, related);
    }

    private Links AllLinksOf(int index, SectionText related)
    {
        var (parents, faulty) = (new List<int>(), new List<Reference>());
        var folder = _sources[index].File.Folder.ToString();
        foreach (var reference in References.In(related, Vocabulary.Default, t => Resolve(t, folder, index).Length > 0))
        {
            if (Resolve(reference.Target, folder, index) is [var only] && only != index)
            {
                parents.Add(only);
            }
            else
            {
                faulty.Add(reference);
            }
        }

        return new Links(parents, faulty);
    }

    /// <summary>The source beside another that a bare name names; -1 when none does. As <see cref="Resolve"/> tells it, without a string for each path.</summary>
    private int Sibling(ReadOnlySpan<char> target, int index)
    {
        const int Usual = 512;
        var name = target.EndsWith(".md", StringComparison.OrdinalIgnoreCase) ? target[..^3] : target;
        var folder = _sources[index].File.Folder;
        if (name.Contains('/') || name is "" or "." or ".." || folder.IsEmpty || folder.Length + name.Length >= Usual)
        {
            return -1;
        }

        Span<char> path = stackalloc char[Usual];
        folder.CopyTo(path);
        path[folder.Length] = '/';
        name.CopyTo(path[(folder.Length + 1)..]);
        return ByPath(path[..(folder.Length + 1 + name.Length)], index);
    }

    private void Report(int index, Links links)
    {
        foreach (var reference in links.Faulty)
        {
            var folder = _sources[index].File.Folder.ToString();
            var location = new Location(_sources[index].File.FullPath, reference.Line, reference.Column);
            switch (Resolve(reference.Target, folder, index))
            {
                case []:
                    _diagnostics.Add(Rule.DanglingLink, location, reference.Target, Nearby(reference.Target, folder));
                    break;
                case [_]:
                    _diagnostics.Add(Rule.SelfLink, location, reference.Target);
                    break;
                case var several:
                    _diagnostics.Add(Rule.AmbiguousLink, location, reference.Target, string.Join(", ", several.Select(s => _sources[s].File.RelativePath).Order(StringComparer.Ordinal).Take(5)));
                    break;
            }
        }
    }

    /// <summary>Sources that <paramref name="target"/> may name: by path from the folder, by path from the root, by id, by bare name anywhere.</summary>
    private int[] Resolve(string target, string folder, int near)
    {
        var bare = target.EndsWith(".md", StringComparison.OrdinalIgnoreCase) ? target[..^3] : target;
        if (KbPath.Combine(folder, bare) is { } fromFolder && ByPath(fromFolder, near) is >= 0 and var there)
        {
            return [there];
        }

        if (KbPath.Combine("", bare.TrimStart('/')) is { } fromRoot && ByPath(fromRoot, near) is >= 0 and var found)
        {
            return [found];
        }

        if (_byId.TryGetValue(target, out var byId) || _byId.TryGetValue(bare, out byId))
        {
            return [byId];
        }

        return bare.Contains('/') ? [] : [.. _byName.Value[bare + ".md"]];
    }

    /// <summary>The source whose path below the KB, without its ending, this is; -1 when there is none.</summary>
    private int ByPath(ReadOnlySpan<char> pathId, int near) => SortedPaths.Find(_paths.Length, near, new PathIdOrder(_paths, _root, pathId));

    private object Nearby(string target, string folder)
    {
        // Comparing with every name of a large KB takes a tenth of a second; a KB full of dangling links must not take minutes.
        if (_searches++ >= MostSearches)
        {
            return "";
        }

        var name = target[(target.LastIndexOf('/') + 1)..];
        var beside = _sources.Where(s => s.File.Folder.SequenceEqual(folder)).Select(s => s.File.Name.ToString());
        if (!target.Contains('/') && Nearest.To(name, beside, 3) is { Length: > 0 } near)
        {
            return new Phrase("DidYouMean", string.Join(", ", near));
        }

        return Nearest.Phrase(target, target.EndsWith(".md", StringComparison.Ordinal) ? _sources.Select(s => s.File.RelativePath) : _sources.Select(s => s.Id));
    }

    private static void ReportEasierFollowUps(LinkGraph graph, DiagnosticBag diagnostics)
    {
        for (var unit = 0; unit < graph.Units.Length; unit++)
        {
            var parents = graph.Parents[unit];
            for (var i = 0; i < parents.Count; i++)
            {
                var parent = parents[i];
                var (follower, followed) = (graph.Units[unit], graph.Units[parent]);
                if (follower.Level < followed.Level && !graph.Parents[parent].Contains(unit))
                {
                    diagnostics.Add(
                        Rule.EasierFollowUp,
                        new Location(follower.File.FullPath, follower.Related.BodyLine, 1),
                        follower.Level.Letter(), followed.File.RelativePath, followed.Level.Letter());
                }
            }
        }
    }

    private readonly ref struct PathIdOrder(string[] paths, int root, ReadOnlySpan<char> pathId) : IPathOrder
    {
        private readonly ReadOnlySpan<char> _pathId = pathId;

        public int Compare(int place)
        {
            var path = paths[place].AsSpan(root);
            var shared = Math.Min(path.Length, _pathId.Length);
            for (var i = 0; i < shared; i++)
            {
                if (path[i] != _pathId[i])
                {
                    return path[i] - _pathId[i];
                }
            }

            return path.Length < _pathId.Length ? -1 : path[shared..].SequenceCompareTo(".md");
        }
    }

    /// <summary>What a source's 关联问题 names.</summary>
    /// <param name="Parents">Indices of sources.</param>
    /// <param name="Faulty">References to report.</param>
    private sealed record Links(IReadOnlyList<int> Parents, IReadOnlyList<Reference> Faulty);
}
