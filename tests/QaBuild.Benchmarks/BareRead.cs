namespace QaBuild.Benchmarks;

/// <summary>The floor of any compile: all files into memory, in parallel, and nothing else.</summary>
internal static class BareRead
{
    public const string Verb = "read";

    public static void Run(string folder) =>
        Parallel.ForEach(Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories), path => File.ReadAllBytes(path));
}
