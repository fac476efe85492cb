using System.Text.Json;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis;

/// <summary>
/// Two questions, with their answers where these are judged, and what a careful reader says of them: <c>duplicate</c> asks for a warning at least,
/// <c>different</c> for silence, <c>paraphrase</c> for no more than a warning; <c>contradiction</c> and <c>agreeing</c> are about the answers.
/// </summary>
public sealed record HandMadePair(string A, string B, string Language, string Topic, string Kind, string Verdict, string? AnswerA = null, string? AnswerB = null);

internal static class HandMadePairs
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    public static HandMadePair[] All { get; } =
        JsonSerializer.Deserialize<HandMadePair[]>(File.ReadAllText(Repository.Path("tests", "QaBuild.Dataset.Tests", "Analysis", "hand-made-pairs.json")), CamelCase)!;

    public static HandMadePair[] With(params string[] verdicts) => [.. All.Where(p => verdicts.Contains(p.Verdict))];
}
