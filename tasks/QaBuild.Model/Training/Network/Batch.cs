namespace QaBuild.Model.Training.Network;

/// <summary>
/// Sequences laid end to end without padding. Each has positions from 0 and sees only itself, so that rows of any lengths can share a batch.
/// </summary>
public sealed class Batch
{
    /// <summary>The target of a token whose successor is not trained.</summary>
    public const int NoTarget = -1;

    /// <summary>A batch.</summary>
    /// <param name="tokens">Of all sequences.</param>
    /// <param name="targets">The token that should follow each, or <see cref="NoTarget"/>.</param>
    /// <param name="starts">Where each sequence begins; the first is 0.</param>
    public Batch(int[] tokens, int[] targets, IReadOnlyList<int> starts)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(starts);
        ArgumentOutOfRangeException.ThrowIfNotEqual(targets.Length, tokens.Length);
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        (Tokens, Targets, Starts) = (tokens, targets, starts);
        Trained = [.. Enumerable.Range(0, tokens.Length).Where(i => targets[i] != NoTarget)];
        Positions = new int[tokens.Length];
        for (var s = 0; s < starts.Count; s++)
        {
            var end = s + 1 < starts.Count ? starts[s + 1] : tokens.Length;
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(starts[s], end);
            ArgumentOutOfRangeException.ThrowIfNotEqual(starts[0], 0);
            for (var i = starts[s]; i < end; i++)
            {
                Positions[i] = i - starts[s];
            }

            Longest = Math.Max(Longest, end - starts[s]);
        }
    }

    /// <summary>Of all sequences.</summary>
    public int[] Tokens { get; }

    /// <summary>The token that should follow each.</summary>
    public int[] Targets { get; }

    /// <summary>Where each sequence begins.</summary>
    public IReadOnlyList<int> Starts { get; }

    /// <summary>The tokens that have a target, in order.</summary>
    public IReadOnlyList<int> Trained { get; }

    /// <summary>Tokens of the longest sequence.</summary>
    public int Longest { get; }

    internal int[] Positions { get; }

    /// <summary>Sequences each of whose tokens is trained to be followed by the next, from the token at <c>Untrained</c> on.</summary>
    /// <param name="sequences">The tokens, and how many at the start are not to be learned (the prompt).</param>
    public static Batch Of(IReadOnlyList<(IReadOnlyList<int> Tokens, int Untrained)> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var tokens = new List<int>();
        var targets = new List<int>();
        var starts = new List<int>();
        foreach (var (sequence, untrained) in sequences)
        {
            starts.Add(tokens.Count);
            for (var i = 0; i + 1 < sequence.Count; i++)
            {
                tokens.Add(sequence[i]);
                targets.Add(i + 1 >= untrained ? sequence[i + 1] : NoTarget);
            }
        }

        return new Batch([.. tokens], [.. targets], starts);
    }
}

/// <summary>What a pass over a batch found.</summary>
/// <param name="Losses">Minus the natural logarithm of the likelihood of each trained target, in the order of <see cref="Batch.Trained"/>.</param>
public sealed record BatchLoss(IReadOnlyList<float> Losses)
{
    /// <summary>The sum over all trained tokens.</summary>
    public double Sum { get; } = Losses.Sum(l => (double)l);

    /// <summary>The mean over all trained tokens; 0 when there are none.</summary>
    public double Mean => Losses.Count == 0 ? 0 : Sum / Losses.Count;
}
