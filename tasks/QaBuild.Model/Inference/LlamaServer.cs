using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using QaBuild.Model.Inference.Native;

namespace QaBuild.Model.Inference;

/// <summary>The child process: answers the requests that it reads, one JSON object a line, until its input ends.</summary>
public static class LlamaServer
{
    /// <summary>Answers until standard input ends. Whoever started it is then gone, or has no more to ask.</summary>
    /// <param name="libraries">The folder of llama.cpp's libraries.</param>
    public static async Task RunAsync(string libraries)
    {
        // Ctrl-C reaches all processes of a terminal; the parent decides what becomes of this one.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => c.Cancel = true);
        await using var output = new StreamWriter(Console.OpenStandardOutput(), LlamaJson.Encoding) { AutoFlush = true, NewLine = "\n" };
        var lines = Channel.CreateUnbounded<string>();
        var busy = false;
        var reader = new Thread(() => Read(lines.Writer, () => Volatile.Read(ref busy))) { IsBackground = true, Name = "requests" };
        reader.Start();

        void Say(LlamaResponse response) => output.WriteLine(JsonSerializer.Serialize(response, LlamaJson.Options));
        try
        {
            Say(new ReadyResponse(Begin(libraries)));
        }
        catch (ModelFaultException fault)
        {
            Say(FaultResponse.Of(fault));
            return;
        }

        LlamaModel? model = null;
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync())
            {
                Volatile.Write(ref busy, true);
                LlamaLog.Clear();
                try
                {
                    Answer(JsonSerializer.Deserialize<LlamaRequest>(line, LlamaJson.Options)!, ref model, Say);
                }
                catch (ModelFaultException fault)
                {
                    Say(FaultResponse.Of(fault));
                }

                Volatile.Write(ref busy, false);
            }
        }
        finally
        {
            model?.Dispose();
        }
    }

    private static void Read(ChannelWriter<string> lines, Func<bool> busy)
    {
        using var input = new StreamReader(Console.OpenStandardInput(), LlamaJson.Encoding);
        while (input.ReadLine() is { } line)
        {
            lines.TryWrite(line);
        }

        lines.Complete();
        if (busy())
        {
            // Nobody waits for the answer, and a computation in native code hears of nothing.
            Process.GetCurrentProcess().Kill();
        }
    }

    private static string Begin(string libraries)
    {
        NativeLibraries.LoadFrom(libraries);
        try
        {
            var release = Marshal.PtrToStringUTF8(Llama.Version()) ?? "";

            // Builds outside the project's own release machinery, npm's among them, add '-dev'.
            if (release.Split('-')[0] != LlamaCpp.Release || !LaidOutAsDeclared())
            {
                throw LlamaCpp.Missing(libraries, new Reason("LlamaWrongRelease", libraries, release, LlamaCpp.Release));
            }

            LlamaLog.Listen();
            Ggml.LoadBackends(libraries);
            if (Ggml.DeviceOfType(Ggml.CpuDevice) == 0)
            {
                // Homebrew keeps the backends in a folder that its ggml knows.
                Ggml.LoadBackends();
            }

            if (Ggml.DeviceOfType(Ggml.CpuDevice) == 0)
            {
                throw LlamaCpp.Missing(libraries, new Reason("LlamaNoBackend", libraries));
            }

            Llama.InitializeBackend();
            return release;
        }
        catch (EntryPointNotFoundException)
        {
            // Releases before 0.2 do not say which they are.
            throw LlamaCpp.Missing(libraries, new Reason("LlamaWrongRelease", libraries, "?", LlamaCpp.Release));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw LlamaCpp.Missing(libraries, new Reason("LlamaNotLoadable", libraries, OneLine(e.Message)));
        }
    }

    // An own build of a commit near the release may call itself by the release's name.
    private static bool LaidOutAsDeclared() =>
        Llama.ModelDefaults() is { GpuLayers: -1, VocabularyOnly: 0, UseExtraBuffers: 1, LoadMultiTokenPrediction: 0 }
        && Llama.ContextDefaults() is { Batch: 2048, DefragmentationThreshold: -1, TypeOfKeys: Ggml.TypeF16, TypeOfValues: Ggml.TypeF16, Embeddings: 0, OffloadKeysAndValues: 1, SamplerCount: 0 };

    private static void Answer(LlamaRequest request, ref LlamaModel? model, Action<LlamaResponse> say)
    {
        if (request is LoadRequest load)
        {
            model?.Dispose();
            model = null;
            model = LlamaModel.Load(load.Path, load.Options);
            say(new LoadedResponse(model.Info));
            return;
        }

        if (request is QuantizeRequest quantize)
        {
            Quantize(quantize);
            say(new DoneResponse());
            return;
        }

        if (request is RenderRequest render)
        {
            say(new TextResponse(LlamaChat.Render(
                render.Template, render.Messages, render.AddGenerationPrompt, (reason, arguments) => new ModelFaultException(ModelFaults.ModelNotLoaded, "", "", new Reason(reason, arguments)))));
            return;
        }

        Answer(request, model ?? throw new InvalidOperationException("A model is loaded first."), say);
    }

    private static void Answer(LlamaRequest request, LlamaModel model, Action<LlamaResponse> say)
    {
        switch (request)
        {
            case TokenizeRequest { Texts: var texts } r:
                say(new TokensResponse(OfEach(texts, t => model.Tokenize(t, r.AddSpecial, r.ParseSpecial))));
                break;
            case CountRequest { Texts: var texts } r:
                say(new CountsResponse(OfEach(texts, t => model.Tokenize(t, r.AddSpecial, r.ParseSpecial).Length)));
                break;
            case DetokenizeRequest r:
                say(new TextResponse(model.Detokenize(r.Ids, r.RenderSpecial)));
                break;
            case LogitsRequest r:
                model.Logits(r.Ids, r.LastOnly, row => say(new LogitsResponse(row)));
                say(new DoneResponse());
                break;
            case ScoreRequest r:
                say(new ScoresResponse(model.Score(r.Ids, r.From)));
                break;
            case GenerateRequest r:
                say(new GeneratedResponse(model.Generate(r.Prompt, r.Options, text => say(new PieceResponse(text)))));
                break;
            default:
                throw new InvalidOperationException($"unknown request {request.GetType().Name}");
        }
    }

    private static T[] OfEach<T>(string[] texts, Func<string, T> made)
    {
        var results = new T[texts.Length];
        Parallel.For(0, texts.Length, i => results[i] = made(texts[i]));
        return results;
    }

    private static void Quantize(QuantizeRequest request)
    {
        var parameters = Llama.QuantizeDefaults();
        parameters.FileType = request.FileType;
        parameters.Threads = request.Threads;
        if (Llama.Quantize(request.Input, request.Output, parameters) is var status and not 0)
        {
            throw new ModelFaultException(
                ModelFaults.ModelNotLoaded, request.Input, request.Input, LlamaLog.Errors() ?? status.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string OneLine(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
