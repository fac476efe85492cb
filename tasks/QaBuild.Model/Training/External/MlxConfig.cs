using System.Globalization;
using System.Text.Json.Nodes;
using QaBuild.Model.Training.Network;
using QaBuild.Model.Training.Recipe;

namespace QaBuild.Model.Training.External;

/// <summary>A recipe as a configuration file of mlx-lm: what our recipe says with fewer words, such as epochs, is worked out.</summary>
public static class MlxConfig
{
    /// <summary>The configuration.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="model">What mlx-lm loads.</param>
    /// <param name="data">The folder with its rows.</param>
    /// <param name="adapter">The folder that gets the adapter.</param>
    /// <param name="rows">How many rows there are to learn.</param>
    /// <param name="validRows">How many there are to watch.</param>
    public static JsonObject Of(TrainingRecipe recipe, string model, string data, string adapter, int rows, int validRows)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var iterations = recipe.IterationsFor(rows);
        var config = new JsonObject
        {
            ["model"] = model,
            ["train"] = true,
            ["data"] = data,
            ["adapter_path"] = adapter,
            ["fine_tune_type"] = Name(recipe.FineTuneType),
            ["num_layers"] = recipe.Layers,

            // mlx-lm refuses fewer rows than a batch has.
            ["batch_size"] = Math.Max(1, Math.Min(recipe.BatchSize, validRows > 0 ? Math.Min(rows, validRows) : rows)),
            ["iters"] = iterations,
            ["val_batches"] = recipe.ValidationBatches,
            ["learning_rate"] = Number(recipe.LearningRate),
            ["steps_per_report"] = recipe.StepsPerReport,
            ["steps_per_eval"] = recipe.StepsPerEvaluation,
            ["save_every"] = recipe.SaveEvery,
            ["max_seq_length"] = recipe.MaxSequenceLength,
            ["grad_checkpoint"] = recipe.GradientCheckpoint,
            ["grad_accumulation_steps"] = recipe.AccumulationSteps,
            ["seed"] = recipe.Seed,
            ["mask_prompt"] = recipe.MaskPrompt,
            ["optimizer"] = Name(recipe.Optimizer),
            ["optimizer_config"] = new JsonObject { [Name(recipe.Optimizer)] = OptimizerOf(recipe) },
        };
        if (recipe.FineTuneType != AdapterKind.Full)
        {
            config["lora_parameters"] = new JsonObject
            {
                ["rank"] = recipe.Adapter.Rank,
                ["scale"] = Number(recipe.Adapter.Scale),
                ["dropout"] = Number(recipe.Adapter.Dropout),
                ["keys"] = new JsonArray([.. recipe.Adapter.Targets.Order().Select(t => (JsonNode)t.ModuleName())]),
            };
        }

        if (recipe.Schedule is { } schedule)
        {
            var rate = new LearningRate(recipe, (iterations + recipe.AccumulationSteps - 1) / recipe.AccumulationSteps);
            config["lr_schedule"] = new JsonObject
            {
                ["name"] = schedule.Name,
                ["arguments"] = new JsonArray([.. rate.Arguments.Select(Number)]),
                ["warmup"] = schedule.Warmup,
                ["warmup_init"] = Number(schedule.WarmupInit),
            };
        }

        return config;
    }

    private static JsonObject OptimizerOf(TrainingRecipe recipe)
    {
        if (recipe.Optimizer == OptimizerKind.Sgd)
        {
            return new JsonObject
            {
                ["momentum"] = Number(recipe.Sgd.Momentum),
                ["weight_decay"] = Number(recipe.Sgd.WeightDecay),
                ["dampening"] = Number(recipe.Sgd.Dampening),
                ["nesterov"] = recipe.Sgd.Nesterov,
            };
        }

        var adam = new JsonObject
        {
            ["betas"] = new JsonArray(Number(recipe.Adam.Beta1), Number(recipe.Adam.Beta2)),
            ["eps"] = Number(recipe.Adam.Epsilon),
            ["bias_correction"] = recipe.Adam.BiasCorrection,
        };
        if (recipe.Optimizer == OptimizerKind.AdamW)
        {
            adam["weight_decay"] = Number(recipe.Adam.WeightDecay);
        }

        return adam;
    }

    private static string Name(Enum value) => value.ToString().ToLowerInvariant();

    private static JsonNode Number(float value) => Number(double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    // To YAML a number with an exponent and no point is a text.
    private static JsonNode Number(double value) => JsonNode.Parse(value.ToString("0.0#############################", CultureInfo.InvariantCulture))!;
}
