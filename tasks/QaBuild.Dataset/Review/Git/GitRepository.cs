using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Review.Git;

/// <summary>A commit.</summary>
/// <param name="Name">As the user named it.</param>
/// <param name="Id">Its hash in full.</param>
public sealed record GitCommit(string Name, string Id)
{
    /// <summary>The first characters of the hash, as people quote it.</summary>
    public string ShortId => Id[..12];
}

/// <summary>The repository that a knowledge base stands in. Only objects are read: neither index nor working tree is touched.</summary>
public sealed class GitRepository
{
    private const int ManyNames = 2000;
    private readonly CancellationToken _cancellation;

    private GitRepository(string root, string prefix, CancellationToken cancellation) => (Root, Prefix, _cancellation) = (root, prefix, cancellation);

    /// <summary>The working tree's folder.</summary>
    public string Root { get; }

    /// <summary>The knowledge base's path in it, with <c>/</c> and none at the end; empty for the root.</summary>
    public string Prefix { get; }

    /// <summary>Finds the repository of a folder.</summary>
    /// <exception cref="GitFaultException">There is none, or no git.</exception>
    public static GitRepository Of(string folder, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
        {
            throw new GitFaultException(Rule.GitUnusable, new Phrase("GitNoFolder", folder));
        }

        // A line each: the root, the path below it.
        if (GitProcess.Run(folder, cancellation, out var reason, "rev-parse", "--show-toplevel", "--show-prefix") is not { } found || found.Split('\n') is not [{ Length: > 0 } root, var prefix, ..])
        {
            throw new GitFaultException(Rule.GitUnusable, new Phrase("GitSays", reason));
        }

        return new GitRepository(root.TrimEnd('\r'), prefix.TrimEnd('\r').TrimEnd('/'), cancellation);
    }

    /// <summary>The commit that a branch, a tag or a hash names.</summary>
    /// <exception cref="GitFaultException">It names none.</exception>
    public GitCommit Commit(string name)
    {
        var text = name.Trim();

        // What begins with a dash git would take for an option.
        if (text.Length is 0 or > 1000 || text[0] == '-' || text.Any(char.IsControl))
        {
            throw new GitFaultException(Rule.RefUnknown, text, new Phrase("RefForm"));
        }

        if (Run("rev-parse", "--verify", "--quiet", text + "^{commit}")?.Trim() is { } id && IsHash(id))
        {
            return new GitCommit(text, id);
        }

        throw new GitFaultException(IsShallow ? Rule.HistoryShallow : Rule.RefUnknown, text, IsShallow ? "" : Known(text));
    }

    /// <summary>Whether the clone has only the last commits.</summary>
    public bool IsShallow => Run("rev-parse", "--is-shallow-repository")?.Trim() == "true";

    /// <summary>The files of the knowledge base at a commit; null when there was none.</summary>
    /// <exception cref="GitFaultException">Git cannot read it.</exception>
    internal GitTree? Tree(GitCommit commit) =>
        Run("rev-parse", "--verify", "--quiet", Prefix.Length == 0 ? commit.Id + "^{tree}" : $"{commit.Id}:{Prefix}")?.Trim() is { } tree && IsHash(tree)
            ? new GitTree(this, tree, _cancellation)
            : null;

    /// <summary>What a file, under whatever name, held at the commits that changed it, the last first.</summary>
    /// <param name="path">Below the knowledge base, with <c>/</c>; so are those returned.</param>
    internal IEnumerable<(GitCommit Commit, string Path, byte[] Content)> History(string path)
    {
        const string Longest = "--max-count=500";
        var below = Prefix.Length == 0 ? "" : Prefix + "/";
        var log = Run("log", "--follow", "--format=%H", "--name-only", Longest, "HEAD", "--", below + path) ?? "";
        using var blobs = new GitBlobs(this, _cancellation);
        var commit = "";
        foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (IsHash(line))
            {
                commit = line;
            }
            else if (line.StartsWith(below, StringComparison.Ordinal) && blobs.Read($"{commit}:{line}", SourceReader.LargestFile) is { } content)
            {
                yield return (new GitCommit(commit, commit), line[below.Length..], content);
            }
        }
    }

    internal GitProcess Start(params ReadOnlySpan<string> arguments) => GitProcess.Start(Root, _cancellation, arguments);

    private string? Run(params ReadOnlySpan<string> arguments) => GitProcess.Run(Root, _cancellation, out _, arguments);

    private object Known(string name)
    {
        var all = Run("for-each-ref", $"--count={ManyNames.ToString(CultureInfo.InvariantCulture)}", "--format=%(refname:short)")?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return Nearest.Phrase(name, all) is Phrase near ? near : all.Length == 0 ? "" : new Phrase("RefsAre", string.Join(", ", all.Take(10)));
    }

    private static bool IsHash(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);
}
