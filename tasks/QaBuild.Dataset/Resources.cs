namespace QaBuild.Dataset;

/// <summary>The files of <c>schema/</c>, which this assembly carries.</summary>
internal static class Resources
{
    public static byte[] Read(string name)
    {
        using var stream = typeof(Resources).Assembly.GetManifestResourceStream("schema/" + name)
            ?? throw new InvalidOperationException($"The resource schema/{name} is missing.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
