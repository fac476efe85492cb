using System.IO.Enumeration;

namespace QaBuild.Dataset.Sources;

/// <summary>The files of a knowledge base, found as the SDK's default items find them.</summary>
/// <param name="Sources">Markdown outside docs/.</param>
/// <param name="Documents">Markdown below docs/.</param>
public sealed record KnowledgeBase(IReadOnlyList<string> Sources, IReadOnlyList<string> Documents)
{
    /// <summary>Finds the files below <paramref name="root"/>; README files, hidden folders, artifacts/ and node_modules/ are passed over.</summary>
    /// <exception cref="IOException">The folder does not exist or cannot be read.</exception>
    public static KnowledgeBase Find(string root)
    {
        var full = Path.GetFullPath(root);
        var documents = Path.Combine(full, "docs") + Path.DirectorySeparatorChar;
        var files = new FileSystemEnumerable<string>(full, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && entry.FileName.EndsWith(".md") && !entry.FileName.StartsWith("README", StringComparison.OrdinalIgnoreCase),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.FileName.StartsWith('.')
                && !(entry.Directory.Length == full.Length && entry.FileName is "artifacts" or "node_modules")
                && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        }.ToLookup(path => path.StartsWith(documents, StringComparison.Ordinal));
        return new KnowledgeBase([.. files[false]], [.. files[true]]);
    }
}
