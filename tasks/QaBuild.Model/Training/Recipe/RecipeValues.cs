using System.Globalization;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Recipe;

/// <summary>A recipe as keys and values.</summary>
public static class RecipeValues
{
    /// <summary>The keys that decide what is learned, with their values as a recipe has them. What only decides what is told, and when a checkpoint is written, is not among them.</summary>
    public static SortedDictionary<string, string> Of(TrainingRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        void Add(string key, object? value)
        {
            if (value is not null)
            {
                values.Add(key, Shown(value));
            }
        }

        Add("fine_tune_type", recipe.FineTuneType);
        Add("num_layers", recipe.Layers);
        Add("batch_size", recipe.BatchSize);
        Add("iters", recipe.Iterations);
        Add("epochs", recipe.Epochs);
        Add("min_iters", recipe.Epochs is null ? null : recipe.LeastIterations);
        Add("val_batches", recipe.ValidationBatches);
        Add("learning_rate", recipe.LearningRate);
        Add("steps_per_eval", recipe.StepsPerEvaluation);
        Add("max_seq_length", recipe.MaxSequenceLength);
        Add("truncate", recipe.Truncate);
        Add("grad_accumulation_steps", recipe.AccumulationSteps);
        Add("seed", recipe.Seed);
        Add("mask_prompt", recipe.MaskPrompt);
        Add("apply_chat_template", recipe.ApplyChatTemplate);
        Add("optimizer", recipe.Optimizer);
        Add("max_grad_norm", recipe.MaxGradientNorm);
        Add("early_stopping_patience", recipe.EarlyStoppingPatience);
        Add("precision", recipe.Precision);
        if (recipe.Schedule is { } schedule)
        {
            Add("lr_schedule.name", schedule.Name);
            Add("lr_schedule.arguments", schedule.Arguments);
            Add("lr_schedule.warmup", schedule.Warmup);
            Add("lr_schedule.warmup_init", schedule.WarmupInit);
        }

        if (recipe.FineTuneType != AdapterKind.Full)
        {
            Add("lora_parameters.rank", recipe.Adapter.Rank);
            Add("lora_parameters.scale", recipe.Adapter.Scale);
            Add("lora_parameters.dropout", recipe.Adapter.Dropout);
            Add("lora_parameters.keys", recipe.Adapter.Targets.Order().Select(t => t.ModuleName()));
        }

        if (recipe.Optimizer == OptimizerKind.Sgd)
        {
            Add("optimizer_config.sgd.momentum", recipe.Sgd.Momentum);
            Add("optimizer_config.sgd.weight_decay", recipe.Sgd.WeightDecay);
            Add("optimizer_config.sgd.dampening", recipe.Sgd.Dampening);
            Add("optimizer_config.sgd.nesterov", recipe.Sgd.Nesterov);
        }
        else
        {
            Add("optimizer_config.betas", new[] { recipe.Adam.Beta1, recipe.Adam.Beta2 });
            Add("optimizer_config.eps", recipe.Adam.Epsilon);
            Add("optimizer_config.weight_decay", recipe.Adam.WeightDecay);
            Add("optimizer_config.bias_correction", recipe.Adam.BiasCorrection);
        }

        return values;
    }

    private static string Shown(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string text => text,
        Enum name => name.ToString().ToLowerInvariant(),
        System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Shown))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
