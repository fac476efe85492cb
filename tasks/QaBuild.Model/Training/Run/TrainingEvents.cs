using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Run;

/// <summary>What a run says while it goes on.</summary>
public abstract record TrainingEvent;

/// <summary>Before the first step: what is ahead.</summary>
/// <param name="Data">The rows.</param>
/// <param name="Iterations">Batches in all.</param>
/// <param name="Done">Of them done before.</param>
/// <param name="BatchSize">Rows of each.</param>
/// <param name="TrainedNumbers">Numbers that are trained.</param>
/// <param name="Memory">What it takes.</param>
/// <param name="Time">What it will take, by a batch that was tried.</param>
/// <param name="Products">What multiplies matrices.</param>
/// <param name="Threads">How many.</param>
public sealed record TrainingPlanned(TrainingData Data, int Iterations, int Done, int BatchSize, long TrainedNumbers, MemoryPlan Memory, TimeSpan Time, string Products, int Threads) : TrainingEvent;

/// <summary>An earlier run of the same is gone on with.</summary>
/// <param name="Iteration">The batches that it had done.</param>
public sealed record TrainingResumed(int Iteration) : TrainingEvent;

/// <summary>The loss of the batches since the last such report.</summary>
/// <param name="Iteration">Batches done.</param>
/// <param name="Loss">The mean over their trained tokens.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="IterationsPerSecond">Of these batches.</param>
/// <param name="TokensPerSecond">Trained tokens of these batches.</param>
/// <param name="TrainedTokens">Since the run began.</param>
/// <param name="PeakBytes">The most memory that the process has had.</param>
public sealed record TrainingReported(int Iteration, double Loss, double LearningRate, double IterationsPerSecond, double TokensPerSecond, long TrainedTokens, long PeakBytes) : TrainingEvent;

/// <summary>The loss of the validation rows.</summary>
/// <param name="Iteration">Batches done; 0 before training.</param>
/// <param name="Loss">The mean over their trained tokens.</param>
/// <param name="Seconds">That it took.</param>
public sealed record TrainingValidated(int Iteration, double Loss, double Seconds) : TrainingEvent;

/// <summary>A checkpoint was written.</summary>
/// <param name="Iteration">Batches done.</param>
public sealed record TrainingSaved(int Iteration) : TrainingEvent;

/// <summary>Early stopping ends the run.</summary>
/// <param name="Iteration">Batches done.</param>
/// <param name="BestIteration">The batches done when the loss was lowest.</param>
/// <param name="BestLoss">That loss.</param>
public sealed record TrainingStopped(int Iteration, int BestIteration, double BestLoss) : TrainingEvent;

/// <summary>After each batch.</summary>
/// <param name="Iteration">Batches done.</param>
/// <param name="Iterations">In all.</param>
/// <param name="Begun">Batches that an earlier run had done.</param>
/// <param name="Loss">Of this batch.</param>
/// <param name="Elapsed">Since this process began to train.</param>
public sealed record TrainingProgressed(int Iteration, int Iterations, int Begun, double Loss, TimeSpan Elapsed) : TrainingEvent;
