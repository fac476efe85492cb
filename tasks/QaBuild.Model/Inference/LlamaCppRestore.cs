using System.Runtime.InteropServices;

namespace QaBuild.Model.Inference;

/// <summary>Restores llama.cpp's libraries with npm: the packages of <c>package.json</c> and <c>package-lock.json</c>, which this library carries.</summary>
public static class LlamaCppRestore
{
    private static readonly NpmPackages Packages = new(Read("package.json"), Read("package-lock.json"), folder => LlamaCpp.LibrariesIn(folder) is not null);

    /// <summary>Where the libraries of this tool belong: <c>artifacts/llama.cpp</c> of the checkout that it was built in, or else the user's own folder.</summary>
    public static string DefaultFolder => NpmPackages.DefaultFolder("llama.cpp", LlamaCpp.Release);

    /// <summary>Makes <paramref name="folder"/> hold the libraries; see <see cref="NpmPackages.RestoreAsync"/>.</summary>
    /// <param name="folder">Whatever it held before is replaced.</param>
    /// <param name="beginning">Called when there is work, before it begins.</param>
    /// <param name="cancellation">Ends npm.</param>
    /// <returns>The folder of the libraries themselves.</returns>
    /// <exception cref="ModelFaultException"><see cref="ModelFaults.LlamaCppMissing"/>.</exception>
    public static async Task<string> RunAsync(string folder, Action? beginning = null, CancellationToken cancellation = default)
    {
        try
        {
            return await Packages.RestoreAsync(folder, beginning, cancellation).ConfigureAwait(false)
                ? LlamaCpp.LibrariesIn(folder)!
                : throw LlamaCpp.Missing(Path.GetFullPath(folder), new Reason("LlamaNotForMachine", RuntimeInformation.RuntimeIdentifier));
        }
        catch (NpmException e) when (e.Reason.Name == "NpmMissing")
        {
            throw new ModelFaultException(ModelFaults.LlamaCppMissing, "", e.Reason, new Reason("LlamaInstallNode", LlamaCpp.Release));
        }
        catch (NpmException e)
        {
            throw LlamaCpp.Missing(Path.GetFullPath(folder), e.Reason);
        }
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(LlamaCppRestore).Assembly.GetManifestResourceStream("llama.cpp/" + name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
