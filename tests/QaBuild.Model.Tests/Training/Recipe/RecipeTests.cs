using System.Globalization;
using System.Text;
using System.Text.Json;
using NJsonSchema;
using QaBuild.Model.Training.Network;
using QaBuild.Model.Training.Recipe;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Training.Recipe;

/// <summary>Recipes: mlx-lm's files load, and what is wrong is told with its place.</summary>
public sealed class RecipeTests : IDisposable
{
    // As mlx-lm's own example of a configuration file has it, every key set.
    private const string MlxFile = """
        # The path to the local model directory or Hugging Face repo.
        model: "mlx-community/Llama-3.2-1B-Instruct"
        train: true
        fine_tune_type: dora
        optimizer: adamw
        optimizer_config:
          adamw:
            betas: [0.9, 0.98]
            eps: 1e-6
            weight_decay: 0.05
            bias_correction: true
          sgd:
            momentum: 0.9
        data: "mlx-community/WikiSQL"
        seed: 3
        num_layers: 12
        batch_size: 2
        iters: 700
        val_batches: 20
        learning_rate: 2e-5
        report_to: wandb
        project_name: sql
        steps_per_report: 5
        steps_per_eval: 100
        grad_accumulation_steps: 4
        resume_adapter_file: null
        adapter_path: "adapters"
        save_every: 50
        test: false
        test_batches: 100
        max_seq_length: 1024
        grad_checkpoint: true
        mask_prompt: true
        lora_parameters:
          keys: ["self_attn.q_proj", "self_attn.v_proj"]
          rank: 16
          scale: 10.0
          dropout: 0.1
        lr_schedule:
          name: cosine_decay
          warmup: 100
          warmup_init: 1e-7
          arguments: [2e-5, 1000, 1e-7]
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_configuration_file_of_mlx_lm_means_here_what_it_means_there()
    {
        var (recipe, warnings) = Read(MlxFile);

        Assert.Empty(warnings);
        Assert.Equal(
            new TrainingRecipe
            {
                Model = "mlx-community/Llama-3.2-1B-Instruct",
                FineTuneType = AdapterKind.Dora,
                Optimizer = OptimizerKind.AdamW,
                Adam = new AdamOptions(0.9f, 0.98f, 1e-6f, 0.05f, true),
                Seed = 3,
                Layers = 12,
                BatchSize = 2,
                Iterations = 700,
                ValidationBatches = 20,
                LearningRate = 2e-5f,
                StepsPerReport = 5,
                StepsPerEvaluation = 100,
                AccumulationSteps = 4,
                SaveEvery = 50,
                MaxSequenceLength = 1024,
                GradientCheckpoint = true,
                MaskPrompt = true,
                Adapter = recipe.Adapter,
                Schedule = recipe.Schedule,
            },
            recipe);
        Assert.Equal((16, 10f, 0.1f), (recipe.Adapter.Rank, recipe.Adapter.Scale, recipe.Adapter.Dropout));
        Assert.Equal([LinearKind.Query, LinearKind.Value], recipe.Adapter.Targets);
        Assert.Equal(("cosine_decay", 100, 1e-7), (recipe.Schedule!.Name, recipe.Schedule.Warmup, recipe.Schedule.WarmupInit));
        Assert.Equal([2e-5, 1000, 1e-7], recipe.Schedule.Arguments);
    }

    [Fact]
    public void An_empty_recipe_is_mlx_lms_defaults()
    {
        var (recipe, warnings) = Read("");

        Assert.Empty(warnings);
        Assert.Equal((4, 1e-5f, 16, 2048, 1000), (recipe.BatchSize, recipe.LearningRate, recipe.Layers, recipe.MaxSequenceLength, recipe.IterationsFor(100)));
        Assert.Equal((8, 20f, OptimizerKind.Adam, false), (recipe.Adapter.Rank, recipe.Adapter.Scale, recipe.Optimizer, recipe.MaskPrompt));
    }

    [SharedDataFact("data/models/lora_mlx")]
    public void The_configuration_that_mlx_lm_leaves_beside_an_adapter_is_a_recipe()
    {
        var (recipe, warnings) = RecipeReader.Read(Path.Combine(Repository.Shared("data", "models", "lora_mlx")!, "adapter_config.json"));

        Assert.Empty(warnings);
        Assert.Equal((8, 10f, 4, 1000, 1e-5f), (recipe.Adapter.Rank, recipe.Adapter.Scale, recipe.Layers, recipe.IterationsFor(1), recipe.LearningRate));
    }

    [Theory]
    [InlineData("train.yaml")]
    [InlineData("train-tiny.yaml")]
    public async Task The_recipes_of_the_build_fit_the_schema_and_are_read_without_a_word(string name)
    {
        var path = Repository.Path("build", name);
        var (recipe, warnings) = RecipeReader.Read(path);

        Assert.Empty(warnings);
        Assert.Equal((true, -1), (recipe.MaskPrompt, recipe.Layers));
        Assert.Empty(ViolationsOf(await JsonSchema.FromFileAsync(Repository.Path("schema", "recipe.schema.json")), await File.ReadAllTextAsync(path)));
    }

    [Fact]
    public void A_key_that_is_not_known_is_a_warning_at_its_place_with_the_nearest_name()
    {
        var (_, warnings) = Read("seed: 1\nlora_parameters:\n  rnak: 4\nlearning_rte: 1\n");

        Assert.Equal(["QA7013 3:3 lora_parameters.rnak DidYouMean(lora_parameters.rank)", "QA7013 4:1 learning_rte DidYouMean(learning_rate)"], warnings.Select(Shown).Order());
        Assert.Equal(["QA7013 1:1 zebra "], Read("zebra: 1\n").Warnings.Select(Shown));
    }

    [Fact]
    public void A_key_of_mlx_lm_that_would_change_what_is_learned_and_does_not_is_a_warning() =>
        Assert.Equal(["QA7014 1:1 resume_adapter_file"], Read("resume_adapter_file: a.safetensors\n").Warnings.Select(w => Shown(w).Trim()));

    [Fact]
    public void All_wrong_values_are_told_at_once_each_at_its_place()
    {
        var fault = Assert.Throws<ModelFaultException>(() => Read("""
            iters: many
            epochs: 0
            batch_size: 0
            optimizer: adma
            mask_prompt: maybe
            lora_parameters:
              keys: [q_proj, x_proj]
              rank: 1.5
            lr_schedule:
              name: cosine_decay
              arguments: [1e-5]
            optimizer_config:
              adam: { betas: [0.9] }
            """));

        var all = fault.Others.Prepend(fault).ToArray();
        Assert.All(all, f => Assert.Equal("QA7012", f.Code));
        Assert.Equal(
            ["1:8", "2:9", "3:13", "4:12", "5:14", "7:18", "8:9", "11:14", "13:18"],
            all.Select(f => $"{f.Line}:{f.Column}").OrderBy(p => int.Parse(p.Split(':')[0], CultureInfo.InvariantCulture)));
        Assert.Contains(all, f => f.Arguments[1].ToString() == "JsonBad(optimizer, RecipeOneOf(adam, adamw, sgd), 'adma')");
    }

    [Fact]
    public void What_a_command_line_sets_goes_before_the_file_and_has_no_place_in_it()
    {
        var (recipe, warnings) = Read(MlxFile, ("iters", "5"), ("lora_parameters.rank", "4"), ("lora_parameters.keys", "[k_proj, down_proj]"), ("learning_rate", "1e-3"), ("lr_schedule", "null"), ("sede", "1"));

        Assert.Equal((5, 4, 1e-3f), (recipe.Iterations, recipe.Adapter.Rank, recipe.LearningRate));
        Assert.Equal([LinearKind.Key, LinearKind.Down], recipe.Adapter.Targets);
        Assert.Null(recipe.Schedule);
        Assert.Equal(["QA7013 0:0 sede DidYouMean(seed)"], warnings.Select(Shown));
        var fault = Assert.Throws<ModelFaultException>(() => Read("seed: 1\n", ("batch_size", "none at all")));
        Assert.Equal((0, "", "JsonBad(batch_size, JsonInteger(1, 65536), 'none at all')"), (fault.Line, fault.Path, fault.Arguments[1].ToString()));
    }

    [Fact]
    public void Of_iters_and_epochs_the_one_that_is_set_counts_and_a_file_has_one()
    {
        Assert.Equal(75, Read("epochs: 3\nbatch_size: 4\n").Recipe.IterationsFor(100));
        Assert.Equal(200, Read("epochs: 3\nmin_iters: 200\n").Recipe.IterationsFor(6));
        Assert.Equal(76, Read("epochs: 3\ngrad_accumulation_steps: 4\n").Recipe.IterationsFor(100));
        Assert.Equal(3, Read("epochs: 3\nbatch_size: 64\n").Recipe.IterationsFor(10));
        Assert.Equal(9, Read("epochs: 3\n", ("iters", "9")).Recipe.IterationsFor(100));
        Assert.Equal(25, Read("iters: 9\n", ("epochs", "1")).Recipe.IterationsFor(100));
        Assert.Equal(2, Assert.Throws<ModelFaultException>(() => Read("iters: 9\nepochs: 1\n")).Line);
    }

    [Theory]
    [InlineData("cosine_decay", "1e-5, 0")]
    [InlineData("cosine_decay", "1e-5, 10, -1")]
    [InlineData("linear_schedule", "1e-5, 0, 0.5")]
    [InlineData("step_decay", "1e-5, 0.1")]
    [InlineData("exponential_decay", "1e-5, 0.1, 3")]
    public void Arguments_that_a_schedule_cannot_take_are_an_error(string name, string arguments) =>
        Assert.Equal(3, Assert.Throws<ModelFaultException>(() => Read($"lr_schedule:\n  name: {name}\n  arguments: [{arguments}]\n")).Line);

    [Fact]
    public void Alpha_is_rank_times_scale_and_scale_goes_before_it()
    {
        Assert.Equal(2, Read("lora_parameters: { rank: 16, alpha: 32 }").Recipe.Adapter.Scale);
        Assert.Equal(10, Read("lora_parameters: { rank: 8, alpha: 16, scale: 10.0 }").Recipe.Adapter.Scale);
        Assert.Equal(4, Read("lora_parameters: { rank: 8, scale: 10.0 }", ("lora_parameters.alpha", "32")).Recipe.Adapter.Scale);
    }

    /// <summary>Each key of the schema, with values at its borders and beyond them.</summary>
    [Fact]
    public async Task Schema_and_reader_take_and_refuse_the_same_values()
    {
        using var schema = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.Path("schema", "recipe.schema.json")));
        var samples = SamplesOf(schema.RootElement, schema.RootElement).ToArray();
        Assert.True(samples.Length > 150, $"{samples.Length} samples");
        var judge = await JsonSchema.FromFileAsync(Repository.Path("schema", "recipe.schema.json"));
        foreach (var yaml in samples)
        {
            var violations = ViolationsOf(judge, yaml);
            var found = Found(yaml);
            Assert.True(violations.Count == 0 == (found.Length == 0), $"{yaml}\nthe schema: {string.Join(", ", violations)}\nthe reader: {string.Join(", ", found)}");
        }
    }

    [Theory]
    [InlineData("a: &x [1]\nb: *x\n", "YamlAlias")]
    [InlineData("a: 1\n---\nb: 2\n", "YamlOneDocument")]
    [InlineData("- 1\n", "YamlMapping")]
    [InlineData("a: [[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]\n", "YamlTooDeep(20)")]
    public void What_could_be_expanded_or_is_no_recipe_is_refused(string yaml, string reason)
    {
        var fault = Assert.Throws<ModelFaultException>(() => Read(yaml));

        Assert.Equal(("QA7012", reason), (fault.Code, fault.Arguments[1].ToString()));
    }

    [Fact]
    public void No_damage_of_a_recipe_is_more_than_a_finding()
    {
        var random = new Random(7);
        for (var i = 0; i < 400; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(MlxFile);
            for (var change = 0; change <= random.Next(4); change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)"\n :[]{}-&*!|>'\"%@`#\t0aé"[random.Next(22)];
            }

            try
            {
                RecipeReader.Read(_folder.Write("recipe.yaml", Encoding.UTF8.GetString(bytes)));
            }
            catch (ModelFaultException fault)
            {
                Assert.All(fault.Others.Prepend(fault), f => Assert.Equal("QA7012", f.Code));
            }
        }

        Assert.Equal("QA7012", Assert.Throws<ModelFaultException>(() => Read("seed: 1 #" + new string('x', 1 << 17))).Code);
        Assert.Equal("QA7012", Assert.Throws<ModelFaultException>(() => RecipeReader.Read(Path.Combine(_folder.Path, "none.yaml"))).Code);
    }

    private LoadedRecipe Read(string yaml, params (string Key, string Value)[] overrides) =>
        RecipeReader.Read(_folder.Write("recipe.yaml", yaml), [.. overrides.Select(o => KeyValuePair.Create(o.Key, o.Value))]);

    private string[] Found(string yaml)
    {
        try
        {
            return [.. Read(yaml).Warnings.Where(w => w.Code == "QA7013").Select(Shown)];
        }
        catch (ModelFaultException fault)
        {
            return [.. fault.Others.Prepend(fault).Select(f => f.Message)];
        }
    }

    private static string Shown(ModelFaultException fault) => $"{fault.Code} {fault.Line}:{fault.Column} {fault.Arguments[0]} {fault.Arguments.ElementAtOrDefault(1)}";

    private static IReadOnlyCollection<string> ViolationsOf(JsonSchema schema, string yaml)
    {
        var value = new YamlDotNet.Serialization.DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(new StringReader(yaml));
        return [.. schema.Validate(Newtonsoft.Json.Linq.JToken.FromObject(value ?? new Dictionary<string, object>())).Select(e => $"{e.Path} {e.Kind}")];
    }

    private static IEnumerable<string> SamplesOf(JsonElement schema, JsonElement root)
    {
        foreach (var property in schema.GetProperty("properties").EnumerateObject())
        {
            var inner = property.Value.TryGetProperty("$ref", out var reference) ? root.GetProperty("definitions").GetProperty(reference.GetString()!.Split('/')[^1]) : property.Value;
            var samples = inner.TryGetProperty("properties", out _) ? SamplesOf(inner, root).Concat(["{ nobody: 1 }", "7"]) : ValuesOf(inner);
            foreach (var sample in samples.Append("null"))
            {
                yield return property.Name == "lr_schedule" && sample.StartsWith('{') && !sample.Contains("name:", StringComparison.Ordinal)
                    ? $"{{ lr_schedule: {{ name: cosine_decay, {sample[1..]} }}" : $"{{ {property.Name}: {sample} }}";
            }
        }
    }

    private static IEnumerable<string> ValuesOf(JsonElement schema)
    {
        if (schema.TryGetProperty("enum", out var choices))
        {
            return [.. choices.EnumerateArray().Select(c => c.GetString() ?? "null"), "nobody", "[1]"];
        }

        if (!schema.TryGetProperty("type", out var type))
        {
            return ["x", "1", "true"];
        }

        double? Border(string name) => schema.TryGetProperty(name, out var value) ? value.GetDouble() : null;
        var (least, most) = (Border("minimum"), Border("maximum"));
        return type.ValueKind == JsonValueKind.String ? [] : type[0].GetString() switch
        {
            "boolean" => ["true", "false", "perhaps", "[true]"],
            "integer" => [.. Integers(least, most), "1.5", "many", "[1]", "{ a: 1 }"],
            "number" => [.. Numbers(least, most), "many", "[1]"],
            "string" => ["text", "[text]"],
            "array" when schema.TryGetProperty("maxItems", out _) => ["[0, 0.5]", "[0.5]", "[0.5, 1.0]", "[-0.1, 0]", "[0, 0, 0]", "0.5"],
            "array" when schema.GetProperty("items").TryGetProperty("enum", out var names) => [$"[{string.Join(", ", names.EnumerateArray())}]", "[]", "[nobody]", "q_proj"],
            "array" => ["[0.1, 10]", "[]", "[x, 1]", "1"],
            _ => throw new InvalidOperationException(type.ToString()),
        };
    }

    private static IEnumerable<string> Integers(double? least, double? most) =>
        new[] { least, least - 1, most < 1e18 ? most : null, most < 1e18 ? most + 1 : null }.OfType<double>().Select(n => n.ToString("0", CultureInfo.InvariantCulture));

    private static IEnumerable<string> Numbers(double? least, double? most) =>
        new[] { least, least - 0.5, most, most * 1.5 }.OfType<double>().Select(n => n.ToString("0.0##############################", CultureInfo.InvariantCulture));
}
