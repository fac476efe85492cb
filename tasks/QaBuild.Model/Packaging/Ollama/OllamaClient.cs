using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using QaBuild.Model.Inference;

namespace QaBuild.Model.Packaging.Ollama;

/// <summary>
/// The part of Ollama's REST API that an import needs (docs/api.md of Ollama's repository). What goes wrong is a finding: QA8001 when nobody answers or the
/// line breaks, QA8002 when Ollama refuses.
/// </summary>
public sealed class OllamaClient : IDisposable
{
    private const int LongestReply = 16 << 20;

    // The body is no part of a page, and a reader of a log reads Chinese and <|im_end|> rather than their numbers.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly HttpClient _http;
    private readonly TimeSpan _patience;

    /// <summary>A client of the server at <paramref name="address"/>.</summary>
    /// <param name="address">As <see cref="OllamaAddress"/> reads it.</param>
    /// <param name="patience">How long the server may say nothing.</param>
    public OllamaClient(Uri address, TimeSpan patience)
    {
        _patience = patience;

        // A proxy for the world outside knows nothing of this machine.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(15), UseProxy = !address.IsLoopback })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>For example <c>http://127.0.0.1:11434/</c>.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>The digest of a model that the server has; null when it has none of this name.</summary>
    public async Task<string?> DigestOfAsync(string name, CancellationToken cancellation)
    {
        using var reply = await SendAsync(HttpMethod.Get, "api/tags", null, cancellation);
        await SucceedAsync(reply, cancellation);
        var tags = Parse(await BodyAsync(reply, cancellation));
        return (tags["models"] as JsonArray ?? []).OfType<JsonObject>().Where(m => Text(m, "name") == name).Select(m => Text(m, "digest")).FirstOrDefault();
    }

    /// <summary>Whether the server has a file with this digest.</summary>
    /// <param name="digest"><c>sha256:</c> and 64 hexadecimal digits.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<bool> HasBlobAsync(string digest, CancellationToken cancellation)
    {
        using var reply = await SendAsync(HttpMethod.Head, $"api/blobs/{digest}", null, cancellation);
        return reply.StatusCode == HttpStatusCode.NotFound ? false : await SucceedAsync(reply, cancellation);
    }

    /// <summary>Uploads a file, which the server checks against its digest.</summary>
    /// <param name="digest"><c>sha256:</c> and 64 hexadecimal digits.</param>
    /// <param name="content">Read to its end; it knows its length.</param>
    /// <param name="cancellation">Ends the upload; the server keeps nothing of it.</param>
    public async Task UploadAsync(string digest, Stream content, CancellationToken cancellation)
    {
        // An upload takes as long as it takes, but the server must not stand still for longer than its patience: each stretch that it takes counts anew.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_patience);
        await using var watched = new CountedStream(content, _ => limit.CancelAfter(_patience));
        using var body = new StreamContent(watched, 1 << 20);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        body.Headers.ContentLength = content.Length;
        try
        {
            using var reply = await SendAsync(HttpMethod.Post, $"api/blobs/{digest}", body, limit.Token);
            await SucceedAsync(reply, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Silent();
        }
    }

    /// <summary>Makes a model of uploaded files. The server tells how far it is, one JSON object a line.</summary>
    /// <param name="request">The body of <c>POST /api/create</c>.</param>
    /// <param name="said">Gets each status.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task CreateAsync(JsonObject request, Action<string> said, CancellationToken cancellation)
    {
        using var reply = await SendAsync(HttpMethod.Post, "api/create", Json(request), cancellation);
        await SucceedAsync(reply, cancellation);
        var last = "";
        await ReadAsync(async token =>
        {
            using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync(token), Encoding.UTF8);
            while (await WithPatience(t => reader.ReadLineAsync(t), token) is { } line)
            {
                if (line.Length == 0)
                {
                    continue;
                }

                var status = Parse(line);
                if (Text(status, "error") is { } error)
                {
                    throw Refused(error);
                }

                last = Text(status, "status") ?? last;
                said(last);
            }
        }, cancellation);

        // A server that dies ends the stream just as one that is done.
        if (last != "success")
        {
            throw new ModelFaultException(ModelFaults.OllamaUnreachable, "", Address.ToString(), new Reason("OllamaEndedEarly", last));
        }
    }

    /// <summary>Gives a model a second name.</summary>
    public async Task CopyAsync(string source, string destination, CancellationToken cancellation)
    {
        using var reply = await SendAsync(HttpMethod.Post, "api/copy", Json(new JsonObject { ["source"] = source, ["destination"] = destination }), cancellation);
        await SucceedAsync(reply, cancellation);
    }

    /// <summary>Removes a model; one that is not there is as good as removed.</summary>
    public async Task DeleteAsync(string name, CancellationToken cancellation)
    {
        using var reply = await SendAsync(HttpMethod.Delete, "api/delete", Json(new JsonObject { ["model"] = name }), cancellation);
        _ = reply.StatusCode == HttpStatusCode.NotFound || await SucceedAsync(reply, cancellation);
    }

    /// <summary>Asks a model, which puts the conversation into its own template.</summary>
    /// <param name="model">With its tag.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="mostTokens">The limit of the answer.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<OllamaAnswer> ChatAsync(string model, IReadOnlyList<ChatMessage> messages, int mostTokens, CancellationToken cancellation)
    {
        var request = new JsonObject
        {
            ["model"] = model,
            ["messages"] = new JsonArray([.. messages.Select(m => new JsonObject { ["role"] = m.Role, ["content"] = m.Content })]),
            ["stream"] = false,
            ["options"] = new JsonObject { ["temperature"] = 0, ["seed"] = 0, ["num_predict"] = mostTokens },
        };
        using var reply = await SendAsync(HttpMethod.Post, "api/chat", Json(request), cancellation);
        await SucceedAsync(reply, cancellation);
        var answer = Parse(await BodyAsync(reply, cancellation));
        return answer["message"] is JsonObject message && Text(message, "content") is { } text
            ? new OllamaAnswer(text, Text(answer, "done_reason") == "stop")
            : throw Refused(Text(answer, "error") ?? "");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        HttpResponseMessage? reply = null;
        await ReadAsync(async token =>
        {
            using var request = new HttpRequestMessage(method, path) { Content = body };

            reply = body is StreamContent
                ? await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token)
                : await WithPatience(t => new ValueTask<HttpResponseMessage>(_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, t)), token);
        }, cancellation);
        return reply!;
    }

    private async ValueTask<T> WithPatience<T>(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_patience);
        try
        {
            return await read(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Silent();
        }
    }

    private ModelFaultException Silent() =>
        new(ModelFaults.OllamaUnreachable, "", Address.ToString(), new Reason("OllamaSilent", _patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)));

    private async Task ReadAsync(Func<CancellationToken, Task> read, CancellationToken cancellation)
    {
        try
        {
            await read(cancellation);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            throw new ModelFaultException(ModelFaults.OllamaUnreachable, "", Address.ToString(), new Reason("OllamaDown", e.Message));
        }
        catch (Exception e) when (e is HttpRequestException or IOException && !cancellation.IsCancellationRequested)
        {
            throw new ModelFaultException(ModelFaults.OllamaUnreachable, "", Address.ToString(), new Reason("OllamaBrokenOff", e.InnerException?.Message ?? e.Message));
        }
    }

    private async Task<bool> SucceedAsync(HttpResponseMessage reply, CancellationToken cancellation)
    {
        if (reply.IsSuccessStatusCode)
        {
            return true;
        }

        var body = await BodyAsync(reply, cancellation);
        string? error = null;
        try
        {
            error = JsonNode.Parse(body) is JsonObject json ? Text(json, "error") : null;
        }
        catch (JsonException)
        {
            // What stands between us and Ollama, such as a proxy, answers in a form of its own.
        }

        throw Refused(string.Create(CultureInfo.InvariantCulture, $"{(int)reply.StatusCode} {error ?? body.Trim()}"));
    }

    private async Task<string> BodyAsync(HttpResponseMessage reply, CancellationToken cancellation)
    {
        var text = "";
        await ReadAsync(async token =>
        {
            await reply.Content.LoadIntoBufferAsync(LongestReply, token);
            text = await reply.Content.ReadAsStringAsync(token);
        }, cancellation);
        return text;
    }

    private JsonObject Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject ?? throw Refused(line);
        }
        catch (JsonException)
        {
            throw Refused(line);
        }
    }

    private ModelFaultException Refused(string error) => new(ModelFaults.OllamaRefused, "", Address.ToString(), error);

    private static string? Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static StringContent Json(JsonObject body) => new(body.ToJsonString(Plain), Encoding.UTF8, "application/json");
}
