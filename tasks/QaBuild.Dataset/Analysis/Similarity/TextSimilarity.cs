namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>
/// How alike two texts are, 0 to 1: the weighted Jaccard measure of their features, cut where facts tell a text from its twin of the same template.
/// Facts never raise it, so that a join by features misses nothing.
/// </summary>
internal static class TextSimilarity
{
    /// <summary>
    /// At or above: an edit of a word in a long question, other punctuation, another order, another form of address. Of what is found so, more than nine in ten
    /// mean the same on four of five labelled sets; on the fifth hardly anything is found.
    /// </summary>
    public const double ErrorThreshold = 0.88;

    /// <summary>At or above: an edit of a word in nearly any question. On the same four sets three in four or more mean the same, on the fifth one in two.</summary>
    public const double WarnThreshold = 0.7;

    /// <summary>
    /// The similarity of texts that are the same but for a number, a version, a negation, a name or an opposite: below any threshold one would warn at.
    /// </summary>
    public const double MostOfTwins = 0.6;

    /// <summary>The most that texts are alike of which one may have a slip in a name: a warning, as it may be another name too.</summary>
    public const double MostOfMisspelt = 0.85;

    // A twin's names are what it differs in; texts that also differ in much else are told apart by that.
    private const double MostOfTheDifference = 0.85;

    /// <summary>The similarity of two signatures of the same kind.</summary>
    public static double Of(TextSignature a, TextSignature b)
    {
        var shared = Shared(a.Features, b.Features);
        var similarity = Of(a, b, shared);
        return a.Facts == b.Facts ? similarity : AsTwins(similarity);
    }

    /// <summary>The same for texts with the same numbers that are negated alike, and whose shared weight is known.</summary>
    internal static double Of(TextSignature a, TextSignature b, int shared)
    {
        var all = a.Weight + b.Weight - shared;
        if (all == 0)
        {
            return 0;
        }

        var similarity = (double)shared / all;
        if (a.Ends.Contradict(b.Ends) || a.Directions.Contradict(b.Directions))
        {
            similarity = AsTwins(similarity);
        }

        var modifiers = Modifiers(a, b);
        var names = a.WeightOfNamesMissingIn(b) + b.WeightOfNamesMissingIn(a) + modifiers;
        if (names == 0 || names < MostOfTheDifference * (all - shared))
        {
            return similarity;
        }

        return modifiers == 0 && a.HasOnlySlipsOf(b) && b.HasOnlySlipsOf(a) ? Math.Min(similarity, MostOfMisspelt) : AsTwins(similarity);
    }

    // "the column" may be "the amount column", and is not "the date column".
    private static int Modifiers(TextSignature a, TextSignature b)
    {
        var (here, there) = (a.WeightOfModifiersMissingIn(b), b.WeightOfModifiersMissingIn(a));
        return here > 0 && there > 0 ? here + there : 0;
    }

    // The more alike two texts are otherwise, the more a fact tells.
    private static double AsTwins(double similarity) => similarity * (1 - ((1 - MostOfTwins) * similarity));

    internal static int Shared(ReadOnlySpan<uint> a, ReadOnlySpan<uint> b)
    {
        int i = 0, j = 0, shared = 0;
        while (i < a.Length && j < b.Length)
        {
            var (x, y) = (a[i], b[j]);
            if (x == y)
            {
                shared += Feature.Weight(x);
            }

            i += x <= y ? 1 : 0;
            j += y <= x ? 1 : 0;
        }

        return shared;
    }
}
