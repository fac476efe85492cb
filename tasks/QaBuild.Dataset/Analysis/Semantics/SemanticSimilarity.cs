using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>
/// How alike two texts are in meaning: half by the cosine of their embeddings, half by their wording. The one knows synonyms, the other knows names and word
/// order; together they are better than either.
/// </summary>
internal static class SemanticSimilarity
{
    /// <summary>At or above: questions that a person takes for the same in three of four cases, and more in texts of one subject.</summary>
    public const double DefaultThreshold = 0.75;

    private const double ShareOfMeaning = 0.5;

    /// <summary>The similarity from the cosine and <see cref="TextSimilarity"/>.</summary>
    public static double Of(double meaning, double wording) => (ShareOfMeaning * Math.Max(0, meaning)) + ((1 - ShareOfMeaning) * wording);

    /// <summary>The least cosine with which texts can reach a similarity, if their wording has at most this one.</summary>
    public static double LeastMeaning(double similarity, double mostWording) => (similarity - ((1 - ShareOfMeaning) * mostWording)) / ShareOfMeaning;

    /// <summary>Whether texts differ in a number, a version, a negation, a name or by an opposite: then they do not mean the same however alike they are.</summary>
    public static bool AreTwins(TextSignature a, TextSignature b)
    {
        var shared = TextSimilarity.Shared(a.Features, b.Features);
        var all = a.Weight + b.Weight - shared;
        return a.Facts != b.Facts || (all > 0 && TextSimilarity.Of(a, b) < (double)shared / all);
    }
}
