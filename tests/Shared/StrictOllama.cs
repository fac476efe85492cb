using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace QaBuild.Tests;

/// <summary>A server that speaks the part of Ollama's REST API that we use, to the letter of its documentation (<see cref="OllamaApi"/>). Models of it live in memory.</summary>
internal sealed class StrictOllama : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public StrictOllama()
    {
        var port = FreePort();
        Address = new Uri($"http://127.0.0.1:{port}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    /// <summary>Every request: method, path, and the body when it is JSON.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    /// <summary>Models by name with tag: the request that made each.</summary>
    public ConcurrentDictionary<string, JsonObject> Models { get; } = new();

    /// <summary>How a create ends: <c>success</c>, or <c>error</c>, <c>death</c> (the line closes) and <c>silence</c> after its first status.</summary>
    public string CreateEndsIn { get; set; } = "success";

    /// <summary>Whether the server reads none of an upload and never answers.</summary>
    public bool UploadsStandStill { get; set; }

    /// <summary>What a model says, and why it ends: <c>stop</c> or <c>length</c>.</summary>
    public Func<OllamaQuestion, Task<(string Text, string Reason)>> Answer { get; set; } = question => Task.FromResult((question.Messages[^1].Content, "stop"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Close();
        await _serving;
        _stop.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => HandleAsync(context));
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        var (method, path) = (context.Request.HttpMethod, context.Request.Url!.AbsolutePath);
        try
        {
            if (path.StartsWith(OllamaApi.Blobs, StringComparison.Ordinal) && method is ("HEAD" or "POST"))
            {
                Requests.Enqueue($"{method} {path}");
                await BlobAsync(context, method, path[OllamaApi.Blobs.Length..]);
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            Requests.Enqueue($"{method} {path} {body}".TrimEnd());
            var endpoint = $"{method} {path}";
            if (!OllamaApi.IsKnown(endpoint) || context.Request.Url.Query.Length > 0)
            {
                await ReplyAsync(context, 404, Error($"no such endpoint: {endpoint}"));
                return;
            }

            if (OllamaApi.Fault(endpoint, body, out var json) is { } fault)
            {
                await ReplyAsync(context, 400, Error(fault));
                return;
            }

            await (endpoint switch
            {
                "GET /api/version" => ReplyAsync(context, 200, new JsonObject { ["version"] = "0.0.0" }),
                "GET /api/tags" or "GET /api/ps" => ReplyAsync(context, 200, new JsonObject { ["models"] = new JsonArray([.. Models.Keys.Order(StringComparer.Ordinal).Select(Listed)]) }),
                "POST /api/create" => CreateAsync(context, json),
                "POST /api/copy" => CopyAsync(context, json),
                _ => OfModelAsync(context, endpoint, json),
            });
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client went away.
        }
    }

    // "Check if a Blob Exists": 200 or 404. "Push a Blob": 201, or 400 when the digest is another one.
    private async Task BlobAsync(HttpListenerContext context, string method, string digest)
    {
        if (digest.Length != 71 || !digest.StartsWith("sha256:", StringComparison.Ordinal) || !digest[7..].All(char.IsAsciiHexDigitLower))
        {
            await ReplyAsync(context, 400, Error("invalid digest format (docs/api.md, Push a Blob)"));
            return;
        }

        if (method == "HEAD")
        {
            context.Response.StatusCode = Blobs.ContainsKey(digest) ? 200 : 404;
            context.Response.Close();
            return;
        }

        if (UploadsStandStill)
        {
            await UntilTheEnd();
            context.Response.Abort();
            return;
        }

        using var content = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(content);
        var bytes = content.ToArray();
        if (digest != "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)))
        {
            await ReplyAsync(context, 400, Error("digest mismatch (docs/api.md, Push a Blob)"));
            return;
        }

        Blobs[digest] = bytes;
        context.Response.StatusCode = 201;
        context.Response.Close();
    }

    // "Create a Model": one of 'from' and 'files'; blobs must be there first; statuses are streamed, and success is the last.
    private async Task CreateAsync(HttpListenerContext context, JsonObject json)
    {
        string? fault = null;
        if (json["files"] is null == json["from"] is null)
        {
            fault = "one of 'from' and 'files' is given";
        }
        else if (json["from"] is { } from && !Models.ContainsKey(WithTag((string)from!)))
        {
            fault = $"model '{from}' not found";
        }

        foreach (var (file, digest) in (json["files"] as JsonObject ?? []).Concat(json["adapters"] as JsonObject ?? []))
        {
            fault ??= !Blobs.TryGetValue((string)digest!, out var bytes) ? $"blob {digest} of {file} does not exist"
                : !bytes.AsSpan().StartsWith("GGUF"u8) ? $"{file} is not a GGUF"
                : null;
        }

        if (fault is not null)
        {
            await ReplyAsync(context, 400, Error(fault + " (docs/api.md, Create a Model)"));
            return;
        }

        context.Response.ContentType = "application/x-ndjson";
        await LineAsync(context, new JsonObject { ["status"] = "parsing GGUF" });
        switch (CreateEndsIn)
        {
            case "error":
                await LineAsync(context, Error("unknown model architecture: 'other'"));
                context.Response.Close();
                return;
            case "death":
                context.Response.Close();
                return;
            case "silence":
                await UntilTheEnd();
                context.Response.Abort();
                return;
        }

        await LineAsync(context, new JsonObject { ["status"] = "writing manifest" });
        Models[WithTag((string)json["model"]!)] = json;
        await LineAsync(context, new JsonObject { ["status"] = "success" });
        context.Response.Close();
    }

    // "Copy a Model": 404 when there is no source.
    private Task CopyAsync(HttpListenerContext context, JsonObject json)
    {
        if (!Models.TryGetValue(WithTag((string)json["source"]!), out var model))
        {
            return ReplyAsync(context, 404, Error($"model '{json["source"]}' not found"));
        }

        Models[WithTag((string)json["destination"]!)] = model;
        return ReplyAsync(context, 200, null);
    }

    // What is asked of a model, or about one: 404 when it is not there.
    private async Task OfModelAsync(HttpListenerContext context, string endpoint, JsonObject json)
    {
        var name = WithTag((string)json["model"]!);
        if (!Models.TryGetValue(name, out var model))
        {
            await ReplyAsync(context, 404, Error($"model '{json["model"]}' not found"));
            return;
        }

        switch (endpoint)
        {
            case "POST /api/show":
                await ReplyAsync(context, 200, new JsonObject { ["template"] = model["template"]?.DeepClone(), ["system"] = model["system"]?.DeepClone(), ["capabilities"] = new JsonArray("completion") });
                break;
            case "DELETE /api/delete":
                Models.TryRemove(name, out _);
                await ReplyAsync(context, 200, null);
                break;
            case "POST /api/embed":
                var inputs = json["input"] is JsonArray many ? many.Count : 1;
                await ReplyAsync(context, 200, new JsonObject { ["model"] = name, ["embeddings"] = new JsonArray([.. Enumerable.Range(0, inputs).Select(_ => new JsonArray(1, 0))]) });
                break;
            default:
                await AnswerAsync(context, endpoint, name, model, json);
                break;
        }
    }

    // "Generate a completion", "Generate a chat completion": one object, or pieces and then one with 'done', unless 'stream' is false.
    private async Task AnswerAsync(HttpListenerContext context, string endpoint, string name, JsonObject model, JsonObject json)
    {
        var chats = endpoint == "POST /api/chat";
        (string Role, string Content)[] messages = chats
            ? [.. json["messages"]!.AsArray().Select(m => ((string)m!["role"]!, (string)m["content"]!))]
            : [.. json["system"] is { } system ? [("system", (string)system!)] : Array.Empty<(string, string)>(), ("user", (string?)json["prompt"] ?? "")];
        var raw = (bool?)json["raw"] ?? false;
        var (text, reason) = await Answer(new OllamaQuestion(name, model, messages, raw, json["options"] as JsonObject ?? []));
        JsonObject Piece(string said, bool done)
        {
            var piece = new JsonObject { ["model"] = (string)json["model"]!, ["created_at"] = "2027-01-01T00:00:00Z" };
            piece[chats ? "message" : "response"] = chats ? new JsonObject { ["role"] = "assistant", ["content"] = said } : said;
            piece["done"] = done;
            if (done)
            {
                piece["done_reason"] = reason;
            }

            return piece;
        }

        if ((bool?)json["stream"] == false)
        {
            await ReplyAsync(context, 200, Piece(text, done: true));
            return;
        }

        context.Response.ContentType = "application/x-ndjson";
        await LineAsync(context, Piece(text, done: false));
        await LineAsync(context, Piece("", done: true));
        context.Response.Close();
    }

    private JsonObject Listed(string name) => new()
    {
        ["name"] = name,
        ["model"] = name,
        ["modified_at"] = "2027-01-01T00:00:00Z",
        ["digest"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Models[name].ToJsonString()))),
    };

    private Task UntilTheEnd() => Task.Delay(Timeout.Infinite, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    // "Model names": the tag is latest when there is none.
    private static string WithTag(string name) => name.LastIndexOf(':') > name.LastIndexOf('/') ? name : name + ":latest";

    private static JsonObject Error(string error) => new() { ["error"] = error };

    private static async Task ReplyAsync(HttpListenerContext context, int status, JsonObject? body)
    {
        context.Response.StatusCode = status;
        if (body is not null)
        {
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()));
        }

        context.Response.Close();
    }

    private static async Task LineAsync(HttpListenerContext context, JsonObject line)
    {
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(line.ToJsonString() + "\n"));
        await context.Response.OutputStream.FlushAsync();
    }
}

/// <summary>What a model in the server is asked.</summary>
/// <param name="Model">Its name with tag.</param>
/// <param name="Made">The request that made it.</param>
/// <param name="Messages">The conversation as it was sent; of a completion, its system message and prompt.</param>
/// <param name="Raw">Whether the prompt is to be taken as it is.</param>
/// <param name="Options">Those of the request.</param>
internal sealed record OllamaQuestion(string Model, JsonObject Made, IReadOnlyList<(string Role, string Content)> Messages, bool Raw, JsonObject Options);
