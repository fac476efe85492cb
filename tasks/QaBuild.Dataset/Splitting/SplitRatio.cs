using System.Globalization;

namespace QaBuild.Dataset.Splitting;

/// <summary>The shares of train, valid and test; they add up to 1.</summary>
/// <param name="Train">0 to 1.</param>
/// <param name="Valid">0 to 1.</param>
/// <param name="Test">0 to 1.</param>
public sealed record SplitRatio(double Train, double Valid, double Test)
{
    /// <summary>80/10/10.</summary>
    public static SplitRatio Default { get; } = new(0.8, 0.1, 0.1);

    /// <summary>The share of a split.</summary>
    public double this[Split split] => split switch { Split.Train => Train, Split.Valid => Valid, _ => Test };

    /// <summary>Reads <c>80/10/10</c> (any three numbers; <c>/</c>, <c>:</c> or <c>,</c> between them), or null.</summary>
    public static SplitRatio? Parse(string text)
    {
        var parts = text.Split('/', ':', ',');
        var values = new decimal[3];
        if (parts.Length != 3)
        {
            return null;
        }

        for (var i = 0; i < 3; i++)
        {
            if (!decimal.TryParse(parts[i].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out values[i]) || values[i] > 1_000_000)
            {
                return null;
            }
        }

        var sum = values.Sum();
        return sum > 0 ? new SplitRatio((double)(values[0] / sum), (double)(values[1] / sum), (double)(values[2] / sum)) : null;
    }

    /// <summary>The split of a fraction in [0, 1).</summary>
    public Split Of(double fraction) => fraction < Train ? Split.Train : fraction < Train + Valid ? Split.Valid : Test > 0 ? Split.Test : Valid > 0 ? Split.Valid : Split.Train;
}
