using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Chat;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;

namespace QaBuild.Tool;

/// <summary><c>qabuild generate</c>: asks a model one prompt, or all of a file.</summary>
internal static class GenerateCommand
{
    /// <summary>More is noise.</summary>
    public const float HottestTemperature = 10;

    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = Bilingual.Here("The model: a GGUF file, a Hugging Face folder, ollama:NAME[:TAG] or tiny.", "模型：GGUF 文件、Hugging Face 目录、ollama:NAME[:TAG] 或 tiny。"), Required = true };
        var adapter = new Option<string?>("--adapter") { Description = Bilingual.Here("A LoRA adapter on top of it: a GGUF, or a folder of PEFT or mlx-lm.", "加在模型上的 LoRA 适配器：GGUF，或 PEFT、mlx-lm 的目录。") };
        var scale = Number("--adapter-scale", "What the adapter's effect is multiplied with.", "适配器效果的倍数。", 1, -100, 100);
        var prompt = new Option<string?>("--prompt") { Description = Bilingual.Here("What to ask. The answer goes to standard output as it comes.", "要提的问题。答案边生成边写到标准输出。") };
        var jsonl = new Option<string?>("--jsonl") { Description = Bilingual.Here("A file of rows with 'prompt' or 'messages'; an answer at the end of a conversation is left out.", "每行含 'prompt' 或 'messages' 的文件；对话末尾的答案会去掉。") };
        var output = new Option<string?>("--out", "-o") { Description = Bilingual.Here("The JSONL that gets prompt, completion and finish of each row. Default: standard output.", "写出每行的 prompt、completion 和 finish 的 JSONL。默认：标准输出。") };
        var system = new Option<string?>("--system") { Description = Bilingual.Here("What the model is told before each prompt.", "每个问题之前的系统提示词。") };
        var raw = new Option<bool>("--raw") { Description = Bilingual.Here("Goes on with the prompt as it is, without the model's chat template. Special tokens may be written out.", "不用模型的对话模板，照原样接着 prompt 往下写；prompt 里可以写特殊标记。") };
        var template = ModelfileCommand.ChatTemplateOption();
        var temperature = Number("--temperature", "0 takes the likeliest token each time.", "温度；0 表示每次取最可能的 token。", 0, 0, HottestTemperature);
        var topP = Number("--top-p", "Takes from the likeliest tokens that together have this probability.", "只从概率合计达到此值的最可能的 token 中选取。", 1, 0, 1);
        var minP = Number("--min-p", "Leaves out tokens that are less likely than this share of the likeliest.", "排除概率不到最可能 token 的这一比例的 token。", 0, 0, 1);
        var seed = new Option<uint>("--seed") { Description = Bilingual.Here("The same seed gives the same text.", "相同的种子得到相同的文本。"), DefaultValueFactory = _ => 0 };
        var maxTokens = Count("--max-tokens", "The most tokens of an answer.", "一个答案最多的 token 数。", 256, 1);
        var context = Count("--context", "The most tokens of prompt and answer together; 0 for what the model was trained with.", "问题和答案合计最多的 token 数；0 表示与模型训练时相同。", 0, 0);
        var threads = Count("--threads", "0 for one a processor.", "线程数；0 表示每个处理器一个。", 0, 0);
        var libraries = new Option<string?>("--llama-cpp-dir") { Description = Bilingual.Here($"The folder of llama.cpp {LlamaCpp.Release}, when it is not the one that npm restores.", $"llama.cpp {LlamaCpp.Release} 所在的目录；不给出时使用 npm 还原的。") };
        seed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<uint>() == uint.MaxValue)
            {
                result.AddError(Bilingual.Here($"The seed must be less than {uint.MaxValue}.", $"--seed 必须小于 {uint.MaxValue}。"));
            }
        });

        var command = new Verb(
            "generate",
            "Asks a model one prompt or all of a file, with a LoRA adapter where one is given.",
            "向模型提一个问题，或一个文件里的全部问题；可以加上 LoRA 适配器。",
            "qabuild generate --model tiny --prompt \"What is MVCC?\" --max-tokens 16",
            "qabuild generate --model model.gguf --adapter adapter.gguf --jsonl questions.jsonl -o answers.jsonl")
        {
            model, adapter, scale, prompt, jsonl, output, system, raw, template, temperature, topP, minP, seed, maxTokens, context, threads, libraries,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(prompt) is null == result.GetResult(jsonl) is null)
            {
                result.AddError(Bilingual.Here("One of --prompt and --jsonl is needed.", "必须且只能给出 --prompt 和 --jsonl 中的一个。"));
            }

            if (result.GetResult(raw) is { Implicit: false } && result.GetResult(system) is not null)
            {
                result.AddError(Bilingual.Here("--system is a part of the chat template, which --raw leaves out.", "--system 是对话模板的一部分，而 --raw 不用对话模板。"));
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var run = new GenerateRun(
                parsed.GetValue(system),
                parsed.GetValue(raw),
                Template: null,
                new GenerateOptions
                {
                    Temperature = parsed.GetValue(temperature),
                    TopP = parsed.GetValue(topP),
                    MinP = parsed.GetValue(minP),
                    Seed = parsed.GetValue(seed),
                    MaxTokens = parsed.GetValue(maxTokens),
                });
            var load = new LoadOptions
            {
                Adapter = parsed.GetValue(adapter),
                AdapterScale = parsed.GetValue(scale),
                Context = parsed.GetValue(context),
                Threads = parsed.GetValue(threads),
            };
            var rows = parsed.GetValue(jsonl) is { } file ? PromptFile.Read(file) : null;
            if (rows?.Faults is { Count: > 0 } faults)
            {
                Report(faults);
                return ExitCode.Failed;
            }

            var resolved = await Task.Run(() => Resolve(parsed.GetValue(model)!, cancellation), cancellation);
            var gguf = resolved.GgufPath;
            run = run with { Template = run.Raw ? null : TemplateOf(resolved, parsed.GetValue(template)) };
            var folder = await LlamaCpp.LocateOrRestoreAsync(parsed.GetValue(libraries), into => Tell("LlamaRestoring", into), cancellation);
            await using var llama = LlamaProcess.Start(LlamaHost.Beside(folder));
            var info = await llama.LoadAsync(gguf, load with { Adapter = AdapterFile(load.Adapter, gguf, cancellation) }, cancellation);
            if (info.ChatTemplate is null && run is { Raw: false, System: null, Template: null })
            {
                Tell("GenerateNoTemplate");
                run = run with { Raw = true };
            }

            return rows is null
                ? await run.AnswerAsync(llama, parsed.GetValue(prompt)!, cancellation)
                : await run.AnswerAllAsync(llama, rows, parsed.GetValue(output), cancellation);
        });
        return command;
    }

    /// <summary>Says something that is not a part of the answer.</summary>
    public static void Tell(string phrase, params object[] arguments) =>
        Console.Error.WriteLine(Catalogue.Default.Format(new Phrase(phrase, arguments), CultureInfo.CurrentUICulture));

    /// <summary>Says what is wrong with rows.</summary>
    public static void Report(IEnumerable<ModelFaultException> faults)
    {
        foreach (var fault in faults)
        {
            Console.Error.WriteLine(ModelFaultReport.Of(fault).ToString(CultureInfo.CurrentUICulture));
        }
    }

    private static BaseModel Resolve(string model, CancellationToken cancellation)
    {
        var resolved = BaseModelCommand.Resolve(model, BaseModelCommand.DefaultWork, cancellation);
        return resolved.HasWeights ? resolved : throw new ModelFaultException(ModelFaults.ModelNotLoaded, "", model, new Reason("ModelNoWeights"));
    }

    // The one that training and packaging have. A model of another family is asked as llama.cpp does it, unless something else is wished for.
    private static ChatTemplate? TemplateOf(BaseModel model, string? chosen)
    {
        try
        {
            var description = BaseModelDescription.Of(model);
            return description.ChatTemplate is null && string.IsNullOrEmpty(chosen) ? null : ChatTemplate.Of(description, chosen);
        }
        catch (ModelFaultException fault) when (string.IsNullOrEmpty(chosen) && fault.Code is ModelFaults.ChatTemplateUnknown or ModelFaults.ChatTemplateUnfit)
        {
            return null;
        }
    }

    // llama.cpp reads an adapter's GGUF; a folder is small, and imported each time.
    public static string? AdapterFile(string? adapter, string model, CancellationToken cancellation)
    {
        if (!Directory.Exists(adapter))
        {
            return adapter;
        }

        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(adapter))))[..8];
        var output = Path.Combine(BaseModelCommand.DefaultWork, $"adapter-{key}.gguf");
        HfImport.ImportAdapter(adapter, model, output, cancellation);
        return output;
    }

    private static Option<float> Number(string name, string english, string chinese, float value, float least, float most)
    {
        var option = new Option<float>(name) { Description = Bilingual.Here(english, chinese), DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            // The negation: NaN is in no range.
            if (!(result.GetValueOrDefault<float>() is var given && given >= least && given <= most))
            {
                var (low, high) = (least.ToString(CultureInfo.InvariantCulture), most.ToString(CultureInfo.InvariantCulture));
                result.AddError(Bilingual.Here($"{name} must lie between {low} and {high}.", $"{name} 必须在 {low} 和 {high} 之间。"));
            }
        });
        return option;
    }

    private static Option<int> Count(string name, string english, string chinese, int value, int least)
    {
        var option = new Option<int>(name) { Description = Bilingual.Here(english, chinese), DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < least)
            {
                result.AddError(Bilingual.Here($"{name} must be at least {least}.", $"{name} 不能小于 {least}。"));
            }
        });
        return option;
    }
}
