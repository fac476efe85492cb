using System.Collections.Concurrent;
using System.IO.Enumeration;

namespace QaBuild.Dataset.Sources;

/// <summary>Tells whether a file, symbolic links followed, lies below a root: a pull request's links must not read the machine's files.</summary>
internal sealed class ResolvedRoot(string root)
{
    private readonly string _named = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    private readonly ConcurrentDictionary<string, Folder> _folders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _canonical = new(StringComparer.Ordinal);
    private readonly Folder?[] _last = new Folder?[64]; // of each thread, or of one that shares its place
    private string? _real;

    /// <summary>Whether the folder of <paramref name="path"/> lies below the root.</summary>
    /// <exception cref="IOException">A link cannot be followed, or leads in a circle.</exception>
    public bool HoldsFolderOf(string path) => FolderOf(path).IsHeld;

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

    /// <summary>Whether a file that was no link at <paramref name="since"/> (UTC ticks) is none now, and lies below the root.</summary>
    /// <exception cref="IOException">A link cannot be followed, or leads in a circle.</exception>
    public bool HoldsPlain(string path, long since)
    {
        // Putting a link in a file's place changes the folder.
        var folder = FolderOf(path);
        return folder.IsHeld && (folder.Time < since || !folder.HasLink(path));
    }

    // Files come folder by folder, and a folder is listed sooner than each of its files is looked at.
    private Folder FolderOf(string path)
    {
        ref var last = ref _last[Environment.CurrentManagedThreadId % _last.Length];
        if (last is not { } found || !found.IsOf(path))
        {
            last = found = _folders.GetOrAdd(Path.GetDirectoryName(path)!, name => new Folder(name, Below(Canonical(name))));
        }

        return found;
    }

    private bool Below(string path)
    {
        _real ??= Canonical(_named);
        return path.StartsWith(_real, StringComparison.Ordinal)
            && (path.Length == _real.Length || path[_real.Length] == Path.DirectorySeparatorChar || Path.EndsInDirectorySeparator(_real));
    }

    private string Canonical(string path) => _canonical.GetOrAdd(path, FindCanonical);

    private string FindCanonical(string path)
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
    private sealed class Folder(string path, bool isHeld)
    {
        private readonly Lazy<HashSet<string>> _links = new(() => isHeld ? LinksIn(path) : []);

        public bool IsHeld => isHeld;

        public long Time { get; } = Directory.GetLastWriteTimeUtc(path).Ticks;

        public bool IsOf(string file) =>
            file.Length > path.Length && file[path.Length] == Path.DirectorySeparatorChar && file.StartsWith(path, StringComparison.Ordinal) && file.LastIndexOf(Path.DirectorySeparatorChar) == path.Length;

        public bool HasLink(string file) => _links.Value.Count > 0 && _links.Value.Contains(Path.GetFileName(file));

        private static HashSet<string> LinksIn(string folder)
        {
            var links = new HashSet<string>(StringComparer.Ordinal);
            if (Directory.Exists(folder) && Count(folder, 0) > Count(folder, FileAttributes.ReparsePoint))
            {
                links.UnionWith(new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.FileName.ToString(), new EnumerationOptions { AttributesToSkip = 0 })
                {
                    ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
                });
            }

            return links;
        }

        // The attributes of an entry take a call of the system each; whether it is a link stands in the listing.
        private static int Count(string folder, FileAttributes skipped) =>
            new FileSystemEnumerable<string>(folder, (ref FileSystemEntry _) => "", new EnumerationOptions { AttributesToSkip = skipped }).Count();
    }
}
