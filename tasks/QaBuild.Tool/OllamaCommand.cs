using System.CommandLine;
using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Model;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Gate;
using QaBuild.Model.Packaging.Ollama;

namespace QaBuild.Tool;

/// <summary><c>qabuild ollama NAME</c>: makes a model in Ollama of a Modelfile, and asks it before it gets its name.</summary>
internal static class OllamaCommand
{
    /// <summary>Longer than a server takes to check or convert a large file.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private const int FewTokens = 16;

    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = Bilingual.Here("The name of the model in Ollama, with or without a tag.", "模型在 Ollama 中的名字，可带标签。") };
        var file = new Option<string>("--modelfile") { Description = Bilingual.Here("What it is made of.", "创建模型所用的 Modelfile。"), DefaultValueFactory = _ => Path.Combine("artifacts", "model", "Modelfile") };
        var gate = new Option<string?>("--gate") { Description = Bilingual.Here("gate.json, which 'qabuild gate' writes: what is asked, and what was answered before. It gets the answers of Ollama.", "'qabuild gate' 写出的 gate.json：要提的问题和之前的回答。Ollama 的回答会加进去。") };
        var host = new Option<string?>("--host") { Description = Bilingual.Here("Where Ollama listens. Default: OLLAMA_HOST, or else port 11434 of this machine.", "Ollama 的地址。默认：OLLAMA_HOST，否则是本机的 11434 端口。") };
        var question = new Option<bool>("--question") { Description = Bilingual.Here("Only says whether there is something to make; exit code 1 says yes.", "只说明是否有模型要创建；退出码 1 表示有。") };
        var stamp = new Option<string?>("--stamp") { Description = Bilingual.Here("A file that says what was imported last: nothing is done when it is that still, and the model is there.", "记录上次导入内容的文件：内容未变且模型还在时什么也不做。") };
        var command = new Verb(
            "ollama",
            "Makes a model in Ollama of a Modelfile, through its REST API, and asks it before it gets its name.",
            "通过 REST API 按 Modelfile 在 Ollama 中创建模型，先提问验证，再给它名字。",
            "qabuild ollama my-model --modelfile artifacts/model/Modelfile",
            "qabuild ollama my-model:v2 --gate artifacts/model/gate.json --host 192.0.2.7")
        {
            name, file, gate, host, stamp, question,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            OllamaModelName.WithTag(parsed.GetValue(name)!),
            parsed.GetValue(file)!,
            parsed.GetValue(gate),
            parsed.GetValue(host) is { } text ? OllamaAddress.Parse(text) : OllamaAddress.FromEnvironment(),
            parsed.GetValue(stamp),
            parsed.GetValue(question),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string name, string file, string? gate, Uri address, string? stampFile, bool question, CancellationToken cancellation)
    {
        var model = ModelfileReader.Read(file);
        var before = gate is null ? null : GateReport.Read(gate);
        using var client = new OllamaClient(address, Patience);
        var stamp = OllamaStamp.Of(name, address, file, model, before);
        var (why, unchanged) = stamp.Compare(stampFile, await client.DigestOfAsync(name, cancellation));
        if (unchanged)
        {
            Say("OllamaUpToDate", name);
            return ExitCode.Success;
        }

        Say("OllamaImports", name, address, why);
        if (question)
        {
            return ExitCode.Failed;
        }

        // A build that is cancelled leaves no half-made model either.
        using var stop = new StopFile(cancellation);
        try
        {
            await ImportAsync(client, name, model, trial => ProveAsync(client, name, trial, before, gate, stop.Token), stop.Token);
        }
        catch (NotProvedException)
        {
            // The gate has said what was wrong.
            return ExitCode.Failed;
        }

        if (stampFile is not null)
        {
            OutputFiles.Write(Path.GetFullPath(stampFile), stamp.ToBytes(await client.DigestOfAsync(name, cancellation)));
        }

        Say("OllamaImported", name);
        return ExitCode.Success;
    }

    private static async Task ImportAsync(OllamaClient client, string name, Modelfile model, Func<string, Task> prove, CancellationToken cancellation)
    {
        using var line = new ProgressLine();
        var (step, began) = (new Reason(""), TimeSpan.Zero);
        void Show(OllamaProgress progress) => line.Show(elapsed =>
        {
            (step, began) = ReferenceEquals(step, progress.Step) ? (step, began) : (progress.Step, elapsed);
            return Progress(progress, elapsed - began);
        });
        await new OllamaImport(client, Show).RunAsync(
            name,
            model,
            trial =>
            {
                line.Clear();
                return prove(trial);
            },
            cancellation);
    }

    // The questions of the gate, as every form of the model before was asked them; without those, whether the model can be loaded and speaks.
    private static async Task ProveAsync(OllamaClient client, string name, string trial, GateReport? before, string? gate, CancellationToken cancellation)
    {
        if (before is null)
        {
            await client.ChatAsync(trial, [new ChatMessage("user", "Hello!")], FewTokens, cancellation);
            return;
        }

        var hop = new GateHop(GateHopKind.Ollama, name, _ => Task.FromResult<IGateModel>(new OllamaGateModel(new OllamaClient(client.Address, Patience), trial)));
        if (await GateCommand.RunAsync(before, [hop], gate!, cancellation) != ExitCode.Success)
        {
            throw new NotProvedException();
        }
    }

    private static Phrase Progress(OllamaProgress progress, TimeSpan elapsed)
    {
        var step = (Phrase)ModelFaultReport.Argument(progress.Step);
        var rate = progress.Bytes / Math.Max(elapsed.TotalSeconds, 1e-3);
        return progress.TotalBytes == 0
            ? step
            : new Phrase(
                "OllamaProgress", step, progress.Bytes >> 20, progress.TotalBytes >> 20, (long)(rate / (1 << 20)),
                TimeSpan.FromSeconds(Math.Round((progress.TotalBytes - progress.Bytes) / Math.Max(rate, 1))).ToString("c", CultureInfo.InvariantCulture));
    }

    private static void Say(string phrase, params object[] arguments) => Console.WriteLine(Catalogue.Default.Format(new Phrase(phrase, arguments), CultureInfo.CurrentUICulture));

    /// <summary>Ends the import, which then deletes the model.</summary>
    private sealed class NotProvedException : Exception;
}
