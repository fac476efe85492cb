using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Balance;

/// <summary>
/// How one-sided a dataset may be, in percent of its questions. What is balanced depends on what the model is for, so nothing is limited unless the
/// project says so.
/// </summary>
public sealed record BalanceLimits
{
    /// <summary>Nothing is limited.</summary>
    public static BalanceLimits None { get; } = new();

    /// <summary>The share that one job may have.</summary>
    public int MaxShareOfJob { get; init; } = 100;

    /// <summary>The share that one skill may have.</summary>
    public int MaxShareOfSkill { get; init; } = 100;

    /// <summary>The share that one level may have.</summary>
    public int MaxShareOfLevel { get; init; } = 100;

    /// <summary>The share that one language may have.</summary>
    public int MaxShareOfLanguage { get; init; } = 100;

    /// <summary>The share that one opening, such as what or how, may have.</summary>
    public int MaxShareOfOpening { get; init; } = 100;

    /// <summary>The share that answers of about one length may have.</summary>
    public int MaxShareOfAnswerLength { get; init; } = 100;

    /// <summary>The share that questions must have whose answer declines.</summary>
    public int MinShareOfNegatives { get; init; }

    /// <summary>Reports what passes a limit.</summary>
    internal void Check(BalanceTable table, DiagnosticBag diagnostics)
    {
        foreach (var (dimension, property, limit) in ((BalanceDimension, string, int)[])
        [
            (BalanceDimension.Job, nameof(MaxShareOfJob), MaxShareOfJob),
            (BalanceDimension.Skill, nameof(MaxShareOfSkill), MaxShareOfSkill),
            (BalanceDimension.Level, nameof(MaxShareOfLevel), MaxShareOfLevel),
            (BalanceDimension.Language, nameof(MaxShareOfLanguage), MaxShareOfLanguage),
            (BalanceDimension.Opening, nameof(MaxShareOfOpening), MaxShareOfOpening),
            (BalanceDimension.AnswerLength, nameof(MaxShareOfAnswerLength), MaxShareOfAnswerLength),
        ])
        {
            foreach (var entry in table[dimension].Where(e => e.Questions * 100L > (long)table.Questions * limit))
            {
                Add(Having(dimension, entry.Name), entry.Questions, new Phrase("BalanceMore", limit, property));
            }
        }

        if (table.Negatives * 100L < (long)table.Questions * MinShareOfNegatives)
        {
            Add(new Phrase("BalanceNegatives"), table.Negatives, new Phrase("BalanceFewer", MinShareOfNegatives, nameof(MinShareOfNegatives)));
        }

        void Add(Phrase what, int questions, Phrase limit) =>
            diagnostics.Add(Rule.Unbalanced, Location.None, what, questions, table.Questions, Math.Round(questions * 100m / table.Questions, 1), limit);
    }

    private static Phrase Having(BalanceDimension dimension, string name) => dimension switch
    {
        BalanceDimension.Job => new Phrase("BalanceJob", name),
        BalanceDimension.Skill => new Phrase("BalanceSkill", name),
        BalanceDimension.Level => new Phrase("BalanceLevel", name),
        BalanceDimension.Language => new Phrase("BalanceLanguage", name),
        BalanceDimension.Opening => new Phrase("BalanceOpening", name),
        _ => new Phrase("BalanceAnswerLength", name),
    };
}
