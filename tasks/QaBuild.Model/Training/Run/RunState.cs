namespace QaBuild.Model.Training.Run;

/// <summary>Where a run is, besides its weights: all that decides what comes next, and what the next report says.</summary>
public sealed record RunState
{
    /// <summary>Batches done.</summary>
    public int Iteration { get; init; }

    /// <summary>Steps of the optimizer done.</summary>
    public long Steps { get; init; }

    /// <summary>Tokens learned so far; a token counts each time.</summary>
    public long TrainedTokens { get; init; }

    /// <summary>The losses of all trained tokens since the last report.</summary>
    public double ReportLoss { get; init; }

    /// <summary>How many they are.</summary>
    public long ReportTokens { get; init; }

    /// <summary>The loss of the first batch.</summary>
    public double FirstLoss { get; init; }

    /// <summary>The losses of the last batches, oldest first.</summary>
    public IReadOnlyList<double> LastLosses { get; init; } = [];

    /// <summary>The training loss that was reported last.</summary>
    public double TrainLoss { get; init; }

    /// <summary>The validation loss that was found last; null before the first.</summary>
    public double? ValidLoss { get; init; }

    /// <summary>The lowest validation loss after training began, where the best weights are kept.</summary>
    public double? BestLoss { get; init; }

    /// <summary>The batches done when it was found.</summary>
    public int BestIteration { get; init; }

    /// <summary>Evaluations since then.</summary>
    public int EvaluationsWaited { get; init; }

    /// <summary>Whether early stopping ended the run.</summary>
    public bool StoppedEarly { get; init; }
}
