using System.Globalization;
using QaBuild.Dataset.Importing;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Importing;

/// <summary>A KB that files were imported into.</summary>
internal sealed class Imported : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Root => Path.Combine(_folder.Path, "kb");

    public ImportResult Result { get; private set; } = new();

    /// <summary>English, one a line.</summary>
    public string Report => string.Join('\n', Result.Lines(CultureInfo.GetCultureInfo("en")));

    /// <summary>Paths below the KB, in order.</summary>
    public string[] Files => [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>Imports a file of this name and text.</summary>
    public static Imported Of(string text, string name = "set.jsonl", Func<ImportOptions, ImportOptions>? with = null) => new Imported().And(text, name, with);

    public Imported And(string text, string name = "set.jsonl", Func<ImportOptions, ImportOptions>? with = null)
    {
        var options = new ImportOptions(_folder.Write(name, text), Root);
        Result = Importer.Run(with?.Invoke(options) ?? options);
        return this;
    }

    public Imported AndBytes(byte[] bytes, string name)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllBytes(path, bytes);
        Result = Importer.Run(new ImportOptions(path, Root));
        return this;
    }

    public Imported AndFile(string path)
    {
        Result = Importer.Run(new ImportOptions(path, Root));
        return this;
    }

    public string Text(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    public Compiled Compile(params (string Name, string Value)[] options) => Compiled.At(Root, options);

    public void Dispose() => _folder.Dispose();
}
