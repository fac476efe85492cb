using System.Security.Cryptography;
using System.Text;

namespace QaBuild.Model.Packaging;

/// <summary>SHA256SUMS: what <c>sha256sum --check</c> reads.</summary>
public static class Checksums
{
    /// <summary>The file's usual name.</summary>
    public const string FileName = "SHA256SUMS";

    /// <summary>Hashes files, one after another: a disk is read faster so.</summary>
    /// <param name="files">Full or relative paths.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>By file name, in order.</returns>
    /// <exception cref="ModelFaultException">QA7003: a file cannot be read.</exception>
    public static async Task<IReadOnlyList<(string Name, long Bytes, string Sha256)>> OfAsync(IEnumerable<string> files, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        var found = new List<(string, long, string)>();
        foreach (var path in files.OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            try
            {
                await using var stream = File.OpenRead(path);
                found.Add((Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false))));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelFaultException(ModelFaults.FileMalformed, path, path, e.Message);
            }
        }

        return found;
    }

    /// <summary>The file's content.</summary>
    public static byte[] ToBytes(IEnumerable<(string Name, long Bytes, string Sha256)> sums) => Encoding.UTF8.GetBytes(string.Concat(sums.Select(s => $"{s.Sha256}  {s.Name}\n")));
}
