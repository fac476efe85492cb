using System.Diagnostics;
using System.Text;
using QaBuild.Model.Gguf;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Network;
using QaBuild.Model.Training.Recipe;

namespace QaBuild.Model.Training.Run;

/// <summary>
/// A run of training: batches, evaluations, checkpoints. It depends on nothing but its recipe, its rows and its base: run again, or gone on with after a kill, it gives the same
/// weights to the bit.
/// </summary>
public sealed class TrainingRun
{
    /// <summary>The name of the file that a run is gone on from.</summary>
    public const string CheckpointName = "checkpoint.safetensors";

    private readonly string _folder;
    private readonly Action<TrainingEvent> _observe;

    /// <summary>Prepares a run.</summary>
    /// <param name="recipe">How.</param>
    /// <param name="data">What is learned.</param>
    /// <param name="folder">Gets the checkpoint, the metrics and the curves.</param>
    /// <param name="key">Which run it is; a checkpoint of another one is not gone on from.</param>
    /// <param name="observe">Hears what happens.</param>
    public TrainingRun(TrainingRecipe recipe, TrainingData data, string folder, string key, Action<TrainingEvent> observe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(data);
        (Recipe, Data, _folder, _observe) = (recipe, data, folder, observe);
        Checkpoint = new Checkpoint(Path.Combine(folder, CheckpointName), key);
        Order = new RowOrder(data.Train.Rows.Count, recipe.BatchSize, recipe.Seed);
        Iterations = recipe.IterationsFor(data.Train.Rows.Count);
        Rate = new LearningRate(recipe, (Iterations + recipe.AccumulationSteps - 1) / recipe.AccumulationSteps);
    }

    /// <summary>Batches in all.</summary>
    public int Iterations { get; }

    internal TrainingRecipe Recipe { get; }

    internal TrainingData Data { get; }

    internal Checkpoint Checkpoint { get; }

    internal RowOrder Order { get; }

    internal LearningRate Rate { get; }

    internal bool KeepsBest => Recipe.EarlyStoppingPatience > 0 && Data.Valid.Rows.Count > 0;

    /// <summary>Trains, and gives what was trained to <paramref name="finish"/> before the checkpoint is given up.</summary>
    /// <param name="file">The base.</param>
    /// <param name="threads">0 for one a processor.</param>
    /// <param name="finish">Exports it.</param>
    /// <param name="cancellation">Saves where the run is and ends it.</param>
    /// <exception cref="ModelFaultException">QA7020: the loss is not finite, or training does more harm than good; QA7021: the memory does not suffice.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, and can be gone on with.</exception>
    public RunState Execute(GgufFile file, int threads, Action<AdapterWeights, BaseWeights, RunState> finish, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(finish);
        using var weights = BaseWeights.Of(file);
        using var adapter = new AdapterWeights(weights, Recipe.AdapterOptions);
        using var network = new Transformer(weights, adapter, Recipe.NetworkOptions(threads));
        using var optimizer = Recipe.CreateOptimizer(adapter);
        var best = KeepsBest ? adapter.Parameters.Select(p => new float[p.Values.Length]).ToArray() : null;
        var state = Checkpoint.Load(adapter, optimizer, best);
        if (state is not null)
        {
            _observe(new TrainingResumed(state.Iteration));
        }

        state ??= new RunState();
        Plan(network, optimizer, state);
        using (var metrics = new MetricsLog(Path.Combine(_folder, MetricsLog.Name), state.Iteration))
        {
            void Tell(TrainingEvent happened)
            {
                metrics.Add(happened);
                _observe(happened);
            }

            state = new TrainingLoop(this, network, adapter, optimizer, best, Tell).Run(state, cancellation);
        }

        if (best is not null && state.BestLoss is not null)
        {
            for (var i = 0; i < best.Length; i++)
            {
                best[i].CopyTo(adapter.Parameters[i].Values);
            }
        }

        if (LossCurve.Draw(MetricsLog.Read(Path.Combine(_folder, MetricsLog.Name))) is { } svg)
        {
            AtomicFile.Write(Path.Combine(_folder, LossCurve.Name), s => s.Write(Encoding.UTF8.GetBytes(svg)));
        }

        finish(adapter, weights, state);
        Checkpoint.Delete();
        return state;
    }

    internal IEnumerable<TrainingRow[]> ValidationBatches()
    {
        var batches = Data.Valid.Rows.Chunk(Recipe.BatchSize);
        return Recipe.ValidationBatches < 0 ? batches : batches.Take(Recipe.ValidationBatches);
    }

    internal TrainingRow[] Batch(int number) => [.. Order.Batch(number).Select(r => Data.Train.Rows[r])];

    private void Plan(Transformer network, Optimizer optimizer, RunState state)
    {
        // A larger batch that comes after so many only finds its memory later.
        const int MostLookedAt = 1_000_000;
        var most = Enumerable.Range(0, Math.Min(Iterations, MostLookedAt)).Select(Batch).Concat(ValidationBatches()).Max(b => b.Sum(r => r.Tokens.Count - 1));
        var longest = Math.Max(Data.Train.Longest, Data.Valid.Longest) - 1;
        MemoryPlan memory;
        try
        {
            memory = network.Reserve(most, longest, optimizer);
        }
        catch (OutOfMemoryException)
        {
            throw new ModelFaultException(ModelFaults.TrainingMemory, "", most);
        }

        _observe(new TrainingPlanned(
            Data, Iterations, state.Iteration, Math.Min(Recipe.BatchSize, Data.Train.Rows.Count), network.Adapter!.Count, memory, Tried(network, state.Iteration), network.ProductsName, network.Workers.Count));
    }

    /// <summary>How long the rest will take, by a batch whose gradients are thrown away.</summary>
    private TimeSpan Tried(Transformer network, int done)
    {
        if (done >= Iterations)
        {
            return TimeSpan.Zero;
        }

        var batch = TrainingRow.BatchOf(Batch(done));
        var clock = Stopwatch.StartNew();
        network.LossAndGradients(batch, 0);
        if (clock.Elapsed < TimeSpan.FromSeconds(1))
        {
            // The first pass also compiled the code.
            clock.Restart();
            network.LossAndGradients(batch, 0);
        }

        network.Adapter!.ClearGradients();

        // A forward is about a third of forward and backward.
        const double ForwardShare = 1.0 / 3;
        var trained = (double)(Iterations - done) * Math.Min(Recipe.BatchSize, Data.Train.Rows.Count) * Data.Train.Tokens / Data.Train.Rows.Count;
        var watched = (1 + ((Iterations - done) / Recipe.StepsPerEvaluation)) * ValidationBatches().Sum(b => b.Sum(r => (double)r.Tokens.Count));
        return clock.Elapsed * ((trained + (watched * ForwardShare)) / batch.Tokens.Length);
    }
}
