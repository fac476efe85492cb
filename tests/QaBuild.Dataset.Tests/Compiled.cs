using System.Globalization;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests;

/// <summary>A small KB, compiled.</summary>
internal sealed class Compiled
{
    private Compiled(Compilation compilation, Emitted? emitted, string root)
    {
        (Compilation, Emitted, Root) = (compilation, emitted, root);
    }

    public Compilation Compilation { get; }

    public Emitted? Emitted { get; }

    public string Root { get; }

    public IReadOnlyList<Diagnostic> Diagnostics => Compilation.Diagnostics;

    public IEnumerable<string> Codes => Diagnostics.Select(d => d.Code);

    /// <summary>English, one a line, with paths below the KB.</summary>
    public string Report => string.Join('\n', Diagnostics.Select(d => d.ToString(CultureInfo.GetCultureInfo("en")).Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)));

    /// <summary>The rows of all splits, without line ends.</summary>
    public string[] Rows => [.. Emitted!.Files.SelectMany(f => f.Lines).Select(r => Encoding.UTF8.GetString(r.Json.Span).TrimEnd('\n'))];

    /// <summary>Compiles files, given by their paths below the KB.</summary>
    public static Compiled Of(IReadOnlyDictionary<string, string> files, params (string Name, string Value)[] options)
    {
        using var folder = new TemporaryFolder();
        foreach (var (path, text) in files)
        {
            folder.Write(path, text);
        }

        return At(folder.Path, options);
    }

    /// <summary>Compiles one file at <c>job_dba/skill_sql/qa_l_001.md</c>.</summary>
    public static Compiled Of(string text, params (string Name, string Value)[] options) => Of(new Dictionary<string, string> { ["job_dba/skill_sql/qa_l_001.md"] = text }, options);

    /// <summary>Compiles a KB on disk.</summary>
    public static Compiled At(string root, params (string Name, string Value)[] options)
    {
        var kb = KnowledgeBase.Find(root);
        var compilation = new Compilation(root, kb.Sources, kb.Documents, options.ToDictionary(o => o.Name, o => o.Value));
        return new Compiled(compilation, compilation.Run(), root);
    }
}
