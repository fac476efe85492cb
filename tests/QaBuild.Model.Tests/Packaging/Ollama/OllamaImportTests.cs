using System.Net;
using System.Net.Sockets;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Ollama;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging.Ollama;

public sealed class OllamaImportTests : IDisposable
{
    private const string Name = "pg:v1";
    private readonly TemporaryFolder _folder = new();
    private readonly List<Reason> _steps = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_import_uploads_creates_asks_and_only_then_gives_the_name()
    {
        await using var server = new StrictOllama();
        var namesWhenAsked = Array.Empty<string>();

        await Import(server, Model(), async (client, name) =>
        {
            namesWhenAsked = [.. server.Models.Keys];
            Assert.Equal(new OllamaAnswer("What is MVCC?", Stopped: true), await client.ChatAsync(name, [new ChatMessage("user", "What is MVCC?")], 64, default));
        });

        Assert.Equal(["pg:v1-qabuild-trial"], namesWhenAsked);
        Assert.Equal([Name], server.Models.Keys);
        Snapshot.Match(string.Concat(server.Requests.Select(r => r + "\n")));
    }

    [Fact]
    public async Task An_import_that_is_cut_off_and_taken_up_again_sends_what_the_server_lacks_and_a_deleted_model_is_gone()
    {
        await using var server = new StrictOllama();
        using (var line = new BreakingLine(server.Address, times: 3, request => server.Requests.Enqueue($"{request} (cut off)")))
        {
            var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Import(server, Model(), address: line.Address));
            Assert.Equal("OllamaBrokenOff", Assert.IsType<Reason>(fault.Arguments[1]).Name);
            Assert.Empty(server.Models);
        }

