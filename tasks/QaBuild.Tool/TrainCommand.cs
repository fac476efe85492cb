using System.CommandLine;
using QaBuild.Model.Inference;

namespace QaBuild.Tool;

/// <summary><c>qabuild train</c>: trains an adapter on a dataset, unless it is there already.</summary>
internal static class TrainCommand
{
    // The keys of a recipe that are options too, as mlx_lm.lora has them.
    private static readonly string[] s_keys =
    [
        "fine_tune_type", "num_layers", "batch_size", "iters", "epochs", "val_batches", "learning_rate", "steps_per_report", "steps_per_eval", "save_every", "max_seq_length",
        "grad_checkpoint", "grad_accumulation_steps", "seed", "mask_prompt", "optimizer",
    ];

    public static Command Create()
    {
        var model = new Option<string?>("--model") { Description = "The base: a GGUF file, a Hugging Face folder, ollama:NAME[:TAG] or tiny. Default: the recipe's model." };
        var data = new Option<string>("--data") { Description = "The dataset's folder, with train.jsonl.", DefaultValueFactory = _ => Path.Combine("artifacts", "dataset") };
        var recipe = new Option<string?>("--config", "-c", "--recipe") { Description = "The recipe (YAML). Without one, mlx-lm's defaults." };
        var set = new Option<string[]>("--set") { Description = "A key of the recipe and its value, KEY=VALUE; several are parted by semicolons, or given one by one.", AllowMultipleArgumentsPerToken = false };
        var output = new Option<string>("--out", "-o") { Description = "The folder that gets the adapter.", DefaultValueFactory = _ => Path.Combine("artifacts", "model") };
        var work = new Option<string>("--work") { Description = "The folder that gets imported and made models.", DefaultValueFactory = _ => BaseModelCommand.DefaultWork };
        var template = new Option<string?>("--chat-template") { Description = "Which chat template writes conversations, when it is not the model's own." };
        var threads = new Option<int>("--threads") { Description = "0 for one a processor.", DefaultValueFactory = _ => 0 };
        var force = new Option<bool>("--force") { Description = "Trains even if nothing changed, and from the beginning." };
        var libraries = new Option<string?>("--llama-cpp-dir") { Description = $"The folder of llama.cpp {LlamaCpp.Release}, when it is not the one that npm restores." };
        var trainer = new Option<string>("--trainer") { Description = "qabuild; mlx, which runs mlx_lm.lora; or command, which runs --command.", DefaultValueFactory = _ => "qabuild" };
        var other = new Option<string?>("--command") { Description = "What trains instead, with placeholders such as {config}, {dataset}, {model} and {out}." };
        var question = new Option<bool>("--question") { Description = "Only says whether there is something to train; exit code 1 says yes." };
        var keys = s_keys.Select(k => (Key: k, Option: new Option<string?>("--" + k.Replace('_', '-')) { Description = $"Sets {k} of the recipe." })).ToArray();
        var command = new Verb(
            "train",
            "Trains an adapter on a dataset; does nothing when nothing changed.",
            "用数据集训练适配器；没有变化时什么也不做。",
            "qabuild train --model tiny --data artifacts/dataset --config build/train-tiny.yaml",
            "qabuild train --model models/Qwen2.5-0.5B --iters 1000 --learning-rate 1e-5 --set lora_parameters.rank=8")
        {
            model, data, recipe, set, output, work, template, threads, force, libraries, question, trainer, other,
        };
        foreach (var (_, option) in keys)
        {
            command.Add(option);
        }

        RequirePairs(set);
        command.SetAction((parsed, cancellation) =>
        {
            var overrides = keys.Where(k => parsed.GetValue(k.Option) is not null).Select(k => KeyValuePair.Create(k.Key, parsed.GetValue(k.Option)!))
                .Concat(Pairs(parsed.GetValue(set)));
            var run = new TrainRun(
                parsed.GetValue(model), parsed.GetValue(data)!, parsed.GetValue(recipe), [.. overrides], parsed.GetValue(output)!, parsed.GetValue(work)!, parsed.GetValue(template), parsed.GetValue(threads),
                parsed.GetValue(force), parsed.GetValue(libraries), parsed.GetValue(question), parsed.GetValue(trainer)!, parsed.GetValue(other));
            return Task.Run(() => run.ExecuteAsync(cancellation), CancellationToken.None);
        });
        return command;
    }

    /// <summary>Lets an option take nothing but KEY=VALUE.</summary>
    public static void RequirePairs(Option<string[]> option) => option.Validators.Add(result =>
    {
        foreach (var pair in Parted(result.GetValueOrDefault<string[]>()))
        {
            if (pair.IndexOf('=', StringComparison.Ordinal) <= 0)
            {
                result.AddError($"{option.Name} takes KEY=VALUE, not '{pair}'.");
            }
        }
    });

    /// <summary>Keys and values of such an option.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Pairs(string[]? pairs) =>
        [.. Parted(pairs).Select(p => KeyValuePair.Create(p.Split('=')[0].Trim(), p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim()))];

    // A property of MSBuild comes as one value with semicolons, or as several without: that depends on how it was written.
    private static IEnumerable<string> Parted(string[]? values) => (values ?? []).SelectMany(v => v.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
