using System.Collections.Concurrent;

namespace QaBuild.Dataset.Sources;

/// <summary>Tells whether a file, symbolic links followed, lies below a root: a pull request's links must not read the machine's files.</summary>
internal sealed class ResolvedRoot(string root)
{
    private readonly string _named = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    private readonly ConcurrentDictionary<string, bool> _holds = new(StringComparer.Ordinal);
    private string? _real;

    /// <summary>Whether <paramref name="path"/> lies below the root; <paramref name="target"/> is where it leads.</summary>
    /// <exception cref="IOException">A link cannot be followed, or leads in a circle.</exception>
    public bool Holds(string path, out string target)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is null)
        {
            target = path;
            return HoldsFolderOf(path);
        }

        target = Canonical(info.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        return Below(target);
    }

    /// <summary>Whether the folder of <paramref name="path"/>, symbolic links followed, lies below the root.</summary>
    /// <exception cref="IOException">A link cannot be followed, or leads in a circle.</exception>
    public bool HoldsFolderOf(string path) => _holds.GetOrAdd(Path.GetDirectoryName(path)!, folder => Below(Canonical(folder)));

    private bool Below(string path)
    {
        _real ??= Canonical(_named);
        return path.StartsWith(_real, StringComparison.Ordinal)
            && (path.Length == _real.Length || path[_real.Length] == Path.DirectorySeparatorChar || Path.EndsInDirectorySeparator(_real));
    }

    private static string Canonical(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        var info = new DirectoryInfo(path);
        return info.LinkTarget is null
            ? Path.Combine(Canonical(parent), info.Name)
            : Canonical(info.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }
}
