using System.Globalization;
using System.Runtime.ExceptionServices;
using QaBuild.Dataset.Analysis.Balance;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset;

/// <summary>A compiled dataset in memory.</summary>
public sealed class Emitted
{
    private readonly Lazy<ReadOnlyMemory<byte>[]> _manifest;
    private readonly Lazy<byte[]> _dropped;

    internal Emitted(IReadOnlyList<DatasetFile> files, Func<ReadOnlyMemory<byte>[]> manifest, Func<byte[]> dropped, BalanceTable balance) =>
        (Files, _manifest, _dropped, Balance) = (files, new(manifest), new(dropped), balance);

    /// <summary>train, valid and test; those of documents after them.</summary>
    public IReadOnlyList<DatasetFile> Files { get; }

    /// <summary>manifest.json in chunks; made when it is first asked for, so that it can be made while files are written.</summary>
    public ReadOnlyMemory<byte>[] Manifest => _manifest.Value;

    /// <summary>dropped.jsonl: what of the sources stands in no row, and why; made as the manifest is.</summary>
    public ReadOnlyMemory<byte> Dropped => _dropped.Value;

    /// <summary>How the questions are spread, as the manifest says it.</summary>
    internal BalanceTable Balance { get; }

    /// <summary>The file of a split's documents, below the dataset's folder.</summary>
    internal static string DocumentFile(Split split) => $"documents/{split.Name()}.jsonl";

    private static IEnumerable<string> DocumentFiles => [DocumentFile(Split.Train), DocumentFile(Split.Valid), DocumentFile(Split.Test)];

    /// <summary>The compiler's version.</summary>
    public static string Version => Emission.Manifest.Version;

    private static ReadOnlyMemory<byte>[] ContentOf(DatasetFile file)
    {
        var content = new ReadOnlyMemory<byte>[file.Lines.Count];
        for (var i = 0; i < content.Length; i++)
        {
            content[i] = file.Lines[i].Json;
        }

        return content;
    }

    /// <summary>A line for people: the folder, and rows a file.</summary>
    public string Summary(string folder, CultureInfo culture) =>
        Catalogue.Default.Format(new Phrase("Summary", folder, string.Join(", ", Files.Select(f => $"{f.Name} {f.Lines.Count}"))), culture);

    /// <summary>Writes the files below <paramref name="folder"/>; those whose bytes would not change are not touched.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the files of the last build are intact.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written; the files of the last build are intact.</exception>
    public void WriteTo(string folder)
    {
        using var outputs = new OutputFiles();
        Action[] stages =
        [
            () => outputs.Stage(Path.Combine(folder, "manifest.json"), Manifest),
            .. Files.Select<DatasetFile, Action>(file => () => outputs.Stage(Path.Combine(folder, file.Name), ContentOf(file))),
            () => outputs.Stage(Path.Combine(folder, "dropped.jsonl"), [Dropped]),
        ];
        try
        {
            Chunks.Each(stages.Length, new ParallelOptions { TaskScheduler = TaskScheduler.Default }, i => stages[i]());
        }
        catch (AggregateException e)
        {
            // What keeps one file from being written mostly keeps all.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        outputs.Commit();
        foreach (var stale in DocumentFiles.Except(Files.Select(f => f.Name)).Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            File.Delete(stale);
        }
    }
}
