using System.Net;
using System.Security.Cryptography;
using System.Text;
using QaBuild.Model.Packaging.Ollama;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging.Ollama;

/// <summary>The server of these tests refuses what Ollama's documentation does not have: a test that passes against it says something.</summary>
public sealed class StrictOllamaTests
{
    [Theory]
    [InlineData("POST", "/api/create", """{"model":"a","modelfile":"FROM b"}""", 400, "unknown field 'modelfile' (docs/api.md, Create a Model)")]
    [InlineData("POST", "/api/create", """{"model":"a"}""", 400, "one of 'from' and 'files' is given (docs/api.md, Create a Model)")]
    [InlineData("POST", "/api/create", """{"model":"a","files":{"m.gguf":"sha256:00"}}""", 400, "blob sha256:00 of m.gguf does not exist (docs/api.md, Create a Model)")]
    [InlineData("POST", "/api/create", """{"from":"a"}""", 400, "'model' is required (docs/api.md, Create a Model)")]
    [InlineData("POST", "/api/create", """{"model":"a b","from":"c"}""", 400, "'a b' is no model name (docs/api.md, Create a Model)")]
    [InlineData("POST", "/api/create", """{"model":"a","from":"b","parameters":{"heat":1}}""", 400, "'heat' is no parameter")]
    [InlineData("POST", "/api/create", """{"model":"a","from":"b","parameters":{"num_ctx":"many"}}""", 400, "'num_ctx' is no parameter, or its value of another type")]
    [InlineData("POST", "/api/create", """{"model":"a","from":"b","system":1}""", 400, "'system' is of another type")]
    [InlineData("POST", "/api/create", """{"model":"a","from":"b"}""", 400, "model 'b' not found")]
    [InlineData("POST", "/api/create", "FROM b", 400, "the body is no JSON object")]
    [InlineData("POST", "/api/chat", """{"model":"a","messages":[{"role":"bot","content":"c"}]}""", 400, "a message has a role (system, user, assistant or tool) and content (docs/api.md, Generate a chat completion)")]
    [InlineData("POST", "/api/chat", """{"model":"a","messages":[]}""", 404, "model 'a' not found")]
    [InlineData("POST", "/api/generate", """{"model":"a","prompt":"p"}""", 404, "model 'a' not found")]
    [InlineData("POST", "/api/embed", """{"model":"a"}""", 400, "'input' is required (docs/api.md, Generate Embeddings)")]
    [InlineData("POST", "/api/show", """{"model":"a"}""", 404, "model 'a' not found")]
    [InlineData("POST", "/api/copy", """{"source":"a","destination":"b"}""", 404, "model 'a' not found")]
    [InlineData("DELETE", "/api/delete", """{"name":"a"}""", 400, "unknown field 'name' (docs/api.md, Delete a Model)")]
    [InlineData("POST", "/api/delete", """{"model":"a"}""", 404, "no such endpoint: POST /api/delete")]
    [InlineData("POST", "/api/blobs/sha256:12", "bytes", 400, "invalid digest format")]
    public async Task A_request_that_the_documentation_does_not_have_is_refused(string method, string path, string body, int status, string error)
    {
        await using var server = new StrictOllama();

        var (code, said) = await Send(server, method, path, body);

        Assert.Equal((HttpStatusCode)status, code);
        Assert.Contains(error, System.Text.RegularExpressions.Regex.Unescape(said), StringComparison.Ordinal);
        Assert.Empty(server.Models);
    }

    [Fact]
    public async Task A_blob_with_another_digest_and_one_that_is_no_GGUF_are_refused()
    {
        await using var server = new StrictOllama();
        using var client = new OllamaClient(server.Address, TimeSpan.FromSeconds(30));
        var text = "not a model"u8.ToArray();
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(text));
        using var wrong = new MemoryStream([1, 2, 3]);
        using var content = new MemoryStream(text);

        Assert.StartsWith("400 digest mismatch", (string)(await Assert.ThrowsAsync<ModelFaultException>(() => client.UploadAsync(digest, wrong, default))).Arguments[1], StringComparison.Ordinal);
        await client.UploadAsync(digest, content, default);
        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => client.CreateAsync(new() { ["model"] = "a", ["files"] = new System.Text.Json.Nodes.JsonObject { ["a.gguf"] = digest } }, _ => { }, default));

        Assert.Equal("400 a.gguf is not a GGUF (docs/api.md, Create a Model)", fault.Arguments[1]);
    }

    [Fact]
    public async Task A_model_is_listed_shown_asked_embedded_with_and_deleted()
    {
        await using var server = new StrictOllama();
        server.Models["a:latest"] = new() { ["model"] = "a", ["template"] = "{{ .Prompt }}" };

        Assert.Contains("a:latest", (await Send(server, "GET", "/api/tags", "")).Body, StringComparison.Ordinal);
        Assert.Contains("{{ .Prompt }}", (await Send(server, "POST", "/api/show", """{"model":"a"}""")).Body, StringComparison.Ordinal);
        var streamed = (await Send(server, "POST", "/api/generate", """{"model":"a","prompt":"p"}""")).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, streamed.Length);
        Assert.Contains("\"done\":true", streamed[1], StringComparison.Ordinal);
        Assert.Contains("\"content\":\"p\"", (await Send(server, "POST", "/api/chat", """{"model":"a","messages":[{"role":"user","content":"p"}],"stream":false}""")).Body, StringComparison.Ordinal);
        Assert.Contains("[[1,0],[1,0]]", (await Send(server, "POST", "/api/embed", """{"model":"a","input":["p","q"]}""")).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Send(server, "DELETE", "/api/delete", """{"model":"a"}""")).Code);
        Assert.Empty(server.Models);
    }

    private static async Task<(HttpStatusCode Code, string Body)> Send(StrictOllama server, string method, string path, string body)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Address, path)) { Content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var reply = await http.SendAsync(request);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }
}
