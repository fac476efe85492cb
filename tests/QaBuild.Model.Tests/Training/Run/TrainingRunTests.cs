using System.Xml.Linq;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Recipe;
using QaBuild.Model.Training.Run;

namespace QaBuild.Model.Tests.Training.Run;

/// <summary>A run gives the same weights however often it is stopped, and ends by itself when it leads nowhere.</summary>
public sealed class TrainingRunTests
{
    private static TrainingRecipe Plain { get; } = new() { Iterations = 30, BatchSize = 4, LearningRate = 0.02f, Layers = -1, Adapter = new() { Rank = 4, Scale = 2 } };

    [Fact]
    public void The_same_inputs_give_the_same_bytes_with_any_number_of_threads()
    {
        using var one = new SmallRun(SmallRun.Everything);
        using var three = new SmallRun(SmallRun.Everything);
        using var other = new SmallRun(SmallRun.Everything with { Seed = 10 });

        var bytes = one.Trained();
        Assert.NotEmpty(bytes);
        Assert.Equal(bytes, three.Trained(threads: 3));
        Assert.NotEqual(bytes, other.Trained());
    }

    [Fact]
    public void A_run_that_is_cancelled_after_any_batch_goes_on_to_the_bit()
    {
        using var whole = new SmallRun(SmallRun.Everything);
        var expected = whole.Trained();
        using var run = new SmallRun(SmallRun.Everything);
        for (var stop = 1; stop < SmallRun.Everything.Iterations; stop += 3)
        {
            using var cancel = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => run.Trained(after: p => Cancel(cancel, p.Iteration >= stop), cancellation: cancel.Token));
            Assert.True(File.Exists(Path.Combine(run.Folder, TrainingRun.CheckpointName)));
        }

