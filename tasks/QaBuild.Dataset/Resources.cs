namespace QaBuild.Dataset;

/// <summary>Files that this assembly carries: those of <c>schema/</c> and of the report's page.</summary>
internal static class Resources
{
    public static byte[] Read(string name, string folder = "schema")
    {
        using var stream = typeof(Resources).Assembly.GetManifestResourceStream($"{folder}/{name}")
            ?? throw new InvalidOperationException($"The resource {folder}/{name} is missing.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
