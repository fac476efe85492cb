using System.Text;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset;

/// <summary>
/// Takes two questions in memory through all stages, so that code is loaded and tables are made when the files come: for a thread that has nothing to do until
/// then. No file is read.
/// </summary>
public static class WarmUp
{
    // Of the usual shape, as nearly all files are: what the others need, they load. What checks look for is there, and nothing that they would report.
    private static readonly (string Name, string Related, string Question, string Answer)[] Samples =
    [
        ("qa_l_1.md", "none", "Which port does `psql` try, and \"where\" is 1234 set?",
            "It tries 5432, see [its page](https://www.postgresql.org).\nIn the URL postgres://user@example.com:1234/db another one is named, and no password: it is asked for."),
        ("qa_m_2.md", "[1](qa_l_1.md)", "How are rows removed that no transaction can see any more?",
            "VACUUM marks their space as free. Autovacuum runs it, table by table, when enough of the rows have changed since the last time."),
    ];

    // What these name would be read.
    private static readonly string[] Files = ["BaseModel", "SemanticModel"];

    /// <summary>Does it.</summary>
    /// <param name="settings">The project's options: what they switch off is not loaded.</param>
    public static void Run(IReadOnlyDictionary<string, string> settings) => Compile(settings);

    internal static Compilation Compile(IReadOnlyDictionary<string, string> settings)
    {
        const string Folder = "/job_a/skill_b/";
        var files = new SourceList("/", Array.ConvertAll(Samples, s => Folder + s.Name), []);
        var compilation = new Compilation(files, WithoutFiles(settings), cacheFile: "");
        compilation.Parse(file => Content(Array.Find(Samples, s => file.Name.SequenceEqual(s.Name))));
        compilation.Link();
        compilation.Check();
        compilation.Split();
        _ = compilation.Emit() is { } emitted ? (emitted.Manifest, emitted.Dropped) : default;
        return compilation;
    }

    private static Dictionary<string, string> WithoutFiles(IReadOnlyDictionary<string, string> settings)
    {
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in settings.Keys)
        {
            read[name] = Files.Contains(name, StringComparer.OrdinalIgnoreCase) ? "" : settings[name];
        }

        return read;
    }

    private static byte[] Content((string Name, string Related, string Question, string Answer) sample) => Encoding.UTF8.GetBytes(
        $"## 职业\n\na\n\n## 知识点\n\nb\n\n## 问题难度(l|m|h)\n\n{sample.Name[3]}\n\n## 关联问题\n\n{sample.Related}\n\n## 问题\n\n{sample.Question}\n\n## 答案\n\n{sample.Answer}\n\n## 校对信息\n\nnone\n");
}
