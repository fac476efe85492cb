namespace QaBuild.Dataset.Analysis.Duplicates;

/// <summary>What makes two units duplicates.</summary>
internal enum DuplicateKind
{
    /// <summary>A question, but for case, blanks, punctuation and character forms.</summary>
    SameQuestion,

    /// <summary>Questions that are alike.</summary>
    Question,

    /// <summary>Questions with their answers that are alike.</summary>
    Pair,

    /// <summary>A long answer.</summary>
    SameAnswer,

    /// <summary>What the questions mean, by an embedding model.</summary>
    Meaning,
}

/// <summary>Two units that are, or may be, one too many.</summary>
/// <param name="Kind">Why.</param>
/// <param name="First">A wording of the unit with the smaller index.</param>
/// <param name="Second">A wording of the other.</param>
/// <param name="Score">0 to 1.</param>
internal sealed record UnitPair(DuplicateKind Kind, Wording First, Wording Second, double Score)
{
    public static UnitPair Of(DuplicateKind kind, Wording one, Wording other, double score) =>
        one.Unit < other.Unit ? new UnitPair(kind, one, other, score) : new UnitPair(kind, other, one, score);
}
