using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace QaBuild.Model.Inference;

/// <summary>
/// llama.cpp in a child process. What its mistakes can end is the child, which is then reported as <see cref="ModelFaults.NativeCrash"/> with llama.cpp's last words.
/// Requests are answered one after another, whoever asks. A cancelled request ends the child, since native code hears of nothing; so does disposing.
/// </summary>
public sealed class LlamaProcess : IAsyncDisposable
{
    // Long enough for freeing a large model.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    // So many texts a request: large enough that a request's own cost is nothing, small enough that no line is of unusual size.
    private const int TextsOfRequest = 2000;

    private readonly Process _process;
    private readonly LastWords _lastWords = new();
    private readonly Task _listening;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string _path = "";
    private bool _greeted;
    private bool _over;

    private LlamaProcess(Process process)
    {
        _process = process;
        _listening = Listen();
    }

    /// <summary>The child's, for a test to end it as a mistake of llama.cpp's would.</summary>
    internal int ProcessId => _process.Id;

    /// <summary>Starts the child. Whether it has llama.cpp is said with the first request.</summary>
    /// <exception cref="ModelFaultException">The program cannot be started.</exception>
    public static LlamaProcess Start(LlamaHost host)
    {
        try
        {
            return new LlamaProcess(Process.Start(host.ToStart())!);
        }
        catch (Win32Exception e)
        {
            throw new ModelFaultException(ModelFaults.NativeCrash, "", "", new Reason("LlamaNotStarted", host.Program, e.Message), "");
        }
    }

    /// <summary>Loads a model (GGUF), in place of the one before.</summary>
    /// <exception cref="ModelFaultException"><see cref="ModelFaults.ModelNotLoaded"/> when llama.cpp refuses it.</exception>
    public async Task<LlamaModelInfo> LoadAsync(string path, LoadOptions? options = null, CancellationToken cancellation = default)
    {
        _path = path;
        return (await AskAsync<LoadedResponse>(new LoadRequest(path, options ?? new LoadOptions()), null, cancellation).ConfigureAwait(false)).Model;
    }

    /// <summary>Ids of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecial">Whether BOS and EOS are added where the model has it so.</param>
    /// <param name="parseSpecial">Whether the text of a special token becomes that token.</param>
    /// <param name="cancellation">Ends the child.</param>
    public async Task<int[]> TokenizeAsync(string text, bool addSpecial, bool parseSpecial, CancellationToken cancellation = default) =>
        (await TokenizeAsync([text], addSpecial, parseSpecial, cancellation).ConfigureAwait(false))[0];

    /// <summary>Ids of many texts.</summary>
    public async Task<int[][]> TokenizeAsync(IReadOnlyList<string> texts, bool addSpecial, bool parseSpecial, CancellationToken cancellation = default)
    {
        var ids = new List<int[]>(texts.Count);
        foreach (var chunk in texts.Chunk(TextsOfRequest))
        {
            ids.AddRange((await AskAsync<TokensResponse>(new TokenizeRequest(chunk, addSpecial, parseSpecial), null, cancellation).ConfigureAwait(false)).Ids);
        }

        return [.. ids];
    }

    /// <summary>How many ids each of many texts has.</summary>
    public async Task<int[]> CountTokensAsync(IReadOnlyList<string> texts, bool addSpecial, bool parseSpecial, CancellationToken cancellation = default)
    {
        var counts = new List<int>(texts.Count);
        foreach (var chunk in texts.Chunk(TextsOfRequest))
        {
            counts.AddRange((await AskAsync<CountsResponse>(new CountRequest(chunk, addSpecial, parseSpecial), null, cancellation).ConfigureAwait(false)).Counts);
        }

        return [.. counts];
    }

    /// <summary>The text of ids.</summary>
    public async Task<string> DetokenizeAsync(IReadOnlyList<int> ids, bool renderSpecial = false, CancellationToken cancellation = default) =>
        (await AskAsync<TextResponse>(new DetokenizeRequest([.. ids], renderSpecial), null, cancellation).ConfigureAwait(false)).Text;

    /// <summary>The text that llama.cpp's own chat template makes of a conversation; no model is needed.</summary>
    /// <param name="template">In Jinja, or a name of llama.cpp's such as <c>chatml</c>.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">Whether an answer is asked for at the end.</param>
    /// <param name="cancellation">Ends the child.</param>
    public async Task<string> RenderAsync(string template, IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, CancellationToken cancellation = default) =>
        (await AskAsync<TextResponse>(new RenderRequest(template, [.. messages], addGenerationPrompt), null, cancellation).ConfigureAwait(false)).Text;

    /// <summary>Logits of a sequence that begins a context: a row of the vocabulary's size for each position, or for the last alone.</summary>
    public async Task<float[][]> LogitsAsync(IReadOnlyList<int> ids, bool lastOnly = false, CancellationToken cancellation = default)
    {
        var rows = new List<float[]>();
        await AskAsync<DoneResponse>(
            new LogitsRequest([.. ids], lastOnly),
            response =>
            {
                if (response is LogitsResponse row)
                {
                    rows.Add(MemoryMarshal.Cast<byte, float>(row.Floats).ToArray());
                }
            },
            cancellation).ConfigureAwait(false);
        return [.. rows];
    }

