using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace QaBuild.Model.Inference;

/// <summary>
/// Restores llama.cpp's libraries with npm: the packages of <c>package.json</c> in the versions and with the integrity of <c>package-lock.json</c>, which this
/// library carries; no script of a package runs. What has been restored is left as it is, without a network.
/// </summary>
public static class LlamaCppRestore
{
    private const string Manifest = "package.json";
    private const string Lock = "package-lock.json";
    private const string Stamp = "restored.txt";

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(200);

    /// <summary>Where the libraries of this tool belong: <c>artifacts/llama.cpp</c> of the checkout that it was built in, or else the user's own folder.</summary>
    public static string DefaultFolder
    {
        get
        {
            for (var folder = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (Path.GetFileName(folder) == "artifacts")
                {
                    return Path.Combine(folder, "llama.cpp");
                }
            }

            return Path.Combine(LlamaCpp.UserFolder, LlamaCpp.Release);
        }
    }

    /// <summary>Makes <paramref name="folder"/> hold the libraries. Processes that restore the same folder wait for each other.</summary>
    /// <param name="folder">Whatever it held before is replaced.</param>
    /// <param name="beginning">Called when there is work, before it begins.</param>
    /// <param name="cancellation">Ends npm.</param>
    /// <returns>The folder of the libraries themselves.</returns>
    /// <exception cref="ModelFaultException"><see cref="ModelFaults.LlamaCppMissing"/>.</exception>
    public static async Task<string> RunAsync(string folder, Action? beginning = null, CancellationToken cancellation = default)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            using var turn = await WaitForTurn(folder + ".lock", cancellation).ConfigureAwait(false);
            var digest = Digest();
            if (LlamaCpp.LibrariesIn(folder) is { } fresh && File.Exists(Path.Combine(folder, Stamp)) && await File.ReadAllTextAsync(Path.Combine(folder, Stamp), cancellation).ConfigureAwait(false) == digest)
            {
                // A build compares the time of this file with that of the tool.
                File.SetLastWriteTimeUtc(Path.Combine(folder, Stamp), DateTime.UtcNow);
                return fresh;
            }

            beginning?.Invoke();
            var partial = folder + ".partial";
            Remove(partial);
            Directory.CreateDirectory(partial);
            Copy(Manifest, partial);
            Copy(Lock, partial);
            await Npm(partial, cancellation).ConfigureAwait(false);
            if (LlamaCpp.LibrariesIn(partial) is null)
            {
                throw LlamaCpp.Missing(folder, new Reason("LlamaNotForMachine", RuntimeInformation.RuntimeIdentifier));
            }

            await File.WriteAllTextAsync(Path.Combine(partial, Stamp), digest, cancellation).ConfigureAwait(false);
            Remove(folder);
            Directory.Move(partial, folder);
            return LlamaCpp.LibrariesIn(folder)!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LlamaCpp.Missing(folder, new Reason("LlamaFolderUnusable", folder, e.Message));
        }
    }

    private static async Task<FileStream> WaitForTurn(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(Turn, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async Task Npm(string folder, CancellationToken cancellation)
    {
        var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        var start = new ProcessStartInfo(npm, ["ci", "--ignore-scripts", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ModelFaultException(ModelFaults.LlamaCppMissing, "", new Reason("LlamaNoNpm", e.Message), new Reason("LlamaInstallNode", LlamaCpp.Release));
        }

        using (process)
        {
            process.StandardInput.Close();
            var words = new LastWords();
            process.OutputDataReceived += (_, line) => words.Add(line.Data ?? "");
            process.ErrorDataReceived += (_, line) => words.Add(line.Data ?? "");
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            try
            {
                await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            if (process.ExitCode != 0)
            {
                throw LlamaCpp.Missing(folder, new Reason("LlamaNpmFailed", folder, words.Text() is { Length: > 0 } text ? text : ProcessEnd.Reason(process.ExitCode)));
            }
        }
    }

    private static string Digest()
    {
        using var stream = Open(Lock);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static void Copy(string name, string folder)
    {
        using var from = Open(name);
        using var to = File.Create(Path.Combine(folder, name));
        from.CopyTo(to);
    }

    private static Stream Open(string name) => typeof(LlamaCppRestore).Assembly.GetManifestResourceStream("llama.cpp/" + name)!;

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
