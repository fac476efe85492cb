using QaBuild.Dataset.Emission;

namespace QaBuild.Tasks;

/// <summary>The file that a successful compile leaves: its time is the compile's, its text what was compiled and made.</summary>
/// <param name="InputsDigest">Of the inputs' names and the options.</param>
/// <param name="Summary">For people.</param>
/// <param name="Time">When the compile began to read: what changed during it is newer.</param>
internal sealed record DatasetStamp(string InputsDigest, string Summary, DateTime Time)
{
    /// <summary>The stamp, or null when there is none that can be read.</summary>
    public static DatasetStamp? Read(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllLines(path) is [var digest, var summary, ..] ? new DatasetStamp(digest, summary, File.GetLastWriteTimeUtc(path)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public void Write(string path)
    {
        OutputFiles.Write(path, System.Text.Encoding.UTF8.GetBytes($"{InputsDigest}\n{Summary}\n"));
        File.SetLastWriteTimeUtc(path, Time);
    }
}
