using System.Collections.Immutable;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Importing;

/// <summary>A question and its answer as a record has them.</summary>
/// <param name="Question">Not blank.</param>
/// <param name="Answer">Not blank.</param>
internal sealed record ImportedTurn(string Question, string Answer)
{
    public QuotedContext? Context { get; init; }

    public ImmutableArray<JObject> Calls { get; init; } = [];
}

/// <summary>A record in the terms of qa files: one file a turn.</summary>
internal sealed record ImportedRecord
{
    public required ImmutableArray<ImportedTurn> Turns { get; init; }

    public string? Id { get; init; }

    public string? System { get; init; }

    public string? Source { get; init; }

    public string? License { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    public ImmutableArray<JObject> Tools { get; init; } = [];

    public string Proofreading { get; init; } = "";

    /// <summary>Keys with a value for which there is no place.</summary>
    public ImmutableArray<string> LeftOut { get; init; } = [];

    /// <summary>What was not taken of a record that was.</summary>
    public Phrase? Note { get; init; }
}
