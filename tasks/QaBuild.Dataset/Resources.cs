using System.Text.Json;

namespace QaBuild.Dataset;

/// <summary>Files that this assembly carries: those of <c>schema/</c> and of the report's page.</summary>
internal static class Resources
{
    /// <summary>The strings of an array.</summary>
    public static string[] Strings(JsonElement array)
    {
        var strings = new string[array.GetArrayLength()];
        for (var i = 0; i < strings.Length; i++)
        {
            strings[i] = array[i].GetString()!;
        }

        return strings;
    }

    public static byte[] Read(string name, string folder = "schema")
    {
        using var stream = typeof(Resources).Assembly.GetManifestResourceStream($"{folder}/{name}")
            ?? throw new InvalidOperationException($"The resource {folder}/{name} is missing.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
