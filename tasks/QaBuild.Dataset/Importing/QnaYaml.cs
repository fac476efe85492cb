using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Importing;

/// <summary>
/// An InstructLab <c>qna.yaml</c> (https://github.com/instructlab/taxonomy), versions 1 to 3: <c>seed_examples</c> with question, answer and perhaps
/// context, or a context with several <c>questions_and_answers</c>.
/// </summary>
internal sealed class QnaYaml
{
    private static readonly string[] Known = ["version", "created_by", "domain", "task_description", "document_outline", "document", "seed_examples"];
    private static readonly string[] Roots = ["knowledge", "compositional_skills", "foundational_skills"];
    private readonly JObject _root;
    private readonly EosTokens _eos;

    private QnaYaml(JObject root, EosTokens eos) => (_root, _eos) = (root, eos);

    /// <summary>What the file calls its field, or null.</summary>
    public string? Domain => Text(_root["domain"]);

    /// <summary>Whether a file's first characters look like one.</summary>
    public static bool Recognises(ReadOnlySpan<char> start) => start.StartsWith("seed_examples:") || start.IndexOf("\nseed_examples:") >= 0;

    /// <exception cref="NotTakenException">The text is no YAML, or too large, or none of ours.</exception>
    public static QnaYaml Parse(string yaml, string file, EosTokens eos)
    {
        var diagnostics = new DiagnosticBag();
        if (YamlBlock.Read(ImportedText.Of(yaml), file, 0, diagnostics) is not var (json, _))
        {
            var finding = diagnostics.Sorted()[0];
            throw new NotTakenException("ImportYaml", finding.Location.Line, finding.Arguments[0]);
        }

        return json["seed_examples"] is JArray ? new QnaYaml(json, eos) : throw new NotTakenException("ImportNoExamples");
    }

    /// <summary>Job and skill by the file's place in a taxonomy; null for what it does not say.</summary>
    public static (string? Job, string? Skill) Place(string path)
    {
        var folders = (Path.GetDirectoryName(Path.GetFullPath(path)) ?? "").Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        var root = Array.FindLastIndex(folders, f => Roots.Contains(f, StringComparer.Ordinal));
        if (root >= 0 && root + 1 < folders.Length)
        {
            return (root + 2 < folders.Length ? folders[root + 1] : null, folders[^1]);
        }

        return (null, Path.GetFileNameWithoutExtension(path) == "qna" && folders.Length > 0 ? folders[^1] : null);
    }

    /// <summary>The records, each read only when its time comes, since that may throw.</summary>
    public IEnumerable<Func<ImportedRecord>> Records()
    {
        foreach (var example in (JArray)_root["seed_examples"]!)
        {
            if (example is JObject grounded && grounded["questions_and_answers"] is JArray pairs)
            {
                foreach (var pair in pairs)
                {
                    yield return () => Record(pair, grounded, grounded["context"]);
                }
            }
            else
            {
                yield return () => Record(example, null, (example as JObject)?["context"]);
            }
        }
    }

    private ImportedRecord Record(JToken token, JObject? outer, JToken? context)
    {
        var pair = token as JObject ?? throw new NotTakenException("ImportNotAMapping");
        var question = _eos.TakeOff(Text(pair["question"]) ?? "");
        var answer = _eos.TakeOff(Text(pair["answer"]) ?? "");
        if (ImportedText.IsBlank(question))
        {
            throw new NotTakenException("ImportNoQuestion");
        }

        if (ImportedText.IsBlank(answer))
        {
            throw new NotTakenException("ImportNoAnswer");
        }

        var passage = Text(context);
        return new ImportedRecord
        {
            Turns = [new ImportedTurn(question, answer) { Context = ImportedText.IsBlank(passage) ? null : new QuotedContext(passage!, Document()) }],
            Proofreading = Proofreading(),
            LeftOut = [.. Unknown(_root, Known), .. Unknown(pair, ["question", "answer", "context"]), .. outer is null ? [] : Unknown(outer, ["context", "questions_and_answers"])],
        };
    }

    // Who made the file and what for stands where a reviewer reads.
    private string Proofreading() => string.Join('\n', ((string[])["created_by", "task_description", "document_outline"])
        .Select(key => (key, text: string.Join(' ', (Text(_root[key]) ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))))
        .Where(line => line.text.Length > 0)
        .Select(line => $"{line.key}: {line.text}"));

    private string? Document()
    {
        if (_root["document"] is not JObject document || Text(document["repo"]) is not { Length: > 0 } repository)
        {
            return null;
        }

        var commit = Text(document["commit"]) is { Length: > 0 } named ? "@" + named : "";
        var patterns = document["patterns"] is JArray list ? string.Join(", ", list.Select(Text).OfType<string>()) : "";
        return $"{repository}{commit} {patterns}".Trim();
    }

    private static IEnumerable<string> Unknown(JObject mapping, string[] known) =>
        mapping.Properties().Where(p => !known.Contains(p.Name, StringComparer.Ordinal) && p.Value is not JValue { Value: null or "" }).Select(p => p.Name);

    private static string? Text(JToken? token) => (token as JValue)?.Value is string text ? ImportedText.Of(text) : null;
}
