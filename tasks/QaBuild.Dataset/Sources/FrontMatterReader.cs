using System.Collections.Immutable;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Sources;

/// <summary>Reads the optional YAML block at the top of a file.</summary>
internal static class FrontMatterReader
{
    /// <summary>The front matter, <see cref="FrontMatter.Empty"/> when there is none, or null when it has an error.</summary>
    public static FrontMatter? Read(ReadOnlySpan<char> text, string file, DiagnosticBag diagnostics, out int bodyStart, out int bodyLine)
    {
        (bodyStart, bodyLine) = (0, 1);
        if (!text.StartsWith("---") || !LineAt(text, 0, out var next).TrimEnd().SequenceEqual("---"))
        {
            return FrontMatter.Empty;
        }

        var start = next;
        for (var line = 2; next < text.Length; line++)
        {
            var at = next;
            var content = LineAt(text, at, out next).TrimEnd();
            if (content is "---" or "...")
            {
                (bodyStart, bodyLine) = (next, line + 1);
                return YamlBlock.Read(text[start..at].ToString(), file, 1, diagnostics) is var (json, places) ? Read(json, places, file, diagnostics) : null;
            }
        }

        diagnostics.Add(Rule.FrontMatterUnclosed, new Location(file, 1, 1));
        (bodyStart, bodyLine) = (start, 2);
        return null;
    }

    private static ReadOnlySpan<char> LineAt(ReadOnlySpan<char> text, int at, out int next)
    {
        var length = text[at..].IndexOf('\n');
        next = length < 0 ? text.Length : at + length + 1;
        return length < 0 ? text[at..] : text.Slice(at, length);
    }

    private static FrontMatter Read(JObject json, IReadOnlyDictionary<string, (int Line, int Column)> places, string file, DiagnosticBag diagnostics)
    {
        // Values of another type than the schema wants read as absent here; the schema reports them.
        var front = new FrontMatter { Json = json, Places = places };
        return front with
        {
            Id = Text(json["id"]),
            Tags = [.. Items(json["tags"]).Select(Text).OfType<string>()],
            Paraphrases = [.. Items(json["paraphrases"]).Select((t, i) => (Text: Body(t), Place: front.PlaceOf($"#/paraphrases[{i}]")))
                .Where(p => p.Text is not null).Select(p => new LocatedText(p.Text!, p.Place.Line))],
            System = Body(json["system"]),
            Context = json["context"] is JObject context && Body(context["text"]) is { } passage ? new QuotedContext(passage, Text(context["from"])) : null,
            Negative = json["negative"] is JValue { Value: true },
            Split = Splits.Parse(Text(json["split"])),
            Weight = json["weight"] is JValue { Value: long weight and >= 1 and <= 100 } ? (int)weight : 1,
            License = Text(json["license"]),
            Source = Text(json["source"]),
            Tools = [.. Items(json["tools"]).OfType<JObject>()],
            Calls = [.. Items(json["calls"]).OfType<JObject>()],
            Suppressions = [.. Suppressions(json["suppress"], front, file, diagnostics)],
        };
    }

    private static IEnumerable<Suppression> Suppressions(JToken? token, FrontMatter front, string file, DiagnosticBag diagnostics)
    {
        var index = 0;
        foreach (var item in Items(token))
        {
            var (line, column) = front.PlaceOf($"#/suppress[{index++}].code");
            if (item is not JObject entry || Text(entry["code"]) is not { } code || Text(entry["reason"]) is not { Length: > 0 } reason)
            {
                continue;
            }

            var known = Catalogue.Default.Find(code);
            if (known is not { CanBeSuppressed: true })
            {
                diagnostics.Add(Rule.BadSuppression, new Location(file, line, column), code, new Phrase(known is null ? "CodeUnknown" : "CodeIsError"));
                continue;
            }

            yield return new Suppression(known.Code, reason, line, column);
        }
    }

    private static IEnumerable<JToken> Items(JToken? token) => token as JArray ?? Enumerable.Empty<JToken>();

    private static string? Text(JToken? token) => (token as JValue)?.Value as string;

    private static string? Body(JToken? token) => Text(token) is { } text ? SourceBody.Normalize(text) : null;
}
