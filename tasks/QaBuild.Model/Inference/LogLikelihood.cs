namespace QaBuild.Model.Inference;

/// <summary>What logits say of a token.</summary>
public static class LogLikelihood
{
    /// <summary>The natural logarithm of a token's likelihood: its logit less the logarithm of the sum of the exponentials of all.</summary>
    /// <param name="logits">One for each token of the vocabulary.</param>
    /// <param name="token">Which.</param>
    public static double Of(ReadOnlySpan<float> logits, int token)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return logits[token] - largest - Math.Log(sum);
    }
}