        Assert.Equal(expected, run.Trained());
        Assert.Contains(run.Told, t => t is TrainingResumed { Iteration: 36 });
        Assert.Equal(Lines(whole), Lines(run));
        Assert.False(File.Exists(Path.Combine(run.Folder, TrainingRun.CheckpointName)));
    }

    [Fact]
    public void A_run_that_dies_while_the_adapter_is_written_does_not_train_again()
    {
        using var run = new SmallRun(Plain);
        Assert.Throws<IOException>(() => run.Execute((_, _, _) => throw new IOException("the disk is full")));
        run.Told.Clear();

        var state = run.Execute();

        Assert.Equal(30, state.Iteration);
        Assert.DoesNotContain(run.Told, t => t is TrainingProgressed);
    }

    [Theory]
    [InlineData("another run")]
    [InlineData("damage")]
    [InlineData("rubbish")]
    public void A_checkpoint_that_is_not_this_runs_or_is_damaged_is_not_gone_on_from(string what)
    {
        using var run = new SmallRun(Plain);
        var expected = run.Trained();
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => run.Trained(after: p => Cancel(cancel, p.Iteration == 11), cancellation: cancel.Token));
        var path = Path.Combine(run.Folder, TrainingRun.CheckpointName);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, what switch
        {
            "another run" => Replaced(bytes, "\"run\":\"key\"", "\"run\":\"kex\""),
            "damage" => bytes[..^100],
            _ => [1, 2, 3],
        });
        run.Told.Clear();

        Assert.Equal(expected, run.Trained());
        Assert.DoesNotContain(run.Told, t => t is TrainingResumed);
    }

    [Fact]
    public void What_a_kill_left_of_a_checkpoint_half_written_is_swept_away_and_what_a_living_process_writes_is_not()
    {
        using var run = new SmallRun(Plain);
        Directory.CreateDirectory(run.Folder);
        string Half(int process)
        {
            var path = Path.Combine(run.Folder, $"{TrainingRun.CheckpointName}.{process}-abc.tmp");
            File.WriteAllText(path, "half");
            return path;
        }

        var (left, written) = (Half(int.MaxValue), Half(Environment.ProcessId));

        run.Execute();

        Assert.False(File.Exists(left));
        Assert.True(File.Exists(written));
    }

    [Fact]
    public void Training_lowers_the_loss_and_the_validation_loss_is_told_before_during_and_after()
    {
        using var run = new SmallRun(Plain with { Iterations = 100, StepsPerEvaluation = 50, LearningRate = 0.05f });

        var state = run.Execute();

        var reports = run.Told.OfType<TrainingReported>().ToArray();
        Assert.Equal(Enumerable.Range(1, 10).Select(i => i * 10), reports.Select(r => r.Iteration));
        Assert.True(reports[^1].Loss < reports[0].Loss - 0.5, $"{reports[0].Loss} {reports[^1].Loss}");
        Assert.Equal([0, 50, 100], run.Told.OfType<TrainingValidated>().Select(v => v.Iteration));
        Assert.Equal(reports[^1].TrainedTokens, state.TrainedTokens);
        Assert.Equal([100], run.Told.OfType<TrainingSaved>().Select(s => s.Iteration));
        var plan = Assert.Single(run.Told.OfType<TrainingPlanned>());
        Assert.True(plan.Memory.Total > plan.Memory.Weights && plan.Time > TimeSpan.Zero);
    }

    [Fact]
    public void A_reported_loss_is_the_mean_over_the_trained_tokens_since_the_last_report()
    {
        var data = SmallRun.Rows(train: 4, valid: 0);
        using var run = new SmallRun(Plain with { Iterations = 1, BatchSize = 4, LearningRate = 0, StepsPerReport = 1 }, data);
        run.Execute();
        using var file = run.Open();
        using var weights = QaBuild.Model.Training.Network.BaseWeights.Of(file);
        using var network = new QaBuild.Model.Training.Network.Transformer(weights);

        var losses = data.Train.Rows.SelectMany(r => network.Loss(TrainingRow.BatchOf([r])).Losses).ToArray();

        Assert.Equal(data.Train.TrainedTokens, losses.Length);
        Assert.Equal(losses.Average(), Assert.Single(run.Told.OfType<TrainingReported>()).Loss, 1e-5);
    }

    [Fact]
    public void Early_stopping_ends_with_the_weights_of_the_lowest_validation_loss()
    {
        // Random rows: what is learned of the one helps the others for a while at most.
        var recipe = Plain with { Iterations = 400, StepsPerEvaluation = 5, EarlyStoppingPatience = 4, LearningRate = 0.05f };
        using var run = new SmallRun(recipe);
        var kept = run.Trained();
        var stopped = Assert.Single(run.Told.OfType<TrainingStopped>());
        var watched = run.Told.OfType<TrainingValidated>().Where(v => v.Iteration > 0).ToArray();

        Assert.Equal(watched.MinBy(v => v.Loss)!.Iteration, stopped.BestIteration);
        Assert.Equal(stopped.BestIteration + 20, stopped.Iteration);
        Assert.True(stopped.Iteration < 400);
        using var shorter = new SmallRun(recipe with { Iterations = stopped.BestIteration, EarlyStoppingPatience = 0 });
        Assert.Equal(shorter.Trained(), kept);
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_run_with_its_rows_and_leaves_no_adapter()
    {
        using var run = new SmallRun(Plain with { LearningRate = 1e30f });
        var finished = false;

        var fault = Assert.Throws<ModelFaultException>(() => run.Execute((_, _, _) => finished = true));

        Assert.Equal(("QA7020", "train.jsonl", false), (fault.Code, fault.Path, finished));
        Assert.InRange((int)fault.Arguments[0], 2, 5);
        Assert.Matches(@"^(t\d+ \(:\d+\)(, )?){4}$", (string)fault.Arguments[2]);
        Assert.InRange(fault.Line, 1, 11);
    }

    [Fact]
    public void A_loss_that_stays_far_above_where_it_began_ends_the_run()
    {
        // A random model begins near guessing, so that nothing is far above it: this one says that it began as a trained one does.
        using var run = new SmallRun(Plain with { LearningRate = 0 });
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => run.Execute(after: p => Cancel(cancel, p.Iteration == 5), cancellation: cancel.Token));
        var path = Path.Combine(run.Folder, TrainingRun.CheckpointName);
        var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(path));
        var first = System.Text.RegularExpressions.Regex.Match(text, @"FirstLoss\W{1,8}(\d\.\d+)").Groups[1];
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(text[..first.Index] + "0." + new string('0', first.Length - 2) + text[(first.Index + first.Length)..]));

        var fault = Assert.Throws<ModelFaultException>(() => run.Execute());

        Assert.Equal(("QA7020", 10, "DivergedWorse"), (fault.Code, fault.Arguments[0], ((Reason)fault.Arguments[1]).Name));
    }

    [Fact]
    public void Gradients_longer_than_max_grad_norm_are_shortened()
    {
        // A step of gradient descent is the rate times the gradient.
        double Length(double norm)
        {
            using var run = new SmallRun(Plain with { Iterations = 1, Optimizer = OptimizerKind.Sgd, LearningRate = 1, MaxGradientNorm = norm });
            using var none = new SmallRun(Plain with { Iterations = 1, Optimizer = OptimizerKind.Sgd, LearningRate = 0 });
            var (moved, still) = (run.Trained(), none.Trained());
            return Math.Sqrt(Floats(moved).Zip(Floats(still), (a, b) => (double)(a - b) * (a - b)).Sum());
        }

        var free = Length(0);
        Assert.True(free > 0.02);
        Assert.Equal(0.01, Length(0.01), 1e-5);
        Assert.Equal(free, Length(free * 2), 1e-6);
    }

    [Fact]
    public void Steps_of_several_batches_are_those_of_one_large_batch()
    {
        // Rows of one length: the mean of the batches' means is the mean.
        var rows = SmallRun.Rows(train: 8, valid: 0).Train.Rows.Select(r => r with { Tokens = [.. r.Tokens.Take(6)], Trained = [.. r.Trained.Take(6)] })
            .Select(r => new TrainingRow(r.Line, r.Id, r.Tokens, r.Trained)).ToArray();
        var data = new TrainingData(new TrainingSet("train.jsonl", rows, 0), new TrainingSet("valid.jsonl", [], 0));
        using var large = new SmallRun(Plain with { Iterations = 6, BatchSize = 8 }, data);
        using var parts = new SmallRun(Plain with { Iterations = 24, BatchSize = 2, AccumulationSteps = 4 }, data);

        var (a, b) = (Floats(large.Trained()), Floats(parts.Trained()));
        Assert.All(a.Zip(b), p => Assert.Equal(p.First, p.Second, 2e-4f));
    }

    [Fact]
    public void Metrics_and_curves_are_written_and_the_curves_are_a_picture()
    {
        using var run = new SmallRun(Plain with { Iterations = 30, StepsPerEvaluation = 15 });
        run.Execute();

        Assert.Equal(["0 val", "10 train", "15 val", "20 train", "30 train", "30 val"], Lines(run));
        var svg = XDocument.Load(Path.Combine(run.Folder, LossCurve.Name)).Root!;
        Assert.Equal(2, svg.Elements().Count(e => e.Name.LocalName == "path" && e.Attribute("fill")?.Value == "none"));
        Assert.Equal(LossCurve.Draw([new(1, 2, null), new(5, null, 1.5)]), LossCurve.Draw([new(1, 2, null), new(5, null, 1.5)]));
        Assert.Null(LossCurve.Draw([]));
    }

    [Fact]
    public void Every_epoch_has_every_row_once_in_an_order_of_its_own()
    {
        var order = new RowOrder(10, 4, 7);
        var rows = Enumerable.Range(0, 10).SelectMany(i => order.Batch(i)).ToArray();

        Assert.All(rows.Chunk(10), epoch => Assert.Equal(Enumerable.Range(0, 10), epoch.Order()));
        Assert.Equal(4, rows.Chunk(10).Select(e => string.Join(' ', e)).Distinct().Count());
        Assert.Equal(order.Batch(3), new RowOrder(10, 4, 7).Batch(3));
        Assert.NotEqual(order.Batch(3), new RowOrder(10, 4, 8).Batch(3));
        Assert.Equal([0, 1, 2], new RowOrder(3, 8, 1).Batch(0).Order());
    }

    private static void Cancel(CancellationTokenSource source, bool now)
    {
        if (now)
        {
            source.Cancel();
        }
    }

    private static string[] Lines(SmallRun run) =>
        [.. File.ReadAllLines(Path.Combine(run.Folder, "metrics.jsonl")).Select(l => System.Text.Json.Nodes.JsonNode.Parse(l)!).Select(j => $"{j["iter"]} {(j["val_loss"] is null ? "train" : "val")}")];

    private static float[] Floats(byte[] bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    private static byte[] Replaced(byte[] bytes, string what, string with)
    {
        var at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(what));
        Assert.True(at > 0);
        System.Text.Encoding.UTF8.GetBytes(with).CopyTo(bytes, at);
        return bytes;
    }
}
