namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>What two answers to one question disagree in.</summary>
internal enum DifferenceKind
{
    /// <summary>One affirms what the other denies.</summary>
    YesNo,

    /// <summary>A number, with its unit if it has one.</summary>
    Number,

    /// <summary>The version of a program.</summary>
    Version,

    /// <summary>A command, a function, a setting or its value.</summary>
    Command,
}

/// <summary>A place in an answer.</summary>
/// <param name="Start">Offset of the words that differ.</param>
/// <param name="Length">Their length.</param>
/// <param name="Excerpt">They and the clause around them, for a message.</param>
internal sealed record Passage(int Start, int Length, string Excerpt);

/// <summary>
/// A material difference between two answers to nearly the same question. Cautious: both must say something, about the same thing, and not the same.
/// What stands on one side only, such as a further number or command, is detail and no difference; so is other wording.
/// </summary>
/// <param name="Kind">In what they differ.</param>
/// <param name="A">What stands in the first answer.</param>
/// <param name="B">What stands in the second.</param>
internal sealed record AnswerDifference(DifferenceKind Kind, Passage A, Passage B)
{
    /// <summary>The gravest difference, or null when there is none. Takes time in proportion to the texts' length.</summary>
    public static AnswerDifference? Between(string a, string b)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
        {
            return null;
        }

        var (left, right) = (new AnswerText(a), new AnswerText(b));
        return Polarity.Difference(left, right) ?? Quantities.Difference(left, right) ?? Commands.Difference(left, right);
    }
}
