using System.CommandLine;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model.Evaluation;
using QaBuild.Model.Inference;

namespace QaBuild.Tool;

/// <summary><c>qabuild evaluate</c>: measures a model, and what was trained on it, on the test split.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = new Option<string?>("--model") { Description = Bilingual.Here("The base: a GGUF file, a Hugging Face folder, ollama:NAME[:TAG] or tiny. Default: the recipe's model.", "基座：GGUF 文件、Hugging Face 目录、ollama:NAME[:TAG] 或 tiny。默认：配方中的模型。") };
        var adapter = new Option<string?>("--adapter") { Description = Bilingual.Here("What was trained on it: the GGUF of an adapter or of a whole model, or a folder of PEFT or mlx-lm. Without it the base alone is measured.", "在它上面训练的结果：适配器或完整模型的 GGUF，或 PEFT、mlx-lm 的目录。不给出时只评测基座。") };
        var data = new Option<string>("--data") { Description = Bilingual.Here("The dataset's folder.", "数据集目录。"), DefaultValueFactory = _ => Path.Combine("artifacts", "dataset") };
        var split = new Option<string>("--split") { Description = Bilingual.Here("Which rows: test, valid, or train to see what was learned by heart.", "评测哪些行：test、valid，或用 train 查看背下了什么。"), DefaultValueFactory = _ => EvaluationData.Splits[0] };
        var recipe = new Option<string?>("--config", "-c", "--recipe") { Description = Bilingual.Here("The recipe (YAML) of the training: what of a row counts, and how long it may be. Without one, mlx-lm's defaults.", "训练的配方（YAML）：一行中计入哪些部分，一行最长多少。不给出时使用 mlx-lm 的默认值。") };
        var set = new Option<string[]>("--set") { Description = Bilingual.Here("A key of the recipe and its value, KEY=VALUE; several are parted by semicolons, or given one by one.", "配方的键及其值，KEY=VALUE；多个以分号分隔，或逐个给出。"), AllowMultipleArgumentsPerToken = false };
        var output = new Option<string>("--out", "-o") { Description = Bilingual.Here("The folder that gets evaluation.json and evaluation.md.", "evaluation.json 和 evaluation.md 写到这个目录。"), DefaultValueFactory = _ => Path.Combine("artifacts", "model") };
        var work = new Option<string>("--work") { Description = Bilingual.Here("The folder that gets imported and made models.", "存放导入和生成的模型的目录。"), DefaultValueFactory = _ => BaseModelCommand.DefaultWork };
        var template = new Option<string?>("--chat-template") { Description = Bilingual.Here("Which chat template writes conversations, when it is not the model's own.", "不使用模型自己的对话模板时，用哪个模板写对话。") };
        var examples = Count("--examples", "Also asks the base with so many rows of the train split before each question.", "另外在每个问题前放这么多训练行来询问基座（few-shot）。");
        var rows = Count("--rows", "The most test rows, evenly spaced over the split; 0 for all.", "最多评测的行数，在划分中均匀选取；0 表示全部。");
        var maxTokens = Count("--max-tokens", $"The most tokens of an answer; 0 for twice as many as the right one has, and {Evaluator.Slack}.", $"一个答案最多的 token 数；0 表示正确答案的两倍加 {Evaluator.Slack}。");
        var exact = Limit("--min-exact-match", "Fails when a smaller share of the answers is right to the character.", "逐字一致的答案低于这个比例则失败。", 1);
        var loss = Limit("--max-test-loss", "Fails when the test loss is larger.", "测试集损失大于这个值则失败。", double.MaxValue);
        var stop = Limit("--min-stop-rate", "Fails when the model ends a smaller share of its answers itself.", "模型自己停下的答案低于这个比例则失败。", 1);
        var threads = Count("--threads", "0 for one a processor.", "线程数；0 表示每个处理器一个。");
        var libraries = new Option<string?>("--llama-cpp-dir") { Description = Bilingual.Here($"The folder of llama.cpp {LlamaCpp.Release}, when it is not the one that npm restores.", $"llama.cpp {LlamaCpp.Release} 所在的目录；不给出时使用 npm 还原的。") };
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

    private static Option<int> Count(string name, string english, string chinese)
    {
        var option = new Option<int>(name) { Description = Bilingual.Here(english, chinese), DefaultValueFactory = _ => 0 };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError(Bilingual.Here($"{name} must be at least 0.", $"{name} 不能小于 0。"));
            }
        });
        return option;
    }

    private static Option<double?> Limit(string name, string english, string chinese, double most)
    {
        var option = new Option<double?>(name) { Description = Bilingual.Here(english, chinese) };
        option.Validators.Add(result =>
        {
            // The negation: NaN is in no range.
            if (result.GetValueOrDefault<double?>() is { } given && !(given >= 0 && given <= most))
            {
                result.AddError(most == 1
                    ? Bilingual.Here($"{name} must lie between 0 and 1.", $"{name} 必须在 0 和 1 之间。")
                    : Bilingual.Here($"{name} must be at least 0.", $"{name} 不能小于 0。"));
            }
        });
        return option;
    }
}
