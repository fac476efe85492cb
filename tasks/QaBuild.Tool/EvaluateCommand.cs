using System.CommandLine;
using QaBuild.Model.Evaluation;
using QaBuild.Model.Inference;

namespace QaBuild.Tool;

/// <summary><c>qabuild evaluate</c>: measures a model, and what was trained on it, on the test split.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = new Option<string?>("--model") { Description = "The base: a GGUF file, a Hugging Face folder, ollama:NAME[:TAG] or tiny. Default: the recipe's model." };
        var adapter = new Option<string?>("--adapter") { Description = "What was trained on it: the GGUF of an adapter or of a whole model, or a folder of PEFT or mlx-lm. Without it the base alone is measured." };
        var data = new Option<string>("--data") { Description = "The dataset's folder.", DefaultValueFactory = _ => Path.Combine("artifacts", "dataset") };
        var split = new Option<string>("--split") { Description = "Which rows: test, valid, or train to see what was learned by heart.", DefaultValueFactory = _ => EvaluationData.Splits[0] };
        var recipe = new Option<string?>("--config", "-c", "--recipe") { Description = "The recipe (YAML) of the training: what of a row counts, and how long it may be. Without one, mlx-lm's defaults." };
        var set = new Option<string[]>("--set") { Description = "A key of the recipe and its value, KEY=VALUE; several are parted by semicolons, or given one by one.", AllowMultipleArgumentsPerToken = false };
        var output = new Option<string>("--out", "-o") { Description = "The folder that gets evaluation.json and evaluation.md.", DefaultValueFactory = _ => Path.Combine("artifacts", "model") };
        var work = new Option<string>("--work") { Description = "The folder that gets imported and made models.", DefaultValueFactory = _ => BaseModelCommand.DefaultWork };
        var template = new Option<string?>("--chat-template") { Description = "Which chat template writes conversations, when it is not the model's own." };
        var examples = Count("--examples", "Also asks the base with so many rows of the train split before each question.");
        var rows = Count("--rows", "The most test rows, evenly spaced over the split; 0 for all.");
        var maxTokens = Count("--max-tokens", $"The most tokens of an answer; 0 for twice as many as the right one has, and {Evaluator.Slack}.");
        var exact = Limit("--min-exact-match", "Fails when a smaller share of the answers is right to the character.", 1);
        var loss = Limit("--max-test-loss", "Fails when the test loss is larger.", double.MaxValue);
        var stop = Limit("--min-stop-rate", "Fails when the model ends a smaller share of its answers itself.", 1);
        var threads = Count("--threads", "0 for one a processor.");
        var libraries = new Option<string?>("--llama-cpp-dir") { Description = $"The folder of llama.cpp {LlamaCpp.Release}, when it is not the one that npm restores." };
        TrainCommand.RequirePairs(set);
        split.AcceptOnlyFromAmong([.. EvaluationData.Splits]);
        var command = new Verb(
            "evaluate",
            "Measures a model and what was trained on it on rows it never saw: loss, exact match, ROUGE-L, BLEU, stop rate.",
            "用没有训练过的数据行评测模型和训练结果：损失、完全一致率、ROUGE-L、BLEU、正常停止率。",
            "qabuild evaluate --model tiny --adapter artifacts/model/adapter.gguf --data artifacts/dataset",
            "qabuild evaluate --model models/Qwen2.5-0.5B --adapter adapters/ --examples 3 --min-exact-match 0.8")
        {
            model, adapter, data, split, recipe, set, output, work, template, examples, rows, maxTokens, exact, loss, stop, threads, libraries,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var run = new EvaluateRun(
                parsed.GetValue(model), parsed.GetValue(adapter), parsed.GetValue(data)!, parsed.GetValue(recipe), TrainCommand.Pairs(parsed.GetValue(set)), parsed.GetValue(output)!, parsed.GetValue(work)!,
                parsed.GetValue(template), parsed.GetValue(libraries))
            {
                Split = parsed.GetValue(split)!,
                Examples = parsed.GetValue(examples),
                Rows = parsed.GetValue(rows),
                MaxTokens = parsed.GetValue(maxTokens),
                Threads = parsed.GetValue(threads),
                Gates = new EvaluationGates(parsed.GetValue(exact), parsed.GetValue(loss), parsed.GetValue(stop)),
            };
            return Task.Run(() => run.ExecuteAsync(cancellation), CancellationToken.None);
        });
        return command;
    }

    private static Option<int> Count(string name, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => 0 };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError($"{name} must be at least 0.");
            }
        });
        return option;
    }

    private static Option<double?> Limit(string name, string description, double most)
    {
        var option = new Option<double?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            // The negation: NaN is in no range.
            if (result.GetValueOrDefault<double?>() is { } given && !(given >= 0 && given <= most))
            {
                result.AddError(most == 1 ? $"{name} must lie between 0 and 1." : $"{name} must be at least 0.");
            }
        });
        return option;
    }
}
