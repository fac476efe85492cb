using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Training.Export;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Packaging.Gate;

/// <summary>Base and adapter as the trainer computes them; llama.cpp only cuts text into tokens.</summary>
public sealed class TrainerGateModel : IGateModel
{
    private readonly LlamaProcess _tokenizer;
    private readonly IReadOnlySet<int> _stops;
    private readonly Stack<IDisposable> _owned;
    private readonly Transformer _network;
    private readonly int? _bos;

    private TrainerGateModel(LlamaProcess tokenizer, int? bos, IReadOnlySet<int> stops, Stack<IDisposable> owned, Transformer network) =>
        (_tokenizer, _bos, _stops, _owned, _network) = (tokenizer, bos, stops, owned, network);

    /// <summary>Loads base and adapter.</summary>
    /// <param name="host">How llama.cpp is started.</param>
    /// <param name="model">The base (GGUF).</param>
    /// <param name="adapter">A GGUF of an adapter or of a whole model, or a folder of PEFT or mlx-lm.</param>
    /// <param name="terminators">The texts of the tokens that end an answer.</param>
    /// <param name="threads">0 for one a processor.</param>
    /// <param name="cancellation">Ends llama.cpp.</param>
    /// <exception cref="ModelFaultException">QA7003, QA7004 or QA7010.</exception>
    public static async Task<IGateModel> OpenAsync(LlamaHost host, string model, string adapter, IReadOnlyList<string> terminators, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(terminators);
        var owned = new Stack<IDisposable>();
        T Own<T>(T thing)
            where T : IDisposable
        {
            owned.Push(thing);
            return thing;
        }

        var llama = LlamaProcess.Start(host);
        try
        {
            var info = await llama.LoadAsync(model, new LoadOptions { VocabularyOnly = true }, cancellation).ConfigureAwait(false);
            var stops = new HashSet<int>(new[] { info.Eos, info.Eot }.Where(t => t >= 0));
            foreach (var terminator in terminators)
            {
                stops.UnionWith((await llama.TokenizeAsync(terminator, addSpecial: false, parseSpecial: true, cancellation).ConfigureAwait(false)).Take(1));
            }

            // Full training leaves a model of its own.
            var whole = !Directory.Exists(adapter) && IsWhole(adapter);
            var file = Own(GgufFile.Open(whole ? adapter : model));
            var weights = Own(BaseWeights.Of(file));
            return new TrainerGateModel(llama, LlamaGateModel.BosOf(info), stops, owned, Own(new Transformer(weights, whole ? null : Own(AdapterReader.Read(adapter, weights, file)), new TransformerOptions { Threads = threads })));
        }
        catch
        {
            await DisposeAsync(llama, owned).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<GateAnswer> AnswerAsync(GateQuestion question, int mostTokens, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        var ids = await _tokenizer.TokenizeAsync(question.Prompt, addSpecial: true, parseSpecial: true, cancellation).ConfigureAwait(false);
        using var decoder = _network.Decoder(ids.Length + mostTokens + 1);
        var (tokens, stopped) = decoder.Continue(ids, mostTokens, _stops);
        return new GateAnswer(await _tokenizer.DetokenizeAsync(tokens, cancellation: cancellation).ConfigureAwait(false), stopped);
    }

    /// <inheritdoc/>
    public async Task<double[]?> ScoreAsync(GateQuestion question, CancellationToken cancellation)
    {
        var (prompt, answer) = await LlamaGateModel.TokensAsync(_tokenizer, _bos, question, cancellation).ConfigureAwait(false);
        int[] ids = [.. prompt, .. answer];
        var logits = _network.Logits(ids);
        var width = _network.Shape.Vocabulary;
        return [.. Enumerable.Range(prompt.Length, answer.Length).Select(i => LogLikelihood.Of(logits.AsSpan((i - 1) * width, width), ids[i]))];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => DisposeAsync(_tokenizer, _owned);

    private static bool IsWhole(string path)
    {
        using var file = GgufFile.Open(path);
        return file.Text("general.type") != "adapter" && file.Text("adapter.type") is null;
    }

    private static async ValueTask DisposeAsync(LlamaProcess llama, Stack<IDisposable> owned)
    {
        while (owned.TryPop(out var thing))
        {
            thing.Dispose();
        }

        await llama.DisposeAsync().ConfigureAwait(false);
    }
}
