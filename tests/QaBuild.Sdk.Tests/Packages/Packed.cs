using QaBuild.Tests;

namespace QaBuild.Sdk.Tests.Packages;

/// <summary>The three packages, packed once for all tests into a feed of their own.</summary>
internal static class Packed
{
    /// <summary>A folder of packages, which NuGet takes for a source.</summary>
    public static string Feed { get; } = Repository.Path("artifacts", "test-feed");

    private static readonly Lazy<Task<string>> s_pack = new(async () =>
    {
        Directory.CreateDirectory(Feed);
        foreach (var old in Directory.GetFiles(Feed))
        {
            File.Delete(old);
        }

        using var pack = Command.Dotnet(Repository.Root, null, "pack", "Dataset.proj", "-o", Feed, "-nologo", "-tl:off");
        (await pack.Ends()).Exits(0);
        return Path.GetFileName(Directory.GetFiles(Feed, "QaBuild.Sdk.*.nupkg").Single())["QaBuild.Sdk.".Length..^".nupkg".Length];
    });

    /// <summary>The version of all of them; the first caller packs.</summary>
    public static Task<string> Version() => s_pack.Value;
}
