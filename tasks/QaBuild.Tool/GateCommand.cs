using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Model;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Chat;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Gate;
using QaBuild.Model.Packaging.Ollama;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Run;

namespace QaBuild.Tool;

/// <summary><c>qabuild gate</c>: asks every form of a model the same questions.</summary>
internal static class GateCommand
{
    public static Command Create()
    {
        var model = new Option<string?>("--base") { Description = Bilingual.Here("base-model.json, which 'qabuild base-model' writes.", "'qabuild base-model' 写出的 base-model.json。") };
        var trained = new Option<string?>("--trained") { Description = Bilingual.Here("What the trainer computes with: a GGUF, or a folder of PEFT or mlx-lm.", "训练器计算所用的训练结果：GGUF，或 PEFT、mlx-lm 的目录。") };
        var adapter = new Option<string?>("--adapter") { Description = Bilingual.Here("The adapter that llama.cpp gets. Default: what the trainer computes with.", "llama.cpp 使用的适配器。默认：与训练器所用的相同。") };
        var fused = new Option<string?>("--fused") { Description = Bilingual.Here("The fused model.", "合并后的模型。") };
        var files = new Option<string[]>("--file") { Description = Bilingual.Here("A quantized file; may be given several times.", "量化文件；可多次给出。") };
        var dataset = new Option<string?>("--dataset") { Description = Bilingual.Here("The folder with train.jsonl, test.jsonl and manifest.json.", "含有 train.jsonl、test.jsonl 和 manifest.json 的目录。") };
        var ollama = new Option<string?>("--ollama") { Description = Bilingual.Here("Asks this model of Ollama alone what was asked before, and adds it to what --out holds.", "只向 Ollama 的这个模型提出之前问过的问题，并把结果加到 --out 的文件里。") };
        var server = new Option<string?>("--host") { Description = Bilingual.Here("Where Ollama listens. Default: OLLAMA_HOST, or else port 11434 of this machine.", "Ollama 的地址。默认：OLLAMA_HOST，否则是本机的 11434 端口。") };
        var template = new Option<string?>("--chat-template") { Description = Bilingual.Here($"{ChatTemplate.Names}. Default: the base model's own.", $"{ChatTemplate.Names}。默认：基础模型自己的。") };
        var training = new Option<string?>("--training") { Description = Bilingual.Here("training.json, which 'qabuild train' writes: how rows were put to the model.", "'qabuild train' 写出的 training.json：说明数据行怎样写给模型。") };
        var output = new Option<string>("--out", "-o") { Description = Bilingual.Here("Gets questions, answers and measures.", "问题、答案和指标写到这个文件。"), DefaultValueFactory = _ => Path.Combine("artifacts", "model", "gate.json") };
        var questions = new Option<string?>("--questions") { Description = Bilingual.Here($"How many trained questions are asked, and as many of the test split. Default: {PackagingSettings.UsualGateQuestions}.", $"提出多少个训练过的问题，并从测试集中取同样多。默认：{PackagingSettings.UsualGateQuestions}。") };
        var defaults = new GateLimits();
        var stop = Limit("--min-stop-rate", "The least share of trained questions whose answer ends by itself.", "训练过的问题中，答案自行结束的最低比例。", defaults.MinStopRate);
        var exact = Limit("--min-exact-match", "The least share of trained questions that are answered to the letter.", "训练过的问题中，答案完全一致的最低比例。", defaults.MinExactMatch);
        var rouge = Limit("--min-rouge-l", "The least likeness to the trainer's answers.", "与训练器的回答相比 ROUGE-L 的最低值。", defaults.MinRougeL);
        var smallRouge = Limit("--min-quantized-rouge-l", "The same for quantized files and Ollama.", "量化文件和 Ollama 的同一指标。", defaults.MinQuantizedRougeL);
        var drift = Limit("--max-drift", "The largest drift of tokens' likelihoods, in nats.", "token 对数似然与训练器之差的上限（奈特）。", defaults.MaxDrift);
        var smallDrift = Limit("--max-quantized-drift", "The same for quantized files.", "量化文件的同一指标。", defaults.MaxQuantizedDrift);
        var threads = new Option<int>("--threads") { Description = Bilingual.Here("0 for one a processor.", "线程数；0 表示每个处理器一个。") };
        var work = new Option<string>("--work") { Description = Bilingual.Here("The folder that gets imported adapters.", "存放导入的适配器的目录。"), DefaultValueFactory = _ => BaseModelCommand.DefaultWork };
        var libraries = new Option<string?>("--llama-cpp-dir") { Description = Bilingual.Here($"The folder of llama.cpp {LlamaCpp.Release}, when it is not the one that npm restores.", $"llama.cpp {LlamaCpp.Release} 所在的目录；不给出时使用 npm 还原的。") };
        var command = new Verb(
            "gate",
            "Asks the trainer, llama.cpp, the fused model and every quantized file the same questions, and says at which of them answers get lost.",
            "向训练器、llama.cpp、合并后的模型和每个量化文件提出同样的问题，指出回答在哪一步丢失。",
            "qabuild gate --base artifacts/model/base-model.json --trained artifacts/model/adapter.gguf --fused artifacts/model/fused.gguf --file artifacts/model/model-Q4_K_M.gguf --dataset artifacts/dataset",
            "qabuild gate --ollama my-model")
        {
            model, trained, adapter, fused, files, ollama, server, dataset, template, training, output, questions, stop, exact, rouge, smallRouge, drift, smallDrift, threads, work, libraries,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(ollama) is null && (result.GetValue(model) is null || result.GetValue(trained) is null || result.GetValue(dataset) is null))
            {
                result.AddError(Bilingual.Here("--base, --trained and --dataset are needed, or --ollama.", "必须给出 --base、--trained 和 --dataset，或者 --ollama。"));
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(ollama) is { } name)
            {
                var address = parsed.GetValue(server) is { } text ? OllamaAddress.Parse(text) : OllamaAddress.FromEnvironment();
                var before = GateReport.Read(parsed.GetValue(output)!);
                return await RunAsync(before, [new(GateHopKind.Ollama, name, _ => Task.FromResult<IGateModel>(new OllamaGateModel(new OllamaClient(address, OllamaCommand.Patience), OllamaModelName.WithTag(name))))], parsed.GetValue(output)!, cancellation);
            }

            var options = new Dictionary<string, Option<string?>>
            {
                ["GateQuestions"] = questions, ["MinHopStopRate"] = stop, ["MinHopExactMatch"] = exact, ["MinHopRougeL"] = rouge, ["MinQuantizedRougeL"] = smallRouge, ["MaxHopDrift"] = drift,
                ["MaxQuantizedDrift"] = smallDrift,
            };
            var settings = new PackagingSettings(property => parsed.GetValue(options[property]));
            var (limits, most) = (settings.GateLimits(), settings.GateQuestions());
            settings.ThrowIfAny();
            var description = BaseModelDescription.Read(parsed.GetValue(model)!);
            var folder = parsed.GetValue(dataset)!;
            var record = parsed.GetValue(training) is { Length: > 0 } path ? TrainingRecord.Read(Path.GetDirectoryName(Path.GetFullPath(path))!) : null;
            var manifest = DatasetManifest.Read(folder);
            var terminators = TrainedTemplate.Of(description, parsed.GetValue(template), folder, record?.Inputs.AppliesTemplate).Stops;
            var reader = RowReader.For(description, parsed.GetValue(template), record?.Inputs.AppliesTemplate, manifest);
            var asked = new GateQuestions(reader, terminators).Read(folder, most);
            var found = await LlamaCpp.LocateOrRestoreAsync(parsed.GetValue(libraries), into => GenerateCommand.Tell("LlamaRestoring", into), cancellation);
            var host = LlamaHost.Beside(found);
            var load = new LoadOptions { Threads = Math.Max(0, parsed.GetValue(threads)) };
            var numbers = parsed.GetValue(trained)!;
            var other = parsed.GetValue(adapter) is { Length: > 0 } told ? told : numbers;
            var gguf = AdapterFor(other, description.Gguf, parsed.GetValue(work)!, cancellation);
            var hops = HopsOf(host, description.Gguf, numbers, terminators, gguf, parsed.GetValue(fused), parsed.GetValue(files) ?? [], load);
            var report = new GateReport
            {
                Base = description.Name, Limits = limits, Questions = asked, Hops = [],
            };
            return await RunAsync(report, hops, parsed.GetValue(output)!, cancellation);
        });
        return command;
    }

    /// <summary>Asks hops, writes what came of it and says it.</summary>
    public static async Task<int> RunAsync(GateReport report, IReadOnlyList<GateHop> hops, string output, CancellationToken cancellation)
    {
        IReadOnlyList<GateHopResult> results;
        using (var progress = new ProgressLine())
        {
            var gate = new AnswerGate(report.Questions, report.Limits, (hop, done) => progress.Show(_ => new Phrase("GateProgress", hop.Name, done + 1, report.Questions.Count)));
            results = await gate.RunAsync(hops, report.Trainer, cancellation);
        }

        var whole = report.With(results);
        OutputFiles.Write(Path.GetFullPath(output), whole.ToJson());
        foreach (var line in GateTable.Lines(whole))
        {
            Console.WriteLine(line);
        }

        foreach (var finding in results.SelectMany(r => GateTable.Findings(r, output)))
        {
            Console.WriteLine(finding.ToString(CultureInfo.CurrentUICulture));
        }

        return whole.Passed ? ExitCode.Success : ExitCode.Failed;
    }

    private static List<GateHop> HopsOf(LlamaHost host, string model, string trained, IReadOnlyList<string> terminators, string? adapter, string? fused, IReadOnlyList<string> files, LoadOptions load)
    {
        GateHop Llama(GateHopKind kind, string path, string file, LoadOptions options) => new(kind, Path.GetFileName(path), c => LlamaGateModel.OpenAsync(host, file, options, c));
        List<GateHop> hops = [new(GateHopKind.Trainer, Path.GetFileName(Path.TrimEndingDirectorySeparator(trained)), c => TrainerGateModel.OpenAsync(host, model, trained, terminators, load.Threads, c))];
        if (adapter is not null)
        {
            hops.Add(Llama(GateHopKind.Adapter, adapter, model, load with { Adapter = adapter, Exact = true }));
        }

        if (!string.IsNullOrEmpty(fused))
        {
            hops.Add(Llama(GateHopKind.Fused, fused, fused, load with { Exact = true }));
        }

        // As people run them: keys and values in 16 bits.
        return [.. hops, .. files.Select(f => Llama(GateHopKind.Quantized, f, f, load))];
    }

    // llama.cpp has no place for DoRA, and a whole model is no adapter: then that hop is not there.
    private static string? AdapterFor(string adapter, string model, string work, CancellationToken cancellation)
    {
        if (Directory.Exists(adapter))
        {
            var output = Path.Combine(work, "gate-adapter.gguf");
            try
            {
                HfImport.ImportAdapter(adapter, model, output, cancellation);
                return output;
            }
            catch (ModelFaultException fault) when (fault.Code == ModelFaults.AdapterUnusable && fault.Arguments[^1] is Reason { Name: "AdapterKind" })
            {
                return null;
            }
        }

        using var file = GgufFile.Open(adapter);
        return file.Text("general.type") == "adapter" ? adapter : null;
    }

    private static Option<string?> Limit(string name, string english, string chinese, double value)
    {
        var number = value.ToString(CultureInfo.InvariantCulture);
        return new(name) { Description = Bilingual.Here($"{english} Default: {number}.", $"{chinese}默认：{number}。") };
    }
}
