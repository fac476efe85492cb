using System.CommandLine;
using QaBuild.Dataset.Diagnostics;
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
        var model = new Option<string?>("--model") { Description = Bilingual.Here("The base: a GGUF file, a Hugging Face folder, ollama:NAME[:TAG] or tiny. Default: the recipe's model.", "基座：GGUF 文件、Hugging Face 目录、ollama:NAME[:TAG] 或 tiny。默认：配方中的模型。") };
        var data = new Option<string>("--data") { Description = Bilingual.Here("The dataset's folder, with train.jsonl.", "数据集目录，含有 train.jsonl。"), DefaultValueFactory = _ => Path.Combine("artifacts", "dataset") };
        var recipe = new Option<string?>("--config", "-c", "--recipe") { Description = Bilingual.Here("The recipe (YAML). Without one, mlx-lm's defaults.", "配方（YAML）。不给出时使用 mlx-lm 的默认值。") };
        var set = new Option<string[]>("--set") { Description = Bilingual.Here("A key of the recipe and its value, KEY=VALUE; several are parted by semicolons, or given one by one.", "配方的键及其值，KEY=VALUE；多个以分号分隔，或逐个给出。"), AllowMultipleArgumentsPerToken = false };
        var output = new Option<string>("--out", "-o") { Description = Bilingual.Here("The folder that gets the adapter.", "适配器写到这个目录。"), DefaultValueFactory = _ => Path.Combine("artifacts", "model") };
        var work = new Option<string>("--work") { Description = Bilingual.Here("The folder that gets imported and made models.", "存放导入和生成的模型的目录。"), DefaultValueFactory = _ => BaseModelCommand.DefaultWork };
        var template = new Option<string?>("--chat-template") { Description = Bilingual.Here("Which chat template writes conversations, when it is not the model's own.", "不使用模型自己的对话模板时，用哪个模板写对话。") };
        var threads = new Option<int>("--threads") { Description = Bilingual.Here("0 for one a processor.", "线程数；0 表示每个处理器一个。"), DefaultValueFactory = _ => 0 };
        var force = new Option<bool>("--force") { Description = Bilingual.Here("Trains even if nothing changed, and from the beginning.", "没有变化也训练，并且从头开始。") };
        var libraries = new Option<string?>("--llama-cpp-dir") { Description = Bilingual.Here($"The folder of llama.cpp {LlamaCpp.Release}, when it is not the one that npm restores.", $"llama.cpp {LlamaCpp.Release} 所在的目录；不给出时使用 npm 还原的。") };
        var trainer = new Option<string>("--trainer") { Description = Bilingual.Here("qabuild; mlx, which runs mlx_lm.lora; or command, which runs --command.", "qabuild；mlx，即运行 mlx_lm.lora；或 command，即运行 --command。"), DefaultValueFactory = _ => "qabuild" };
        var other = new Option<string?>("--command") { Description = Bilingual.Here("What trains instead, with placeholders such as {config}, {dataset}, {model} and {out}.", "--trainer command 时的训练命令，可含 {config}、{dataset}、{model}、{out} 等占位符。") };
        var question = new Option<bool>("--question") { Description = Bilingual.Here("Only says whether there is something to train; exit code 1 says yes.", "只说明是否有东西要训练；退出码 1 表示有。") };
        var keys = s_keys.Select(k => (Key: k, Option: new Option<string?>("--" + k.Replace('_', '-')) { Description = Bilingual.Here($"Sets {k} of the recipe.", $"设置配方的 {k}。") })).ToArray();
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
                result.AddError(Bilingual.Here($"{option.Name} takes KEY=VALUE, not '{pair}'.", $"{option.Name} 应为 KEY=VALUE，而不是 '{pair}'。"));
            }
        }
    });

    /// <summary>Keys and values of such an option.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Pairs(string[]? pairs) =>
        [.. Parted(pairs).Select(p => KeyValuePair.Create(p.Split('=')[0].Trim(), p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim()))];

    // A property of MSBuild comes as one value with semicolons, or as several without: that depends on how it was written.
    private static IEnumerable<string> Parted(string[]? values) => (values ?? []).SelectMany(v => v.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
