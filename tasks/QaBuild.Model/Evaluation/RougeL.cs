namespace QaBuild.Model.Evaluation;

/// <summary>
/// ROUGE-L: how much of two texts is the same in the same order (Lin, ROUGE: A Package for Automatic Evaluation of Summaries, 2004, section 3.1, with β = 1, and words in
/// lower case as Google's rouge_score has them).
/// </summary>
public static class RougeL
{
    /// <summary>
    /// F = 2 P R ÷ (P + R) with P = LCS ÷ tokens of <paramref name="given"/> and R = LCS ÷ tokens of <paramref name="expected"/>, in [0, 1]. Two texts without a token are the
    /// same: 1.
    /// </summary>
    public static double Of(string expected, string given)
    {
        var (x, y) = (Lower(expected), Lower(given));
        if (x.Length == 0 || y.Length == 0)
        {
            return x.Length == y.Length ? 1 : 0;
        }

        // P = l ÷ y and R = l ÷ x make F = 2 l ÷ (x + y).
        return 2.0 * LongestCommonSubsequence(x, y) / (x.Length + y.Length);
    }

    private static string[] Lower(string text) => [.. MetricTokens.Of(text).Select(t => t.ToLowerInvariant())];

    private static int LongestCommonSubsequence(string[] x, string[] y)
    {
        var row = new int[y.Length + 1];
        foreach (var token in x)
        {
            var diagonal = 0;
            for (var j = 0; j < y.Length; j++)
            {
                var above = row[j + 1];
                row[j + 1] = token == y[j] ? diagonal + 1 : Math.Max(above, row[j]);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
