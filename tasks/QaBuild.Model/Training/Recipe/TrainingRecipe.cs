using QaBuild.Model.Kernels;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Recipe;

/// <summary>How gradients become steps.</summary>
public enum OptimizerKind
{
    /// <summary>Adam.</summary>
    Adam,

    /// <summary>Adam that also shrinks the weights.</summary>
    AdamW,

    /// <summary>Gradient descent.</summary>
    Sgd,
}

/// <summary>A recipe: how a model is trained. Names and defaults are those of mlx-lm's <c>lora</c>; what mlx-lm does not have is off by default.</summary>
public sealed record TrainingRecipe
{
    /// <summary>model: the base when nothing else names one; null when absent.</summary>
    public string? Model { get; init; }

    /// <summary>fine_tune_type.</summary>
    public AdapterKind FineTuneType { get; init; } = AdapterKind.Lora;

    /// <summary>num_layers: how many layers, from the last; -1 for all.</summary>
    public int Layers { get; init; } = 16;

    /// <summary>batch_size: rows of an iteration.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>iters: batches in all; null when <see cref="Epochs"/> decides.</summary>
    public int? Iterations { get; init; }

    /// <summary>epochs: how often each row is seen; null when <see cref="Iterations"/> decides.</summary>
    public double? Epochs { get; init; }

    /// <summary>min_iters: the fewest batches that epochs come to, so that a handful of rows is learned too.</summary>
    public int LeastIterations { get; init; } = 1;

    /// <summary>val_batches: batches of an evaluation; -1 for all.</summary>
    public int ValidationBatches { get; init; } = 25;

    /// <summary>learning_rate.</summary>
    public float LearningRate { get; init; } = 1e-5f;

    /// <summary>lr_schedule; null for a constant rate.</summary>
    public ScheduleOptions? Schedule { get; init; }

    /// <summary>steps_per_report.</summary>
    public int StepsPerReport { get; init; } = 10;

    /// <summary>steps_per_eval.</summary>
    public int StepsPerEvaluation { get; init; } = 200;

    /// <summary>save_every: batches between two checkpoints.</summary>
    public int SaveEvery { get; init; } = 100;

    /// <summary>max_seq_length: tokens of a row.</summary>
    public int MaxSequenceLength { get; init; } = 2048;

    /// <summary>truncate: whether longer rows are cut, their terminator kept; otherwise they are errors.</summary>
    public bool Truncate { get; init; }

    /// <summary>grad_checkpoint: less memory for more time.</summary>
    public bool GradientCheckpoint { get; init; }

    /// <summary>grad_accumulation_steps: batches of one step of the optimizer.</summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>mask_prompt: whether only answers are learned.</summary>
    public bool MaskPrompt { get; init; }

    /// <summary>apply_chat_template: null goes by the format of the rows.</summary>
    public bool? ApplyChatTemplate { get; init; }

    /// <summary>optimizer.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>optimizer_config of adam or adamw.</summary>
    public AdamOptions Adam { get; init; } = new();

    /// <summary>optimizer_config of sgd.</summary>
    public SgdOptions Sgd { get; init; } = new();

    /// <summary>max_grad_norm: longer gradients are shortened to it; 0 for never.</summary>
    public double MaxGradientNorm { get; init; }

    /// <summary>early_stopping_patience: evaluations without a better loss after which training ends with the best adapter; 0 for never.</summary>
    public int EarlyStoppingPatience { get; init; }

    /// <summary>precision of the matrix products: float32, or bfloat16 where processor and library have it.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>lora_parameters.</summary>
    public AdapterOptions Adapter { get; init; } = new();

    /// <summary>Batches of a run over so many rows.</summary>
    public int IterationsFor(int rows)
    {
        const int MlxIterations = 1000;
        if (Epochs is not { } epochs)
        {
            return Iterations ?? MlxIterations;
        }

        var iterations = Math.Max(LeastIterations, (long)Math.Ceiling(epochs * rows / Math.Min(BatchSize, Math.Max(1, rows))));

        // A step that some batches are missing from would be smaller than the others.
        iterations += (AccumulationSteps - (iterations % AccumulationSteps)) % AccumulationSteps;
        return (int)Math.Min(iterations, int.MaxValue);
    }

    /// <summary>What is trained, with all that the recipe says of it.</summary>
    public AdapterOptions AdapterOptions => Adapter with { Kind = FineTuneType, Layers = Layers, Seed = Seed };

    /// <summary>How the network computes.</summary>
    /// <param name="threads">0 for one a processor.</param>
    public TransformerOptions NetworkOptions(int threads) => new() { Threads = threads, Checkpoint = GradientCheckpoint, Precision = Precision };

    /// <summary>A new optimizer for <paramref name="adapter"/>.</summary>
    public Optimizer CreateOptimizer(AdapterWeights adapter) => Optimizer == OptimizerKind.Sgd ? new SgdOptimizer(adapter, Sgd) : new AdamOptimizer(adapter, Adam);
}