    /// <summary>The natural logarithm of the likelihood of each token of a sequence, given those before it, without moving rows of logits between the processes.</summary>
    /// <param name="ids">The sequence, which begins a context.</param>
    /// <param name="from">The first token that is asked about, at least 1: the first token of all follows nothing.</param>
    /// <param name="cancellation">Ends the child.</param>
    public async Task<double[]> ScoreAsync(IReadOnlyList<int> ids, int from, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, ids.Count);
        return (await AskAsync<ScoresResponse>(new ScoreRequest([.. ids], from), null, cancellation).ConfigureAwait(false)).LogLikelihoods;
    }

    /// <summary>Generates from a prompt. The same model, prompt, options and number of threads give the same text.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="options">How.</param>
    /// <param name="piece">Hears each piece of the text as it comes; a piece holds whole characters.</param>
    /// <param name="cancellation">Ends the child.</param>
    public async Task<Generation> GenerateAsync(Prompt prompt, GenerateOptions options, Action<string>? piece = null, CancellationToken cancellation = default) =>
        (await AskAsync<GeneratedResponse>(
            new GenerateRequest(prompt, options),
            response =>
            {
                if (response is PieceResponse { Text: var text })
                {
                    piece?.Invoke(text);
                }
            },
            cancellation).ConfigureAwait(false)).Generation;

    /// <summary>Writes a model with smaller numbers.</summary>
    /// <param name="input">A GGUF of F32, F16 or BF16.</param>
    /// <param name="output">Where to; what a failure leaves there is no model.</param>
    /// <param name="fileType">llama.cpp's number of the type: Q8_0 is 7, Q4_K_M 15.</param>
    /// <param name="threads">0 for all processors.</param>
    /// <param name="cancellation">Ends the child.</param>
    public async Task QuantizeAsync(string input, string output, int fileType, int threads = 0, CancellationToken cancellation = default)
    {
        _path = input;
        await AskAsync<DoneResponse>(new QuantizeRequest(input, output, fileType, threads), null, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var idle = _turn.Wait(0) && !_over;
        _over = true;
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone.
        }

        using var patience = new CancellationTokenSource(idle ? Farewell : TimeSpan.Zero);
        try
        {
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Kill(_process);
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await _listening.ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task Listen()
    {
        while (await _process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            _lastWords.Add(line);
        }
    }

    private async Task<T> AskAsync<T>(LlamaRequest request, Action<LlamaResponse>? before, CancellationToken cancellation)
        where T : LlamaResponse
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_over, this);

            // What is under way cannot be taken back: it ends with the child.
            using var kill = cancellation.UnsafeRegister(p => Kill((Process)p!), _process);
            var answered = false;
            try
            {
                if (!_greeted)
                {
                    Require<ReadyResponse>(await NextAsync(cancellation).ConfigureAwait(false));
                    _greeted = true;
                }

                await SendAsync(request, cancellation).ConfigureAwait(false);
                while (true)
                {
                    var response = await NextAsync(cancellation).ConfigureAwait(false);
                    if (response is not (LogitsResponse or PieceResponse))
                    {
                        // A request that was refused leaves the child ready for the next.
                        answered = true;
                        return Require<T>(response);
                    }

                    before?.Invoke(response);
                }
            }
            finally
            {
                if (!answered)
                {
                    _over = true;
                    Kill(_process);
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private static T Require<T>(LlamaResponse response)
        where T : LlamaResponse => response switch
        {
            T expected => expected,
            FaultResponse fault => throw fault.ToException(),
            _ => throw new InvalidOperationException($"{response.GetType().Name} instead of {typeof(T).Name}"),
        };

    private async Task SendAsync(LlamaRequest request, CancellationToken cancellation)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, LlamaJson.Options)).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw await DeathAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task<LlamaResponse> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var line = await _process.StandardOutput.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) ?? throw await DeathAsync(cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            if (line.StartsWith('{'))
            {
                return JsonSerializer.Deserialize<LlamaResponse>(line, LlamaJson.Options)!;
            }

            // Native code may print where it likes.
            _lastWords.Add(line);
        }
    }

    /// <summary>Why the child is gone, with all that it said.</summary>
    private async Task<Exception> DeathAsync(CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return new OperationCanceledException(cancellation);
        }

        // It closed its output: what does not end now never will.
        using var patience = new CancellationTokenSource(Farewell);
        try
        {
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Kill(_process);
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await _listening.ConfigureAwait(false);
        return new ModelFaultException(ModelFaults.NativeCrash, _path, _path, ProcessEnd.Reason(_process.ExitCode), _lastWords.Text() is { Length: > 0 } words ? words : new Reason("LlamaSaysNothing"));
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }
}
