using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Tells what is a file of the KB, and looks nowhere else.</summary>
internal sealed class KbFiles(string root)
{
    private readonly ResolvedRoot _root = new(root);
    private readonly string _full = Path.GetFullPath(root);

    /// <summary>Whether <paramref name="path"/>, below the KB and with <c>/</c>, is one.</summary>
    public bool Holds(string path)
    {
        try
        {
            var full = Path.Combine(_full, path);
            return !path.Contains('\0') && _root.Holds(full, out _) && File.Exists(full);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
