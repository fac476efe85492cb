using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Review.Git;

/// <summary>The files of a folder at a commit.</summary>
internal sealed class GitTree(GitRepository repository, string id, CancellationToken cancellation)
{
    private const int LongestPath = 4096;

    /// <summary>
    /// Writes the files below a folder that does not exist yet. Only Markdown is written with its content; of other files it counts that they are there. What is no
    /// plain file, and what has a path that would not stay below the folder, is left out and reported.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be written, or git ended.</exception>
    /// <exception cref="GitFaultException">Git cannot read the tree.</exception>
    public void WriteTo(string folder, DiagnosticBag diagnostics)
    {
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        Directory.CreateDirectory(root);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        using var blobs = new GitBlobs(repository, cancellation);
        foreach (var (mode, hash, path) in Entries())
        {
            var isMarkdown = path.EndsWith(".md", StringComparison.Ordinal);
            if (mode is not ("100644" or "100755" or "100664") || !StaysBelow(path))
            {
                if (isMarkdown || !StaysBelow(path))
                {
                    diagnostics.Add(Rule.TreeEntrySkipped, Location.None, path, mode switch
                    {
                        "120000" => new Phrase("TreeLink"),
                        "160000" => new Phrase("TreeModule"),
                        _ => new Phrase("TreePath"),
                    });
                }

                continue;
            }

            var target = Path.GetFullPath(Path.Combine(root, path));
            if (!target.StartsWith(root, StringComparison.Ordinal))
            {
                diagnostics.Add(Rule.TreeEntrySkipped, Location.None, path, new Phrase("TreePath"));
                continue;
            }

            var parent = Path.GetDirectoryName(target)!;
            if (folders.Add(parent))
            {
                Directory.CreateDirectory(parent);
            }

            File.WriteAllBytes(target, isMarkdown ? blobs.Read(hash, SourceReader.LargestFile) ?? [] : []);
        }
    }

    // `<mode> <type> <hash>\t<path>\0`, the path as it is.
    private IEnumerable<(string Mode, string Hash, string Path)> Entries()
    {
        using var git = repository.Start("ls-tree", "-r", "-z", "--full-tree", id);
        git.Input.Close();
        using var output = new BufferedStream(git.Output, 1 << 16);
        var entry = new List<byte>(256);
        for (int b; (b = output.ReadByte()) >= 0;)
        {
            if (b != 0)
            {
                entry.Add((byte)b);
                if (entry.Count > LongestPath + 100)
                {
                    throw new IOException("a path of the tree is too long");
                }

                continue;
            }

            var text = Encoding.UTF8.GetString([.. entry]);
            entry.Clear();
            var tab = text.IndexOf('\t', StringComparison.Ordinal);
            if (tab > 0 && text[..tab].Split(' ') is [var mode, _, var hash])
            {
                yield return (mode, hash, text[(tab + 1)..]);
            }
        }

        if (!git.Ends(out var reason))
        {
            throw new GitFaultException(Rule.GitUnusable, new Phrase("GitSays", reason));
        }
    }

    // Git itself writes no such paths; who crafts objects by hand can.
    private static bool StaysBelow(string path) =>
        path.Length is > 0 and <= LongestPath
        && path.Split('/').All(p => p.Length > 0 && p is not ("." or "..") && !p.Equals(".git", StringComparison.OrdinalIgnoreCase))
        && !path.Contains('\uFFFD')
        && (Path.DirectorySeparatorChar == '/' || !path.AsSpan().ContainsAny('\\', ':'));
}
