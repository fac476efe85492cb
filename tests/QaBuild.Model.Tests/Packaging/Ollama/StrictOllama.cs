using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace QaBuild.Model.Tests.Packaging.Ollama;

/// <summary>
/// A server that speaks the part of Ollama's REST API that we use, to the letter of its documentation: what the documentation does not have is refused. Each
/// rule names its section of docs/api.md in Ollama's repository.
/// </summary>
internal sealed class StrictOllama : IAsyncDisposable
{
    private static readonly string[] CreateFields = ["model", "from", "files", "adapters", "template", "license", "system", "parameters", "messages", "stream", "quantize"];
    private static readonly string[] GenerateFields = ["model", "prompt", "suffix", "images", "format", "options", "system", "template", "stream", "raw", "keep_alive", "context"];

    // Section "Valid Parameters and Values" of docs/modelfile.md.
    private static readonly string[] Parameters = ["mirostat", "mirostat_eta", "mirostat_tau", "num_ctx", "repeat_last_n", "repeat_penalty", "temperature", "seed", "stop", "num_predict", "top_k", "top_p", "min_p"];
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

    public ConcurrentDictionary<string, JsonObject> Models { get; } = new();

    /// <summary>What a create says instead of success: <c>error</c>, <c>death</c>, <c>silence</c>, or null.</summary>
    public string? CreateEndsIn { get; set; }

    /// <summary>Model and prompt to answer and reason.</summary>
    public Func<string, string, (string Text, string Reason)> Answer { get; set; } = (_, prompt) => (prompt, "stop");

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
            if (path.StartsWith("/api/blobs/", StringComparison.Ordinal))
            {
                Requests.Enqueue($"{method} {path}");
                await BlobAsync(context, method, path["/api/blobs/".Length..]);
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            Requests.Enqueue($"{method} {path} {body}".TrimEnd());
            var json = body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject();
            var reply = (method, path) switch
            {
                ("GET", "/api/tags") => ReplyAsync(context, 200, new JsonObject { ["models"] = new JsonArray([.. Models.Keys.Order(StringComparer.Ordinal).Select(n => new JsonObject { ["name"] = n, ["model"] = n })]) }),
                ("POST", "/api/show") => Known(json, ["model", "verbose"]) is { } unknown ? BadAsync(context, unknown) : ShowAsync(context, json),
                ("POST", "/api/create") => CreateAsync(context, json),
                ("POST", "/api/generate") => GenerateAsync(context, json),
                ("POST", "/api/copy") => Known(json, ["source", "destination"]) is { } unknown ? BadAsync(context, unknown) : CopyAsync(context, json),
                ("DELETE", "/api/delete") => Known(json, ["model"]) is { } unknown ? BadAsync(context, unknown) : DeleteAsync(context, json),
                _ => ReplyAsync(context, 404, new JsonObject { ["error"] = $"no such endpoint: {method} {path}" }),
            };
            await reply;
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
            await BadAsync(context, "invalid digest format");
            return;
        }

        if (method == "HEAD")
        {
            context.Response.StatusCode = Blobs.ContainsKey(digest) ? 200 : 404;
            context.Response.Close();
            return;
        }

        using var content = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(content);
        var bytes = content.ToArray();
        if (digest != "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)))
        {
            await BadAsync(context, "digest mismatch");
            return;
        }

        Blobs[digest] = bytes;
        context.Response.StatusCode = 201;
        context.Response.Close();
    }

