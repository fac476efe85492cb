using QaBuild.Model.Training.Recipe;

namespace QaBuild.Model.Tests.Training.Recipe;

/// <summary>Schedules against mlx.optimizers' formulas, written out.</summary>
public sealed class LearningRateTests
{
    [Fact]
    public void Without_a_schedule_the_rate_stays() => Assert.Equal([1e-4f, 1e-4f], At(new TrainingRecipe { LearningRate = 1e-4f }, 0, 999));

    [Fact]
    public void Cosine_decay_is_half_a_wave_from_the_first_argument_to_the_third()
    {
        Assert.Equal([1f, 0.5f, 0f, 0f], At(Scheduled("cosine_decay", [1, 100]), 0, 50, 100, 5000));
        Assert.Equal([1f, 0.55f, 0.1f], At(Scheduled("cosine_decay", [1, 100, 0.1]), 0, 50, 100));
        Assert.Equal(0.5 * (1 + Math.Cos(Math.PI / 4)), At(Scheduled("cosine_decay", [1, 100]), 25)[0], 1e-6);
    }

    [Fact]
    public void The_other_schedules_follow_their_formulas()
    {
        Assert.Equal([0.1f, 0.09f, 0.081f], At(Scheduled("exponential_decay", [0.1, 0.9]), 0, 1, 2));
        Assert.Equal([0.1f, 0.1f, 0.01f, 0.001f], At(Scheduled("step_decay", [0.1, 0.1, 10]), 0, 9, 10, 20));
        Assert.Equal([0f, 0.05f, 0.1f, 0.1f], At(Scheduled("linear_schedule", [0, 0.1, 100]), 0, 50, 100, 1000));
    }

    [Fact]
    public void A_warm_up_rises_to_the_first_argument_and_the_schedule_begins_behind_it() =>
        Assert.Equal([0.1f, 0.55f, 1f, 1f, 0.5f, 0f], At(Scheduled("cosine_decay", [1, 100], 10, 0.1), 0, 5, 10, 11, 61, 111));

    [Fact]
    public void A_schedule_without_arguments_runs_from_the_learning_rate_over_the_whole_run()
    {
        var rate = new LearningRate(Scheduled("cosine_decay", [], 10) with { LearningRate = 2 }, 111);

        Assert.Equal((0f, 2f, 1f), (rate.At(0), rate.At(11), rate.At(61)));
        Assert.InRange(rate.At(110), 0, 0.001f);
        Assert.Equal(0, new LearningRate(Scheduled("linear_schedule", []), 10).At(10));
        Assert.Equal(1e-7f, new LearningRate(Scheduled("exponential_decay", []), 10).At(10), 1e-12f);
    }

    private static TrainingRecipe Scheduled(string name, double[] arguments, int warmup = 0, double init = 0) => new() { Schedule = new ScheduleOptions(name, arguments, warmup, init) };

    private static float[] At(TrainingRecipe recipe, params long[] steps)
    {
        var rate = new LearningRate(recipe, 1000);
        return [.. steps.Select(s => MathF.Round(rate.At(s), 6))];
    }
}
