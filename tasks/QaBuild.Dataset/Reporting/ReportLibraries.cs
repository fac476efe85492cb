namespace QaBuild.Dataset.Reporting;

/// <summary>What npm restores for a report. This library has no business with networks: whoever makes a report restores first.</summary>
public static class ReportLibraries
{
    /// <summary>The folder's name where the tool chooses it.</summary>
    public const string Folder = "report-libraries";

    /// <summary><c>package.json</c>.</summary>
    public static ReadOnlyMemory<byte> Manifest => PageSource.Bytes("package.json");

    /// <summary><c>package-lock.json</c>.</summary>
    public static ReadOnlyMemory<byte> Lock => PageSource.Bytes("package-lock.json");

    /// <summary>Whether a folder holds them.</summary>
    public static bool AreIn(string folder) => PageLibraries.Files.All(f => File.Exists(Path.Combine(folder, PageLibraries.Modules, f)));
}