    // "Create a Model": blobs must be there first; statuses are streamed, and success is the last.
    private async Task CreateAsync(HttpListenerContext context, JsonObject json)
    {
        if (Known(json, CreateFields) is { } unknown)
        {
            await BadAsync(context, unknown);
            return;
        }

        if (json["parameters"] is JsonObject parameters && Known(parameters, Parameters) is { } parameter)
        {
            await BadAsync(context, parameter);
            return;
        }

        if (json["files"] is null && json["from"] is null)
        {
            await BadAsync(context, "neither 'from' or 'files' was specified");
            return;
        }

        foreach (var (file, digest) in (json["files"] as JsonObject ?? []).Concat(json["adapters"] as JsonObject ?? []))
        {
            if (!Blobs.TryGetValue((string)digest!, out var bytes))
            {
                await BadAsync(context, $"blob {digest} of {file} does not exist");
                return;
            }

            if (!bytes.AsSpan().StartsWith("GGUF"u8))
            {
                await BadAsync(context, $"{file} is not a GGUF");
                return;
            }
        }

        context.Response.ContentType = "application/x-ndjson";
        await LineAsync(context, new JsonObject { ["status"] = "parsing GGUF" });
        switch (CreateEndsIn)
        {
            case "error":
                await LineAsync(context, new JsonObject { ["error"] = "unknown model architecture: 'other'" });
                context.Response.Close();
                return;
            case "death":
                context.Response.Close();
                return;
            case "silence":
                await Task.Delay(Timeout.Infinite, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
                context.Response.Abort();
                return;
        }

        await LineAsync(context, new JsonObject { ["status"] = "writing manifest" });
        Models[Name(json, "model")] = json;
        await LineAsync(context, new JsonObject { ["status"] = "success" });
        context.Response.Close();
    }

    // "Generate a completion".
    private Task GenerateAsync(HttpListenerContext context, JsonObject json)
    {
        if (Known(json, GenerateFields) is { } unknown)
        {
            return BadAsync(context, unknown);
        }

        if (json["options"] is JsonObject options && Known(options, Parameters) is { } option)
        {
            return BadAsync(context, option);
        }

        if (!Models.ContainsKey(Name(json, "model")))
        {
            return ReplyAsync(context, 404, new JsonObject { ["error"] = $"model '{json["model"]}' not found" });
        }

        var (text, reason) = Answer(Name(json, "model"), (string)json["prompt"]!);
        return ReplyAsync(context, 200, new JsonObject { ["model"] = (string)json["model"]!, ["response"] = text, ["done"] = true, ["done_reason"] = reason });
    }

    // "Show Model Information": 404 for a model that is not there.
    private Task ShowAsync(HttpListenerContext context, JsonObject json) => Models.TryGetValue(Name(json, "model"), out var model)
        ? ReplyAsync(context, 200, new JsonObject { ["template"] = model["template"]?.DeepClone(), ["system"] = model["system"]?.DeepClone() })
        : ReplyAsync(context, 404, new JsonObject { ["error"] = $"model '{json["model"]}' not found" });

    // "Copy a Model": 404 when there is no source.
    private Task CopyAsync(HttpListenerContext context, JsonObject json)
    {
        if (!Models.TryGetValue(Name(json, "source"), out var model))
        {
            return ReplyAsync(context, 404, new JsonObject { ["error"] = $"model '{json["source"]}' not found" });
        }

        Models[Name(json, "destination")] = model;
        return ReplyAsync(context, 200, null);
    }

    // "Delete a Model": 404 when it is not there.
    private Task DeleteAsync(HttpListenerContext context, JsonObject json) => Models.TryRemove(Name(json, "model"), out _)
        ? ReplyAsync(context, 200, null)
        : ReplyAsync(context, 404, new JsonObject { ["error"] = $"model '{json["model"]}' not found" });

    // "Model names": the tag is latest when there is none.
    private static string Name(JsonObject json, string field) => (string?)json[field] is { } name ? name.Contains(':', StringComparison.Ordinal) ? name : name + ":latest" : "";

    private static string? Known(JsonObject json, string[] fields) =>
        json.Select(f => f.Key).Except(fields).FirstOrDefault() is { } unknown ? $"unknown field '{unknown}'" : null;

    private static Task BadAsync(HttpListenerContext context, string error) => ReplyAsync(context, 400, new JsonObject { ["error"] = error });

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
