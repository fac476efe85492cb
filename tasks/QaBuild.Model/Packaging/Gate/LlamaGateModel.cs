using QaBuild.Model.Chat;
using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Training.Data;

namespace QaBuild.Model.Packaging.Gate;

/// <summary>A model that llama.cpp asks.</summary>
public sealed class LlamaGateModel : IGateModel
{
    // Threads of a small model wait for each other longer than they compute, all the more on a busy machine.
    private const long SmallModel = 64 << 20;

    private readonly LlamaProcess _llama;

    private readonly int? _bos;

    private LlamaGateModel(LlamaProcess llama, LlamaModelInfo info) => (_llama, _bos) = (llama, BosOf(info));

    /// <summary>Loads a model.</summary>
    /// <exception cref="ModelFaultException">QA7003: the file is not whole; QA7009: llama.cpp refuses it.</exception>
    public static async Task<IGateModel> OpenAsync(LlamaHost host, string path, LoadOptions options, CancellationToken cancellation = default)
    {
        // Our own reader says better than llama.cpp what is wrong with a file.
        GgufFile.Open(path).Dispose();
        ArgumentNullException.ThrowIfNull(options);
        options = options.Threads == 0 && new FileInfo(path).Length < SmallModel ? options with { Threads = 1 } : options;
        var llama = LlamaProcess.Start(host);
        try
        {
            return new LlamaGateModel(llama, await llama.LoadAsync(path, options, cancellation).ConfigureAwait(false));
        }
        catch
        {
            await llama.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<GateAnswer> AnswerAsync(GateQuestion question, int mostTokens, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        var generation = await _llama.GenerateAsync(Prompt.Raw(question.Prompt), new GenerateOptions { MaxTokens = mostTokens }, cancellation: cancellation).ConfigureAwait(false);
        return new GateAnswer(generation.Text, generation.Finish == FinishReason.Eos);
    }

    /// <inheritdoc/>
    public async Task<double[]?> ScoreAsync(GateQuestion question, CancellationToken cancellation)
    {
        var (prompt, answer) = await TokensAsync(_llama, _bos, question, cancellation).ConfigureAwait(false);
        return await _llama.ScoreAsync([.. prompt, .. answer], prompt.Length, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _llama.DisposeAsync();

    /// <summary>What begins every text; null where the model wants nothing.</summary>
    internal static int? BosOf(LlamaModelInfo info) => info.AddsBos && info.Bos >= 0 ? info.Bos : null;

    /// <summary>The question's tokens and the expected answer's, as the trainer cuts them.</summary>
    internal static async Task<(int[] Prompt, int[] Answer)> TokensAsync(LlamaProcess llama, int? bos, GateQuestion question, CancellationToken cancellation)
    {
        var row = new RowText([new ChatSegment(question.Prompt, false), new ChatSegment(question.Expected + question.Ending, true)], null);
        var (tokens, isAnswer) = (await new RowTokenizer(llama, bos).TokenizeAsync([row], cancellation).ConfigureAwait(false))[0];
        var prompt = isAnswer.AsSpan().IndexOf(true);
        return prompt < 0 ? (tokens, []) : (tokens[..prompt], tokens[prompt..]);
    }
}
