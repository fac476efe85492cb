namespace QaBuild.Dataset.Sources;

/// <summary>Paths below the KB, with <c>/</c>.</summary>
internal static class KbPath
{
    /// <summary>A path from a folder, with <c>.</c> and <c>..</c> taken out, or null when it leaves the KB.</summary>
    public static string? Combine(string folder, string path)
    {
        if (!path.Contains('/') && path is not (".." or "." or ""))
        {
            return folder.Length == 0 ? path : $"{folder}/{path}";
        }

        var parts = new List<string>(folder.Length == 0 ? [] : folder.Split('/'));
        foreach (var part in path.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    return null;
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
