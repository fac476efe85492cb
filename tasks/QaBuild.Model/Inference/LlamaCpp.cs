using System.Runtime.InteropServices;
using QaBuild.Model.Inference.Native;

namespace QaBuild.Model.Inference;

/// <summary>Where llama.cpp's libraries are.</summary>
public static class LlamaCpp
{
    /// <summary>The release whose headers the declarations follow.</summary>
    public const string Release = "0.5.0";

    /// <summary>Names the folder in the environment.</summary>
    public const string FolderVariable = "LLAMACPP_DIR";

    /// <summary>What brings the libraries.</summary>
    internal const string RestoreCommand = "qabuild restore";

    /// <summary>The package of npm that brings the libraries for this machine, or null when there is none.</summary>
    internal static string? Package => (OperatingSystem.IsWindows(), OperatingSystem.IsMacOS(), RuntimeInformation.ProcessArchitecture) switch
    {
        (true, _, Architecture.X64) => "win-x64",
        (true, _, Architecture.Arm64) => "win-arm64",
        (_, true, Architecture.X64) => "mac-x64",
        (_, true, Architecture.Arm64) => "mac-arm64-metal",
        (_, _, Architecture.X64) => "linux-x64",
        (_, _, Architecture.Arm64) => "linux-arm64",
        _ => null,
    };

    /// <summary>The folder of the libraries.</summary>
    /// <param name="folder">Where the user says they are; null or empty when nothing is said.</param>
    /// <exception cref="ModelFaultException"><see cref="ModelFaults.LlamaCppMissing"/>.</exception>
    public static string Locate(string? folder)
    {
        if (string.IsNullOrEmpty(folder))
        {
            folder = Environment.GetEnvironmentVariable(FolderVariable);
        }

        if (!string.IsNullOrEmpty(folder))
        {
            return LibrariesIn(folder) ?? throw Missing(folder, new Reason("LlamaNotInFolder", folder));
        }

        return Find() ?? throw Missing("", new Reason("LlamaNotFound"));
    }

    /// <summary>As <see cref="Locate"/>; what is nowhere is restored with npm.</summary>
    /// <param name="folder">Where the user says they are; null or empty when nothing is said.</param>
    /// <param name="restoring">Hears the folder that they are restored into, before that begins.</param>
    /// <param name="cancellation">Ends npm.</param>
    /// <exception cref="ModelFaultException"><see cref="ModelFaults.LlamaCppMissing"/>.</exception>
    public static async Task<string> LocateOrRestoreAsync(string? folder, Action<string> restoring, CancellationToken cancellation = default)
    {
        if (!string.IsNullOrEmpty(folder) || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(FolderVariable)))
        {
            return Locate(folder);
        }

        var into = LlamaCppRestore.DefaultFolder;
        return Find() ?? await LlamaCppRestore.RunAsync(into, () => restoring(into), cancellation).ConfigureAwait(false);
    }

    /// <summary>The libraries where a restore puts them: beside the tool, or in <c>artifacts</c> of a folder that holds the tool or the current one; or null.</summary>
    public static string? Find() => Places().Select(LibrariesIn).FirstOrDefault(f => f is not null);

    /// <summary>The folder itself when it holds the libraries, or else what npm restored into it; or null.</summary>
    internal static string? LibrariesIn(string folder)
    {
        var full = Path.GetFullPath(folder);
        if (NativeLibraries.Find(full, NativeLibraries.Llama) is not null)
        {
            return full;
        }

        var restored = Package is { } package ? Path.Combine(full, "node_modules", "@node-llama-cpp", package, "bins", package) : null;
        return restored is not null && NativeLibraries.Find(restored, NativeLibraries.Llama) is not null ? restored : null;
    }

    /// <summary>The fault of libraries that are absent or do not fit, with the command that brings them.</summary>
    internal static ModelFaultException Missing(string path, Reason reason) => new(ModelFaults.LlamaCppMissing, path, reason, new Reason("LlamaRestore", RestoreCommand, Release));

    private static IEnumerable<string> Places()
    {
        yield return Path.Combine(AppContext.BaseDirectory, "llama.cpp");
        foreach (var start in new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory })
        {
            for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                yield return Path.Combine(folder, "artifacts", "llama.cpp");
            }
        }

        yield return LlamaCppRestore.DefaultFolder;
    }
}
