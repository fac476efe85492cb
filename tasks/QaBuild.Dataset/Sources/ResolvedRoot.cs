using System.Collections.Concurrent;

namespace QaBuild.Dataset.Sources;

/// <summary>Tells whether a file, symbolic links followed, lies below a root: a pull request's links must not read the machine's files.</summary>
internal sealed class ResolvedRoot(string root)
{
    private readonly string _named = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    private readonly ConcurrentDictionary<string, bool> _holds = new(StringComparer.Ordinal);
    private string? _real;
    private string? _lastHeld;

    /// <summary>Whether <paramref name="file"/> lies below the root; <paramref name="target"/> is where it leads.</summary>
    /// <exception cref="IOException">A link cannot be followed, or leads in a circle.</exception>
    public bool Holds(SourceFile file, out string target)
    {
        if (!file.IsLink)
        {
            target = file.FullPath;
            return HoldsFolderOf(file.FullPath);
        }

        target = Canonical(new FileInfo(file.FullPath).ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        return Below(target);
    }

    /// <summary>Whether the folder of <paramref name="path"/>, symbolic links followed, lies below the root.</summary>
    /// <exception cref="IOException">A link cannot be followed, or leads in a circle.</exception>
    public bool HoldsFolderOf(string path)
    {
        // Files come folder by folder.
        var length = path.LastIndexOf(Path.DirectorySeparatorChar);
        if (_lastHeld is { } last && last.Length == length && path.StartsWith(last, StringComparison.Ordinal))
        {
            return true;
        }

        var folder = Path.GetDirectoryName(path)!;
        var holds = _holds.GetOrAdd(folder, f => Below(Canonical(f)));
        _lastHeld = holds ? folder : _lastHeld;
        return holds;
    }

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
