namespace QaBuild.Model.Training.Recipe;

/// <summary>lr_schedule as it stands in a recipe.</summary>
/// <param name="Name">One of <see cref="LearningRate.Schedules"/>.</param>
/// <param name="Arguments">As the function of mlx.optimizers takes them; empty for learning_rate over the whole run.</param>
/// <param name="Warmup">Steps over which the rate rises from <paramref name="WarmupInit"/> to the first argument.</param>
/// <param name="WarmupInit">The rate of the first step when there is a warm-up.</param>
public sealed record ScheduleOptions(string Name, IReadOnlyList<double> Arguments, int Warmup = 0, double WarmupInit = 0);

/// <summary>What a schedule's function takes.</summary>
/// <param name="Least">The fewest arguments.</param>
/// <param name="Most">The most.</param>
/// <param name="Steps">The one that is a number of steps, which others are divided by; -1 for none.</param>
public readonly record struct ScheduleFunction(int Least, int Most, int Steps)
{
    /// <summary>Whether these can be its arguments.</summary>
    public bool Takes(IReadOnlyList<double> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.Count >= Least && arguments.Count <= Most && arguments.All(a => a >= 0) && (Steps < 0 || arguments[Steps] >= 1);
    }
}

/// <summary>The learning rate by the number of the optimizer's step: the functions of mlx.optimizers.schedulers, joined as mlx-lm joins them.</summary>
public sealed class LearningRate
{
    private const string Cosine = "cosine_decay";
    private const string Linear = "linear_schedule";
    private const string Exponential = "exponential_decay";
    private const string Step = "step_decay";
    private readonly ScheduleOptions? _schedule;
    private readonly double[] _arguments;
    private readonly double _constant;

    /// <summary>The rate of a run.</summary>
    /// <param name="recipe">Says it.</param>
    /// <param name="steps">Of the optimizer in all: what a schedule without arguments runs over.</param>
    public LearningRate(TrainingRecipe recipe, int steps)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        (_schedule, _constant) = (recipe.Schedule, recipe.LearningRate);
        _arguments = _schedule is null ? [] : _schedule.Arguments.Count > 0 ? [.. _schedule.Arguments] : Whole(_schedule, Written(recipe.LearningRate), steps);
    }

    /// <summary>The functions that a schedule may name.</summary>
    public static IReadOnlyDictionary<string, ScheduleFunction> Schedules { get; } = new SortedDictionary<string, ScheduleFunction>(StringComparer.Ordinal)
    {
        [Cosine] = new(2, 3, Steps: 1),
        [Linear] = new(3, 3, Steps: 2),
        [Exponential] = new(2, 2, Steps: -1),
        [Step] = new(3, 3, Steps: 2),
    };

    /// <summary>What the schedule's function takes; empty without a schedule.</summary>
    public IReadOnlyList<double> Arguments => _arguments;

    /// <summary>The rate of a step, from 0.</summary>
    public float At(long step)
    {
        if (_schedule is null)
        {
            return (float)_constant;
        }

        var warmup = _schedule.Warmup;
        if (warmup == 0)
        {
            return (float)Scheduled(step);
        }

        // As mlx-lm joins them: the warm-up has one step more than its number, in which the rate is already the full one.
        return (float)(step <= warmup ? _schedule.WarmupInit + (step * ((_arguments[0] - _schedule.WarmupInit) / warmup)) : Scheduled(step - warmup - 1));
    }

    // 1e-5 as it was written, not the float nearest to it: another trainer gets these numbers as text.
    private static double Written(float rate) => (double)(decimal)rate;

    private static double[] Whole(ScheduleOptions schedule, double rate, int steps)
    {
        const double LeftAtTheEnd = 0.01;
        var after = Math.Max(1, steps - schedule.Warmup - (schedule.Warmup > 0 ? 1 : 0));
        return schedule.Name switch
        {
            Linear => [rate, 0, after],
            Exponential => [rate, Math.Pow(LeftAtTheEnd, 1.0 / after)],
            Step => [rate, 0.1, Math.Max(1, after / 3)],
            _ => [rate, after],
        };
    }

    private double Scheduled(long step)
    {
        var a = _arguments;
        return _schedule!.Name switch
        {
            Linear => step >= a[2] ? a[1] : a[0] + (step * ((a[1] - a[0]) / a[2])),
            Exponential => a[0] * Math.Pow(a[1], step),
            Step => a[0] * Math.Pow(a[1], Math.Floor(step / a[2])),
            _ => CosineDecay(a[0], a[1], a.Length > 2 ? a[2] : 0, step),
        };
    }

    private static double CosineDecay(double from, double steps, double to, long step) =>
        to + (0.5 * (1 + Math.Cos(Math.PI / steps * Math.Min(step, steps))) * (from - to));
}
