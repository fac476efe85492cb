using QaBuild.Model.Tests.Chat;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging.Ollama;

/// <summary><c>qabuild modelfile</c> and <c>qabuild ollama</c> as processes.</summary>
public sealed class OllamaCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_is_made_once_and_again_when_something_changed_or_it_is_gone()
    {
        await using var server = new StrictOllama();
        await Modelfile();
        string[] import = ["ollama", "pg", "--modelfile", "Modelfile", "--stamp", "ollama.stamp"];

        (await Run(server, [.. import, "--question"])).Exits(1).Says("it was not imported yet");
        Assert.Equal(["GET /api/tags"], server.Requests);
        (await Run(server, import)).Exits(0).Says("Making 'pg:latest' in Ollama at").Says("it was not imported yet").Says("Try it: ollama run pg:latest");
        (await Run(server, import)).Exits(0).Says("'pg:latest' in Ollama is up to date.");
        (await Run(server, [.. import, "--question"])).Exits(0);
        Assert.Single(server.Requests, r => r.StartsWith("POST /api/create", StringComparison.Ordinal));

        await Modelfile("--temperature", "0.5");
        (await Run(server, import)).Exits(0).Says("another Modelfile than last time");
        server.Models.Clear();
        (await Run(server, import)).Exits(0).Says("it is no longer there");
        server.Models["pg:latest"] = [];
        (await Run(server, import)).Exits(0).Says("another model has its name now");
        Assert.Equal(["pg:latest"], server.Models.Keys);
        Assert.Equal(0.5, (double)server.Models["pg:latest"]["parameters"]!["temperature"]!);
    }

    [Fact]
    public async Task A_Modelfile_has_the_template_and_the_terminators_of_the_base_model()
    {
        await Modelfile("--system", "Be brief.", "--license", "MIT");

        Snapshot.Match(await File.ReadAllTextAsync(Path.Combine(_folder.Path, "Modelfile")));
    }

    [Fact]
    public async Task An_import_that_a_cancelled_build_stops_leaves_no_model()
    {
        var asked = new TaskCompletionSource();
        await using var server = new StrictOllama();
        server.Answer = async _ =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite);
            return ("", "stop");
        };
        await Modelfile();
        var stop = Path.Combine(_folder.Path, "stop");
        using var import = Command.Dotnet(
            _folder.Path, new Dictionary<string, string> { ["OLLAMA_HOST"] = server.Address.ToString(), ["QABUILD_STOP"] = stop }, Path.Combine(AppContext.BaseDirectory, "qabuild.dll"), "ollama", "pg", "--modelfile", "Modelfile");

        await asked.Task;
        Assert.Equal(["pg:latest-qabuild-trial"], server.Models.Keys);
        await File.WriteAllTextAsync(stop, "");
        await import.Ends();

        Assert.Empty(server.Models);
    }

    [Fact]
    public async Task Faults_are_findings_of_their_own_codes()
    {
        await using var server = new StrictOllama { CreateEndsIn = "error" };
        await Modelfile();

        (await Run(server, "ollama", "pg", "--modelfile", "Modelfile")).Exits(1).Says("error QA8002: ").Says("unknown model architecture: 'other'");
        Assert.Empty(server.Models);
        (await Run(server, "ollama", "../pg", "--modelfile", "Modelfile")).Exits(1).Says("error QA8002: ");
        (await Run(server, "ollama", "pg", "--modelfile", "Modelfile", "--host", "127.0.0.1:1")).Exits(1).Says("error QA8001: ").Says("ollama serve");
        _folder.Write("Modelfile", "FROM ./model.gguf\nPARAMETER heat 1\n");
        (await Run(server, "ollama", "pg", "--modelfile", "Modelfile")).Exits(1).Says("Modelfile(2,1): error QA8023: ");
        (await Run(server, "modelfile", "--base", "base-model.json", "--weights", "model.gguf", "--chat-template", "gemma", "-o", "Modelfile")).Exits(1).Says("error QA8021: ");
        (await Run(server, "modelfile", "--base", "base-model.json", "--weights", "none.gguf", "-o", "Modelfile")).Exits(1).Says("error QA7003: ");
        (await Run(server, "modelfile", "--base", "base-model.json", "-o", "Modelfile")).Exits(2);
    }

    private async Task Modelfile(params string[] more)
    {
        if (!File.Exists(Path.Combine(_folder.Path, "model.gguf")))
        {
            TinyGguf.Write(Path.Combine(_folder.Path, "model.gguf"), Conversations.Templates["chatml"].Jinja);
            (await Run(null, "base-model", "model.gguf", "--out", "base-model.json", "--work", ".")).Exits(0);
        }

        (await Run(null, ["modelfile", "--base", "base-model.json", "--weights", "model.gguf", "-o", "Modelfile", .. more])).Exits(0);
    }

    private async Task<Ran> Run(StrictOllama? server, params string[] arguments)
    {
        var environment = server is null ? null : new Dictionary<string, string> { ["OLLAMA_HOST"] = server.Address.ToString() };
        using var command = Command.Dotnet(_folder.Path, environment, [Path.Combine(AppContext.BaseDirectory, "qabuild.dll"), .. arguments]);
        return await command.Ends();
    }
}
