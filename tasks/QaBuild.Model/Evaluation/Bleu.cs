namespace QaBuild.Model.Evaluation;

/// <summary>
/// BLEU of a whole set of answers (Papineni et al., BLEU: a Method for Automatic Evaluation of Machine Translation, 2002): the geometric mean of the precisions of 1- to
/// 4-grams, times a penalty for answers that are too short together. Chinese is compared by character.
/// </summary>
/// <remarks>
/// An order without a match counts as 1 ÷ (2ᵏ · n-grams), the first such order having k = 1, as sacrebleu's default smoothing has it (Chen and Cherry 2014, method 3);
/// orders longer than all answers are left out (sacrebleu's effective order), since answers may be of one word.
/// </remarks>
public static class Bleu
{
    private const int Orders = 4;

    /// <summary>In [0, 1]; 0 when nothing at all is shared.</summary>
    /// <param name="pairs">What was expected and what was given.</param>
    public static double Of(IReadOnlyCollection<(string Expected, string Given)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var (matches, totals) = (new long[Orders], new long[Orders]);
        var (expectedLength, givenLength) = (0L, 0L);
        foreach (var (expected, given) in pairs)
        {
            var (x, y) = (MetricTokens.Of(expected), MetricTokens.Of(given));
            expectedLength += x.Count;
            givenLength += y.Count;
            for (var order = 1; order <= Orders; order++)
            {
                var wanted = Grams(x, order);
                totals[order - 1] += Math.Max(0, y.Count - order + 1);

                // A gram counts at most as often as it is wanted.
                matches[order - 1] += Grams(y, order).Sum(g => (long)Math.Min(g.Value, wanted.GetValueOrDefault(g.Key)));
            }
        }

        if (matches[0] == 0)
        {
            return 0;
        }

        var (logarithms, halved) = (0.0, 1.0);
        var orders = totals.Count(t => t > 0);
        for (var i = 0; i < orders; i++)
        {
            halved = matches[i] == 0 ? halved * 2 : halved;
            logarithms += Math.Log(matches[i] == 0 ? 1 / (halved * totals[i]) : (double)matches[i] / totals[i]);
        }

        var penalty = givenLength < expectedLength ? Math.Exp(1 - ((double)expectedLength / givenLength)) : 1;
        return penalty * Math.Exp(logarithms / orders);
    }

    private static Dictionary<string, int> Grams(IReadOnlyList<string> tokens, int order)
    {
        var grams = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i + order <= tokens.Count; i++)
        {
            // No token holds a blank.
            var gram = string.Join(' ', tokens.Skip(i).Take(order));
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }
}
