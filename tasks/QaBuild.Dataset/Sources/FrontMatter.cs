using System.Collections.Immutable;
using Newtonsoft.Json.Linq;

namespace QaBuild.Dataset.Sources;

/// <summary>A text and the 1-based line where it stands.</summary>
public sealed record LocatedText(string Text, int Line);

/// <summary>A quoted passage that a question is about.</summary>
/// <param name="Text">The passage.</param>
/// <param name="From">Where it is from; null when not said.</param>
public sealed record QuotedContext(string Text, string? From);

/// <summary>A warning that does not apply to a file.</summary>
/// <param name="Code">For example <c>QA2004</c>.</param>
/// <param name="Reason">Why.</param>
/// <param name="Line">1-based line of the code in the front matter.</param>
/// <param name="Column">1-based.</param>
public sealed record Suppression(string Code, string Reason, int Line, int Column);

/// <summary>What the optional YAML block at the top of a file says; <c>schema/qa.schema.json</c> describes every key.</summary>
public sealed record FrontMatter
{
    /// <summary>No front matter.</summary>
    public static FrontMatter Empty { get; } = new();

#pragma warning disable CS1591 // schema/qa.schema.json describes each key
    public string? Id { get; init; }
    public ImmutableArray<string> Tags { get; init; } = [];
    public ImmutableArray<LocatedText> Paraphrases { get; init; } = [];
    public string? System { get; init; }
    public QuotedContext? Context { get; init; }
    public bool Negative { get; init; }
    public Splitting.Split? Split { get; init; }
    public int Weight { get; init; } = 1;
    public string? License { get; init; }
    public string? Source { get; init; }
    public ImmutableArray<JObject> Tools { get; init; } = [];
    public ImmutableArray<JObject> Calls { get; init; } = [];
    public ImmutableArray<Suppression> Suppressions { get; init; } = [];
#pragma warning restore CS1591

    /// <summary>1-based places of keys and items, by JSON Schema path such as <c>#/tags[0]</c>.</summary>
    internal IReadOnlyDictionary<string, (int Line, int Column)> Places { get; init; } = new Dictionary<string, (int, int)>();

    /// <summary>The block as JSON, for the schema; null when there is none.</summary>
    internal JObject? Json { get; init; }

    /// <summary>The place of the nearest thing that stands at <paramref name="path"/>.</summary>
    internal (int Line, int Column) PlaceOf(string path)
    {
        for (var at = path; at.Length > 1; at = at[..Math.Max(at.LastIndexOfAny(['/', '.', '[']), 1)])
        {
            if (Places.TryGetValue(at, out var place))
            {
                return place;
            }
        }

        return (1, 1);
    }
}
