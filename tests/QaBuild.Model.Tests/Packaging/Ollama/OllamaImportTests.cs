using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using QaBuild.Model.Packaging.Ollama;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging.Ollama;

public sealed class OllamaImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qabuild-ollama-").FullName;
    private readonly List<string> _steps = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_import_uploads_creates_asks_and_only_then_gives_the_name()
    {
        await using var server = new StrictOllama();
        var namesWhenAsked = Array.Empty<string>();

        await Import(server, Model(), async (client, name) =>
        {
            namesWhenAsked = [.. server.Models.Keys];
            Assert.Equal(new OllamaAnswer("What is MVCC?", Stopped: true), await client.GenerateAsync(name, "What is MVCC?", raw: false, 64, default));
        });

        Assert.Equal(["pg:v1-qabuild-trial"], namesWhenAsked);
        Assert.Equal(["pg:v1"], server.Models.Keys);
        Snapshot.Match(string.Concat(server.Requests.Select(r => r + "\n")));
    }

    [Fact]
    public async Task A_file_that_the_server_has_is_not_sent_again()
    {
        await using var server = new StrictOllama();
        await Import(server, Model());
        server.Requests.Clear();

        await Import(server, Model() with { Temperature = 0.5 });

        Assert.DoesNotContain(server.Requests, r => r.StartsWith("POST /api/blobs", StringComparison.Ordinal));
        Assert.Equal(0.5, (double)server.Models["pg:v1"]["parameters"]!["temperature"]!);
    }

    [Fact]
    public async Task An_upload_that_is_cut_off_is_taken_up_again()
    {
        await using var server = new StrictOllama();
        using var line = new BreakingLine(server.Address, times: 2);

        await Import(server, Model(), address: line.Address);

        Assert.Equal(["pg:v1"], server.Models.Keys);
        Assert.Equal(2, _steps.Count(s => s == "uploading model.gguf again"));
    }

    [Fact]
    public async Task A_line_that_keeps_breaking_is_a_finding_and_leaves_no_model()
    {
        await using var server = new StrictOllama();
        using var line = new BreakingLine(server.Address, times: 9);

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Import(server, Model(), address: line.Address));

        Assert.Equal(ModelFaults.OllamaUnreachable, fault.Code);
        Assert.Equal("OllamaBrokenOff", Assert.IsType<Reason>(fault.Arguments[1]).Name);
        Assert.Empty(server.Models);
    }

    [Theory]
    [InlineData("error", ModelFaults.OllamaRefused, "unknown model architecture: 'other'")]
    [InlineData("death", ModelFaults.OllamaUnreachable, "OllamaEndedEarly(parsing GGUF)")]
    [InlineData("silence", ModelFaults.OllamaUnreachable, "OllamaSilent(0.5)")]
    public async Task A_create_that_fails_leaves_the_model_that_was_there(string ending, string code, string said)
    {
        await using var server = new StrictOllama();
        await Import(server, Model() with { System = "old" });
        server.CreateEndsIn = ending;

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Import(server, Model() with { System = "new" }));

        Assert.Equal((code, said), (fault.Code, fault.Arguments[1].ToString()));
        Assert.Equal(["pg:v1"], server.Models.Keys);
        Assert.Equal("old", (string?)server.Models["pg:v1"]["system"]);
    }

    [Fact]
    public async Task A_model_that_fails_its_proof_is_deleted()
    {
        await using var server = new StrictOllama();

        await Assert.ThrowsAsync<InvalidDataException>(() => Import(server, Model(), (_, _) => throw new InvalidDataException("it talks nonsense")));

        Assert.Empty(server.Models);
    }

    [Fact]
    public async Task A_cancelled_import_leaves_no_model()
    {
        await using var server = new StrictOllama();
        using var source = new CancellationTokenSource();
        using var client = new OllamaClient(server.Address, TimeSpan.FromSeconds(30));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new OllamaImport(client, _ => { }).RunAsync(Model(), async _ =>
        {
            await source.CancelAsync();
            source.Token.ThrowIfCancellationRequested();
        }, source.Token));

        Assert.Empty(server.Models);
    }

    [Fact]
    public async Task An_adapter_goes_onto_a_model_that_Ollama_has()
    {
        await using var server = new StrictOllama();

        await Import(server, new OllamaModel("pg") { From = "qwen2.5:0.5b", Adapter = Gguf("adapter.gguf") });

        Assert.Equal("qwen2.5:0.5b", (string?)server.Models["pg:latest"]["from"]);
        Assert.Equal(server.Blobs.Keys.Single(), (string?)server.Models["pg:latest"]["adapters"]!["adapter.gguf"]);
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_refused_in_the_servers_own_words()
    {
        await using var server = new StrictOllama();
        var path = Path.Combine(_folder, "text.gguf");
        await File.WriteAllTextAsync(path, "not a model");

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Import(server, Model() with { Weights = path }));

        Assert.Equal((ModelFaults.OllamaRefused, "400 text.gguf is not a GGUF"), (fault.Code, fault.Arguments[1]));
    }

    [Fact]
    public async Task Nobody_at_the_address_is_a_finding_that_names_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        listener.Stop();
        using var client = new OllamaClient(address, TimeSpan.FromSeconds(30));

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => client.HasModelAsync("pg:latest", default));

        Assert.Equal((ModelFaults.OllamaUnreachable, address.ToString()), (fault.Code, fault.Arguments[0]));
        Assert.Equal("OllamaDown", Assert.IsType<Reason>(fault.Arguments[1]).Name);
    }

    [Fact]
    public async Task The_server_of_these_tests_refuses_a_wrong_digest_and_an_unknown_field()
    {
        await using var server = new StrictOllama();
        using var client = new OllamaClient(server.Address, TimeSpan.FromSeconds(30));
        using var content = new MemoryStream([1, 2, 3]);
        var wrong = "sha256:" + Convert.ToHexStringLower(SHA256.HashData([9]));

        Assert.Equal("400 digest mismatch", (await Assert.ThrowsAsync<ModelFaultException>(() => client.UploadAsync(wrong, content, default))).Arguments[1]);
        Assert.Equal(
            "400 unknown field 'modelfile'",
            (await Assert.ThrowsAsync<ModelFaultException>(() => client.CreateAsync(new() { ["model"] = "a", ["modelfile"] = "FROM b" }, _ => { }, default))).Arguments[1]);
    }

    private OllamaModel Model() => new("pg:v1")
    {
        Weights = Gguf("model.gguf"),
        Template = "{{ .Prompt }}",
        System = "You answer questions about PostgreSQL.",
        Stop = ["<|im_end|>", "<|endoftext|>"],
        ContextLength = 4096,
        License = "Apache-2.0",
    };

    private string Gguf(string name)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, Encoding.ASCII.GetBytes("GGUF and what follows"));
        return path;
    }

    private async Task Import(StrictOllama server, OllamaModel model, Func<OllamaClient, string, Task>? prove = null, Uri? address = null)
    {
        // Only a server that is made to say nothing waits that long.
        using var client = new OllamaClient(address ?? server.Address, TimeSpan.FromSeconds(server.CreateEndsIn == "silence" ? 0.5 : 60));
        await new OllamaImport(client, p => _steps.Add(p.Step)).RunAsync(model, name => prove?.Invoke(client, name) ?? Task.CompletedTask, default);
    }
}
