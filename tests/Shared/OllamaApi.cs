using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QaBuild.Tests;

/// <summary>
/// What a request to Ollama may hold, by docs/api.md of Ollama's repository (https://github.com/ollama/ollama/blob/main/docs/api.md); each endpoint names its section there.
/// What that page does not have is refused, which Ollama itself does not always do.
/// </summary>
internal static class OllamaApi
{
    // docs/modelfile.md, section "Valid Parameters and Values"; api.md's "options" and "parameters" refer to it.
    private static readonly Dictionary<string, JsonValueKind[]> Parameters = new()
    {
        ["num_ctx"] = [JsonValueKind.Number],
        ["repeat_last_n"] = [JsonValueKind.Number],
        ["repeat_penalty"] = [JsonValueKind.Number],
        ["temperature"] = [JsonValueKind.Number],
        ["seed"] = [JsonValueKind.Number],
        ["stop"] = [JsonValueKind.String, JsonValueKind.Array],
        ["num_predict"] = [JsonValueKind.Number],
        ["top_k"] = [JsonValueKind.Number],
        ["top_p"] = [JsonValueKind.Number],
        ["min_p"] = [JsonValueKind.Number],
    };

    private static readonly Dictionary<string, Endpoint> Endpoints = new()
    {
        ["POST /api/generate"] = new(
            "Generate a completion", ["model"],
            "model:s prompt:s suffix:s images:a format:so options:o system:s template:s stream:b raw:b keep_alive:sn context:a think:bs"),
        ["POST /api/chat"] = new("Generate a chat completion", ["model", "messages"], "model:s messages:a tools:a format:so options:o stream:b keep_alive:sn think:bs"),
        ["POST /api/create"] = new(
            "Create a Model", ["model"], "model:s from:s files:o adapters:o template:s license:sa system:s parameters:o messages:a stream:b quantize:s"),
        ["GET /api/tags"] = new("List Local Models", [], ""),
        ["POST /api/show"] = new("Show Model Information", ["model"], "model:s verbose:b"),
        ["POST /api/copy"] = new("Copy a Model", ["source", "destination"], "source:s destination:s"),
        ["DELETE /api/delete"] = new("Delete a Model", ["model"], "model:s"),
        ["POST /api/embed"] = new("Generate Embeddings", ["model", "input"], "model:s input:sa truncate:b options:o keep_alive:sn dimensions:n"),
        ["GET /api/ps"] = new("List Running Models", [], ""),
        ["GET /api/version"] = new("Version", [], ""),
    };

    /// <summary>The endpoints of blobs have bytes for bodies: sections "Check if a Blob Exists" and "Push a Blob".</summary>
    public const string Blobs = "/api/blobs/";

    /// <summary>Whether there is such an endpoint.</summary>
    public static bool IsKnown(string endpoint) => Endpoints.ContainsKey(endpoint);

    /// <summary>What is wrong with a request, with the section that says so; null when nothing is.</summary>
    public static string? Fault(string endpoint, string body, out JsonObject request)
    {
        request = [];
        var (section, required, fields) = Endpoints[endpoint];
        string Says(string fault) => $"{fault} (docs/api.md, {section})";
        if (fields.Length == 0)
        {
            return body.Length == 0 ? null : Says("no body is read");
        }

        try
        {
            request = JsonNode.Parse(body)!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            return Says("the body is no JSON object");
        }

        var types = fields.Split(' ').Select(f => f.Split(':')).ToDictionary(f => f[0], f => f[1]);
        foreach (var (name, value) in request)
        {
            if (!types.TryGetValue(name, out var type))
            {
                return Says($"unknown field '{name}'");
            }

            if (!type.Contains(TypeOf(value), StringComparison.Ordinal))
            {
                return Says($"'{name}' is of another type");
            }
        }

        var given = request;
        var missing = required.FirstOrDefault(r => given[r] is null);
        return missing is not null ? Says($"'{missing}' is required") : FaultOfParts(request) is { } fault ? Says(fault) : null;
    }

    // Sections "Model names", "Generate a chat completion" (roles) and modelfile.md's parameters.
    private static string? FaultOfParts(JsonObject request)
    {
        foreach (var field in new[] { "model", "source", "destination" })
        {
            if (request[field] is { } name && !IsName((string)name!))
            {
                return $"'{name}' is no model name";
            }
        }

        foreach (var field in new[] { "options", "parameters" })
        {
            foreach (var (name, value) in request[field] as JsonObject ?? [])
            {
                if (!Parameters.TryGetValue(name, out var kinds) || value is null || !kinds.Contains(value.GetValueKind()))
                {
                    return $"'{name}' is no parameter, or its value of another type (docs/modelfile.md, Valid Parameters and Values)";
                }
            }
        }

        foreach (var message in request["messages"] as JsonArray ?? [])
        {
            if (message is not JsonObject { Count: 2 } turn || (string?)turn["role"] is not ("system" or "user" or "assistant" or "tool") || turn["content"] is null)
            {
                return "a message has a role (system, user, assistant or tool) and content";
            }
        }

        return null;
    }

    // model:tag, with an optional namespace and host.
    private static bool IsName(string name)
    {
        var parts = name.Split('/');
        var last = parts[^1].Split(':');
        return parts.Length <= 3 && last.Length <= 2 && parts[..^1].Concat(last).All(p => p.Length is > 0 and <= 80 && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':'));
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => "s",
        JsonValueKind.Number => "n",
        JsonValueKind.True or JsonValueKind.False => "b",
        JsonValueKind.Array => "a",
        JsonValueKind.Object => "o",
        _ => string.Create(CultureInfo.InvariantCulture, $"?{value}"),
    };

    /// <param name="Section">Of docs/api.md.</param>
    /// <param name="Required">Fields that must be there.</param>
    /// <param name="Fields">Names of all fields, each with the letters of the types that it may have: string, number, boolean, array, object.</param>
    private sealed record Endpoint(string Section, string[] Required, string Fields);
}
