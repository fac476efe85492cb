using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Emission;

/// <summary>A JSONL line and where it came from.</summary>
public sealed record Row
{
    private int _tokens = -1;

    /// <summary>The unit's or document's id; with <c>#2</c> for its second paraphrase or piece.</summary>
    public required string Id { get; init; }

    /// <summary>The source.</summary>
    public required SourceFile File { get; init; }

    /// <summary>The source's path below the KB.</summary>
    public string Source => File.RelativePath;

    /// <summary>1-based line in the source.</summary>
    public required int Line { get; init; }

    /// <summary>The smallest id of those that must share a split.</summary>
    public required string Group { get; init; }

    /// <summary>The split.</summary>
    public required Split Split { get; init; }

    /// <summary>What the source says of itself.</summary>
    public FrontMatter FrontMatter { get; init; } = FrontMatter.Empty;

    /// <summary>How often the row stands in train.</summary>
    public int Weight => FrontMatter.Weight;

    /// <summary>For the curriculum: 0 easy to 2 hard; 3 for documents.</summary>
    public int Difficulty { get; init; }

    /// <summary>Unicode characters of prompt and answer.</summary>
    public required int Characters { get; init; }

    /// <summary>Tokens of its texts by the base model's tokenizer; null when nobody counted them.</summary>
    public int? Tokens
    {
        get => _tokens < 0 ? null : _tokens;
        internal set => _tokens = value ?? -1;
    }

    /// <summary>Whether the answer declines.</summary>
    public bool Negative => FrontMatter.Negative;

    /// <summary>From the front matter.</summary>
    public string? License => FrontMatter.License;

    /// <summary>From the front matter: where the text is from.</summary>
    public string? Provenance => FrontMatter.Source;

    /// <summary>Ids of the other units of a multi-turn conversation.</summary>
    public IReadOnlyList<string> FollowUps { get; init; } = [];

    /// <summary>UTF-8 with the line end.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }
}
