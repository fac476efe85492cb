using QaBuild.Model.Kernels;
using QaBuild.Model.Training.Network;
using YamlDotNet.RepresentationModel;

namespace QaBuild.Model.Training.Recipe;

/// <summary>A recipe that was read, with what there is to say of it.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Warnings">Keys without effect.</param>
public sealed record LoadedRecipe(TrainingRecipe Recipe, IReadOnlyList<ModelFaultException> Warnings);

/// <summary>Reads a recipe: YAML (or JSON, which is YAML) with the keys of mlx-lm's configuration files, and values that a command line sets over it.</summary>
public static class RecipeReader
{
    private const int Large = 1_000_000_000;
    private const string LoraParameters = "lora_parameters";

    private static readonly SortedDictionary<string, AdapterKind> s_kinds = new(StringComparer.Ordinal) { ["lora"] = AdapterKind.Lora, ["dora"] = AdapterKind.Dora, ["full"] = AdapterKind.Full };
    private static readonly SortedDictionary<string, OptimizerKind> s_optimizers = new(StringComparer.Ordinal) { ["adam"] = OptimizerKind.Adam, ["adamw"] = OptimizerKind.AdamW, ["sgd"] = OptimizerKind.Sgd };
    private static readonly SortedDictionary<string, Precision> s_precisions = new(StringComparer.Ordinal) { ["float32"] = Precision.Float32, ["bfloat16"] = Precision.BFloat16 };

    /// <summary>Reads a recipe.</summary>
    /// <param name="path">Its file; null for mlx-lm's defaults.</param>
    /// <param name="overrides">Keys, those of inner mappings as <c>outer.inner</c>, with values as YAML has them; the last of a key counts.</param>
    /// <exception cref="ModelFaultException">QA7012, with its place: all that is wrong.</exception>
    public static LoadedRecipe Read(string? path, IReadOnlyList<KeyValuePair<string, string>>? overrides = null)
    {
        var root = path is null ? new YamlMappingNode() : RecipeYaml.Read(path);
        var origin = new RecipeOrigin(path ?? "");
        foreach (var (key, value) in overrides ?? [])
        {
            Set(root, key, value, origin);
        }

        var section = new RecipeSection(root, "", origin);
        var recipe = Recipe(section);
        section.WarnOfOthers();
        origin.Faults.ThrowIfAny();
        return new LoadedRecipe(recipe, origin.Warnings);
    }

    private static TrainingRecipe Recipe(RecipeSection s)
    {
        var defaults = new TrainingRecipe();
        var optimizer = s.Choice("optimizer", s_optimizers) ?? defaults.Optimizer;
        var recipe = new TrainingRecipe
        {
            Model = s.Text("model"),
            FineTuneType = s.Choice("fine_tune_type", s_kinds) ?? defaults.FineTuneType,

            // As mlx-lm named it once.
            Layers = (int)(s.Integer("num_layers", -1, Large) ?? s.Integer("lora_layers", -1, Large) ?? defaults.Layers),
            BatchSize = (int)(s.Integer("batch_size", 1, 1 << 16) ?? defaults.BatchSize),
            Iterations = (int?)s.Integer("iters", 1, Large),
            Epochs = s.Number("epochs", 0.001, 1e6),
            LeastIterations = (int)(s.Integer("min_iters", 1, Large) ?? defaults.LeastIterations),
            ValidationBatches = (int)(s.Integer("val_batches", -1, Large) ?? defaults.ValidationBatches),
            LearningRate = (float)(s.Number("learning_rate", 0, 100) ?? defaults.LearningRate),
            StepsPerReport = (int)(s.Integer("steps_per_report", 1, Large) ?? defaults.StepsPerReport),
            StepsPerEvaluation = (int)(s.Integer("steps_per_eval", 1, Large) ?? defaults.StepsPerEvaluation),
            SaveEvery = (int)(s.Integer("save_every", 1, Large) ?? defaults.SaveEvery),
            MaxSequenceLength = (int)(s.Integer("max_seq_length", 2, 1 << 24) ?? defaults.MaxSequenceLength),
            Truncate = s.Flag("truncate") ?? defaults.Truncate,
            GradientCheckpoint = s.Flag("grad_checkpoint") ?? defaults.GradientCheckpoint,
            AccumulationSteps = (int)(s.Integer("grad_accumulation_steps", 1, 1 << 16) ?? defaults.AccumulationSteps),
            Seed = (ulong)(s.Integer("seed", 0, long.MaxValue) ?? 0),
            MaskPrompt = s.Flag("mask_prompt") ?? defaults.MaskPrompt,
            ApplyChatTemplate = s.Flag("apply_chat_template"),
            Optimizer = optimizer,
            MaxGradientNorm = s.Number("max_grad_norm", 0, double.MaxValue) ?? defaults.MaxGradientNorm,
            EarlyStoppingPatience = (int)(s.Integer("early_stopping_patience", 0, Large) ?? defaults.EarlyStoppingPatience),
            Precision = s.Choice("precision", s_precisions) ?? defaults.Precision,
            Schedule = Schedule(s.Section("lr_schedule")),
            Adapter = Adapter(s.Section(LoraParameters)),
        };
        if (recipe is { Iterations: not null, Epochs: not null })
        {
            s.Bad("epochs", new Reason("RecipeItersOrEpochs"));
        }

        // What they say to mlx-lm alone: where it finds what the build gives, and what it does besides training.
        s.PassOver("data", "train", "test", "test_batches", "adapter_path", "config", "wandb", "report_to", "project_name", "clear_cache_threshold", "prompt_feature", "completion_feature", "chat_feature", "text_feature");
        foreach (var name in (string[])["resume_adapter_file", "hf_dataset"])
        {
            if (s.Has(name))
            {
                s.Warn(ModelFaults.RecipeKeyIgnored, name);
            }
        }

        return Optimized(recipe, s.Section("optimizer_config"));
    }

