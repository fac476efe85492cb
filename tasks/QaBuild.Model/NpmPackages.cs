using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using QaBuild.Model.Inference;

namespace QaBuild.Model;

/// <summary>Packages could not be restored.</summary>
public sealed class NpmException : Exception
{
    /// <summary>Says why.</summary>
    public NpmException(Reason reason)
        : base(reason.ToString()) => Reason = reason;

    /// <summary>A phrase of the catalogue.</summary>
    public Reason Reason { get; }
}

/// <summary>
/// Packages that npm restores in the versions and with the integrity of a lock file; no script of a package runs. What has been restored is left as it is, without
/// a network.
/// </summary>
/// <param name="Manifest"><c>package.json</c>.</param>
/// <param name="Lock"><c>package-lock.json</c>.</param>
/// <param name="AreIn">Whether a folder holds what is wanted of them.</param>
public sealed record NpmPackages(ReadOnlyMemory<byte> Manifest, ReadOnlyMemory<byte> Lock, Predicate<string> AreIn)
{
    private const string Stamp = "restored.txt";
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(200);

    /// <summary>Where a tool keeps such a folder: in <c>artifacts</c> of the checkout that it was built in, or else in a folder of the user's.</summary>
    /// <param name="name">The folder's name.</param>
    /// <param name="release">Which of several releases, for the user's folder.</param>
    public static string DefaultFolder(string name, string release)
    {
        for (var folder = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.GetFileName(folder) == "artifacts")
            {
                return Path.Combine(folder, name);
            }
        }

        return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "qabuild", name, release);
    }

    /// <summary>Makes <paramref name="folder"/> hold the packages. Processes that restore the same folder wait for each other.</summary>
    /// <param name="folder">Whatever it held before is replaced.</param>
    /// <param name="beginning">Called when there is work, before it begins.</param>
    /// <param name="cancellation">Ends npm.</param>
    /// <returns>Whether the folder holds what is wanted: not every package is for every machine.</returns>
    /// <exception cref="NpmException">npm is not there or fails, or the folder cannot be written.</exception>
    public async Task<bool> RestoreAsync(string folder, Action? beginning = null, CancellationToken cancellation = default)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            using var turn = await WaitForTurn(folder + ".lock", cancellation).ConfigureAwait(false);
            var (stamp, digest) = (Path.Combine(folder, Stamp), Convert.ToHexStringLower(SHA256.HashData(Lock.Span)));
            if (AreIn(folder) && File.Exists(stamp) && await File.ReadAllTextAsync(stamp, cancellation).ConfigureAwait(false) == digest)
            {
                return true;
            }

            beginning?.Invoke();
            var partial = folder + ".partial";
            Remove(partial);
            Directory.CreateDirectory(partial);
            await File.WriteAllBytesAsync(Path.Combine(partial, "package.json"), Manifest, cancellation).ConfigureAwait(false);
            await File.WriteAllBytesAsync(Path.Combine(partial, "package-lock.json"), Lock, cancellation).ConfigureAwait(false);
            await Npm(partial, cancellation).ConfigureAwait(false);
            if (!AreIn(partial))
            {
                return false;
            }

            await File.WriteAllTextAsync(Path.Combine(partial, Stamp), digest, cancellation).ConfigureAwait(false);
            Remove(folder);
            Directory.Move(partial, folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NpmException(new Reason("NpmFolderUnusable", folder, e.Message));
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
            throw new NpmException(new Reason("NpmMissing", e.Message));
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
                throw new NpmException(new Reason("NpmFailed", folder, words.Text() is { Length: > 0 } text ? text : ProcessEnd.Reason(process.ExitCode)));
            }
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
