using System.Collections.Concurrent;
using System.IO.Enumeration;

namespace QaBuild.Dataset.Sources;

/// <summary>Tells whether a file, symbolic links followed, lies below a root: a pull request's links must not read the machine's files.</summary>
internal sealed class ResolvedRoot(string root)
{
    private readonly string _named = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    private readonly ConcurrentDictionary<string, Folder> _folders = new(StringComparer.Ordinal);
    private string? _real;
    private Folder? _last;

    /// <summary>Whether <paramref name="path"/> lies below the root; <paramref name="target"/> is where it leads.</summary>
    /// <exception cref="IOException">A link cannot be followed, or leads in a circle.</exception>
    public bool Holds(string path, out string target)
    {
        target = path;
        var folder = FolderOf(path);
        if (!folder.HasLink(path))
        {
            return folder.IsHeld;
        }

        target = Canonical(new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        return Below(target);
    }

    /// <summary>Whether <paramref name="path"/> lies below the root and is no link itself.</summary>
    /// <exception cref="IOException">A link cannot be followed, or leads in a circle.</exception>
    public bool HoldsAsFile(string path)
    {
        var folder = FolderOf(path);
        return folder.IsHeld && !folder.HasLink(path);
    }

    // Files come folder by folder, and a folder is listed sooner than each of its files is looked at.
    private Folder FolderOf(string path)
    {
        if (_last is { } last && last.IsOf(path))
        {
            return last;
        }

        var found = _folders.GetOrAdd(Path.GetDirectoryName(path)!, name => new Folder(name, Below(Canonical(name))));
        _last = found;
        return found;
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

    /// <summary>A folder, symbolic links followed, and the names of the links in it.</summary>
    private sealed class Folder
    {
        private readonly string _path;
        private readonly HashSet<string> _links = new(StringComparer.Ordinal);

        public Folder(string path, bool isHeld)
        {
            (_path, IsHeld) = (path, isHeld);
            if (isHeld && Directory.Exists(path) && Count(path, 0) > Count(path, FileAttributes.ReparsePoint))
            {
                _links.UnionWith(new FileSystemEnumerable<string>(path, (ref FileSystemEntry entry) => entry.FileName.ToString(), new EnumerationOptions { AttributesToSkip = 0 })
                {
                    ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
                });
            }
        }

        // The attributes of an entry take a call of the system each; whether it is a link stands in the listing.
        private static int Count(string path, FileAttributes skipped) =>
            new FileSystemEnumerable<string>(path, (ref FileSystemEntry _) => "", new EnumerationOptions { AttributesToSkip = skipped }).Count();

        public bool IsHeld { get; }

        public bool IsOf(string path) =>
            path.Length > _path.Length && path[_path.Length] == Path.DirectorySeparatorChar && path.StartsWith(_path, StringComparison.Ordinal) && path.LastIndexOf(Path.DirectorySeparatorChar) == _path.Length;

        public bool HasLink(string path) => _links.Count > 0 && _links.Contains(Path.GetFileName(path));
    }
}
