using System.Reflection;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>The compiler's MSBuild tasks, built as the repository's own dataset builds them.</summary>
internal static class Tasks
{
    private static readonly Lazy<Task> Build = new(async () =>
    {
        using var build = Command.Dotnet(Repository.Root, null, "msbuild", "Dataset.proj", "-t:BuildTasks", "-nologo", "-tl:off");
        (await build.Ends()).Exits(0);
    });

    /// <summary>Their folder.</summary>
    public static string Folder { get; } = Repository.Path("artifacts", "tasks") + Path.DirectorySeparatorChar;

    /// <summary>The folder of <c>qabuild.dll</c>, built with these tests.</summary>
    public static string ToolFolder { get; } =
        Path.GetDirectoryName(typeof(Tasks).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Tool").Value!) + Path.DirectorySeparatorChar;

    /// <summary>Ends when they are up to date; the first caller builds them.</summary>
    public static Task Ready() => Build.Value;
}
