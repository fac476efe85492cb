using System.Reflection;
using System.Runtime.InteropServices;

namespace QaBuild.Model.Inference.Native;

/// <summary>Finds llama.cpp's libraries by their folder: packages name them with their release, Homebrew and own builds without it.</summary>
internal static class NativeLibraries
{
    public const string Llama = "llama";
    public const string Ggml = "ggml";
    public const string GgmlBase = "ggml-base";

    private static string? s_folder;

    private static string Prefix => OperatingSystem.IsWindows() ? "" : "lib";

    private static string Extension => OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so";

    /// <summary>From now on the libraries come from <paramref name="folder"/>; once in a process.</summary>
    public static void LoadFrom(string folder)
    {
        if (Interlocked.CompareExchange(ref s_folder, folder, null) is null)
        {
            NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        }
        else if (s_folder != folder)
        {
            throw new InvalidOperationException($"The libraries come from '{s_folder}' already.");
        }
    }

    /// <summary>The file of a library, or null: <c>libllama.so</c>, <c>libllama.v0.5.0.so</c>, <c>libllama.metal.v0.5.0.dylib</c>, <c>libllama.so.0</c>.</summary>
    public static string? Find(string folder, string name)
    {
        var exact = Path.Combine(folder, Prefix + name + Extension);
        if (File.Exists(exact) || !Directory.Exists(folder))
        {
            return File.Exists(exact) ? exact : null;
        }

        // A name goes on with a dot: 'llama-common' is another library.
        return Directory.EnumerateFiles(folder, Prefix + name + ".*")
            .Where(f => Path.GetFileName(f) is var file && (file.EndsWith(Extension, StringComparison.Ordinal) || file.StartsWith(Prefix + name + Extension + ".", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name is not (Llama or Ggml or GgmlBase))
        {
            return 0;
        }

        var file = Find(s_folder!, name) ?? throw new DllNotFoundException($"{Prefix}{name}{Extension}");
        return NativeLibrary.Load(file);
    }
}