        await Import(server, Model(), async (client, name) => await client.ChatAsync(name, [new ChatMessage("user", "What is MVCC?")], 64, default));
        using var client = new OllamaClient(server.Address, TimeSpan.FromSeconds(60));
        Assert.NotNull(await client.DigestOfAsync(Name, default));
        await client.DeleteAsync(Name, default);
        Assert.Null(await client.DigestOfAsync(Name, default));
        Snapshot.Match(string.Concat(server.Requests.Select(r => r + "\n")));
    }

    [Fact]
    public async Task A_file_that_the_server_has_is_not_sent_again()
    {
        await using var server = new StrictOllama();
        await Import(server, Model());
        server.Requests.Clear();

        await Import(server, Model() with { Parameters = [new("temperature", "0.5")] });

        Assert.DoesNotContain(server.Requests, r => r.StartsWith("POST /api/blobs", StringComparison.Ordinal));
        Assert.Equal(0.5, (double)server.Models[Name]["parameters"]!["temperature"]!);
    }

    [Fact]
    public async Task An_upload_that_is_cut_off_is_taken_up_again()
    {
        await using var server = new StrictOllama();
        using var line = new BreakingLine(server.Address, times: 2);

        await Import(server, Model(), address: line.Address);

        Assert.Equal([Name], server.Models.Keys);
        Assert.Contains(new Reason("OllamaUploadsAgain", "model.gguf").ToString(), _steps.Select(s => s.ToString()));
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

    [Fact]
    public async Task A_server_that_stands_still_in_the_middle_of_an_upload_is_a_finding()
    {
        await using var server = new StrictOllama { UploadsStandStill = true };

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Import(server, Model()));

        Assert.Equal((ModelFaults.OllamaUnreachable, "OllamaSilent(0.5)"), (fault.Code, fault.Arguments[1].ToString()));
        Assert.Single(server.Requests, r => r.StartsWith("POST /api/blobs", StringComparison.Ordinal));
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
        Assert.Equal([Name], server.Models.Keys);
        Assert.Equal("old", (string?)server.Models[Name]["system"]);
    }

    [Fact]
    public async Task A_model_that_fails_its_proof_is_deleted()
    {
        await using var server = new StrictOllama();

        await Assert.ThrowsAsync<InvalidDataException>(() => Import(server, Model(), (_, _) => throw new InvalidDataException("it talks nonsense")));

        Assert.Empty(server.Models);
    }

    [Fact]
    public async Task A_server_that_dies_while_the_model_is_proved_is_a_finding_and_the_next_import_replaces_what_it_kept()
    {
        await using var server = new StrictOllama();
        using var line = new BreakingLine(server.Address, times: 0);

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Import(server, Model(), async (client, name) =>
        {
            line.Dispose();
            await client.ChatAsync(name, [new ChatMessage("user", "u")], 8, default);
        }, line.Address));

        Assert.Equal(ModelFaults.OllamaUnreachable, fault.Code);
        Assert.Contains("OllamaNotDeleted(pg:v1-qabuild-trial)", _steps.Select(s => s.ToString()));
        await Import(server, Model());
        Assert.Equal([Name], server.Models.Keys);
    }

    [Fact]
    public async Task A_cancelled_import_leaves_no_model()
    {
        await using var server = new StrictOllama();
        using var source = new CancellationTokenSource();
        using var client = new OllamaClient(server.Address, TimeSpan.FromSeconds(30));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new OllamaImport(client, _ => { }).RunAsync(Name, Model(), async _ =>
        {
            await source.CancelAsync();
            source.Token.ThrowIfCancellationRequested();
        }, source.Token));

        Assert.Empty(server.Models);
    }

    [Fact]
    public async Task An_adapter_goes_onto_a_model_that_Ollama_has_and_is_refused_where_it_has_none()
    {
        await using var server = new StrictOllama();
        var model = new Modelfile { From = "qwen2.5:0.5b", Adapter = Gguf("adapter.gguf") };

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Import(server, model));
        Assert.Equal((ModelFaults.OllamaRefused, "OllamaNoBase(qwen2.5:0.5b)"), (fault.Code, fault.Arguments[1].ToString()));
        Assert.Empty(server.Blobs);

        server.Models["qwen2.5:0.5b"] = [];
        await Import(server, model);
        Assert.Equal("qwen2.5:0.5b", (string?)server.Models[Name]["from"]);
        Assert.Equal(server.Blobs.Keys.Single(), (string?)server.Models[Name]["adapters"]!["adapter.gguf"]);
    }

    [Fact]
    public async Task A_file_that_is_no_whole_model_is_not_sent()
    {
        await using var server = new StrictOllama();
        var path = Gguf("model.gguf");
        var bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..^100]);

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => Import(server, new Modelfile { Weights = path }));

        Assert.Equal(ModelFaults.FileMalformed, fault.Code);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_a_finding_that_names_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        listener.Stop();
        using var client = new OllamaClient(address, TimeSpan.FromSeconds(30));

        var fault = await Assert.ThrowsAsync<ModelFaultException>(() => client.DigestOfAsync("pg:latest", default));

        Assert.Equal((ModelFaults.OllamaUnreachable, address.ToString()), (fault.Code, fault.Arguments[0]));
        Assert.Equal("OllamaDown", Assert.IsType<Reason>(fault.Arguments[1]).Name);
    }

    private Modelfile Model() => new()
    {
        Weights = Gguf("model.gguf"),
        Template = "{{ .Prompt }}",
        System = "You answer questions about PostgreSQL.",
        License = "Apache-2.0",
        Parameters = [new("stop", "<|im_end|>"), new("stop", "<|endoftext|>"), new("temperature", "0"), new("num_ctx", "4096")],
    };

    private string Gguf(string name) => TinyGguf.Write(Path.Combine(_folder.Path, name));

    private async Task Import(StrictOllama server, Modelfile model, Func<OllamaClient, string, Task>? prove = null, Uri? address = null)
    {
        // Only a server that is made to say nothing waits that long.
        var silent = server.CreateEndsIn == "silence" || server.UploadsStandStill;
        using var client = new OllamaClient(address ?? server.Address, TimeSpan.FromSeconds(silent ? 0.5 : 60));
        await new OllamaImport(client, p => _steps.Add(p.Step)).RunAsync(Name, model, name => prove?.Invoke(client, name) ?? Task.CompletedTask, default);
    }
}