    private static ScheduleOptions? Schedule(RecipeSection? s)
    {
        if (s is null)
        {
            return null;
        }

        var function = s.Choice("name", LearningRate.Schedules);
        var schedule = new ScheduleOptions(s.Text("name") ?? "", s.Numbers("arguments") ?? [], (int)(s.Integer("warmup", 0, Large) ?? 0), s.Number("warmup_init", 0, 100) ?? 0);
        if (!s.Has("name"))
        {
            s.Missing("name");
        }
        else if (function is { } f && schedule.Arguments.Count > 0 && !f.Takes(schedule.Arguments))
        {
            s.Bad("arguments", new Reason("RecipeArguments", f.Least, f.Most, schedule.Name));
        }

        s.WarnOfOthers();
        return schedule;
    }

    private static AdapterOptions Adapter(RecipeSection? s)
    {
        var defaults = new AdapterOptions();
        if (s is null)
        {
            return defaults;
        }

        var rank = (int)(s.Integer("rank", 1, 1 << 16) ?? defaults.Rank);
        var alpha = s.Number("alpha", 0, 1e6);
        var adapter = defaults with
        {
            Rank = rank,

            // mlx-lm reads the scale alone, and its files may have both.
            Scale = (float)(s.Number("scale", 0, 1e6) ?? alpha / rank ?? defaults.Scale),
            Dropout = (float)(s.Number("dropout", 0, 0.99) ?? defaults.Dropout),
            Targets = s.Names("keys", LinearKinds.All.Select(k => k.ModuleName()), Modules) ?? defaults.Targets,
        };
        s.WarnOfOthers();
        return adapter;
    }

    // mlx-lm writes self_attn.q_proj, PEFT q_proj.
    private static LinearKind[] Modules(string name) => [.. LinearKinds.All.Where(k => k.ModuleName() == name || k.ModuleName().EndsWith("." + name, StringComparison.Ordinal))];

    private static TrainingRecipe Optimized(TrainingRecipe recipe, RecipeSection? all)
    {
        const float DecayOfAdamW = 0.01f;
        var adam = recipe.Adam with { WeightDecay = recipe.Optimizer == OptimizerKind.AdamW ? DecayOfAdamW : 0 };
        recipe = recipe with { Adam = adam };
        if (all is null)
        {
            return recipe;
        }

        foreach (var (name, kind) in s_optimizers)
        {
            if (all.Section(name) is not { } s)
            {
                continue;
            }

            // Settings of another optimizer are checked and wait.
            var read = kind == OptimizerKind.Sgd ? recipe with { Sgd = Sgd(s) } : recipe with { Adam = Adam(s, adam, kind) };
            s.WarnOfOthers();
            recipe = kind == recipe.Optimizer ? read : recipe;
        }

        all.WarnOfOthers();
        return recipe;
    }

    private static AdamOptions Adam(RecipeSection s, AdamOptions defaults, OptimizerKind kind)
    {
        var betas = s.Numbers("betas");
        if (betas is not (null or [>= 0 and < 1, >= 0 and < 1]))
        {
            s.Bad("betas", new Reason("RecipeBetas"));
            betas = null;
        }

        return defaults with
        {
            Beta1 = (float)(betas?[0] ?? defaults.Beta1),
            Beta2 = (float)(betas?[1] ?? defaults.Beta2),
            Epsilon = (float)(s.Number("eps", 1e-30, 1) ?? defaults.Epsilon),
            BiasCorrection = s.Flag("bias_correction") ?? defaults.BiasCorrection,
            WeightDecay = kind == OptimizerKind.AdamW ? (float)(s.Number("weight_decay", 0, 100) ?? defaults.WeightDecay) : 0,
        };
    }

    private static SgdOptions Sgd(RecipeSection s) => new(
        (float)(s.Number("momentum", 0, 1) ?? 0), (float)(s.Number("weight_decay", 0, 100) ?? 0), (float)(s.Number("dampening", 0, 1) ?? 0), s.Flag("nesterov") ?? false);

    private static void Set(YamlMappingNode root, string key, string value, RecipeOrigin origin)
    {
        var parts = key.Split('.');
        var mapping = root;
        foreach (var part in parts[..^1])
        {
            var name = new YamlScalarNode(part);
            if (!mapping.Children.TryGetValue(name, out var inner) || inner is not YamlMappingNode next)
            {
                mapping.Children[name] = next = new YamlMappingNode();
                origin.IsSet(name);
            }

            mapping = next;
        }

        var (last, node) = (new YamlScalarNode(parts[^1]), RecipeYaml.Value(value, key));
        mapping.Children.Remove(last);
        mapping.Children.Add(last, node);
        origin.IsSet(last);
        origin.IsSet(node);

        // Whoever sets one of the two means it.
        var other = key switch { "iters" => "epochs", "epochs" => "iters", "lora_parameters.alpha" => "scale", "num_layers" => "lora_layers", _ => null };
        if (other is not null)
        {
            mapping.Children.Remove(new YamlScalarNode(other));
        }
    }
}
