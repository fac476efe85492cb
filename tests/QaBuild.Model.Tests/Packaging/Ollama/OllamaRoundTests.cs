using QaBuild.Model.BaseModels;
using QaBuild.Model.Chat;
using QaBuild.Model.Inference;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Ollama;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Packaging.Ollama;

/// <summary>A model's whole life in Ollama, in the strict server and in a real one alike: made, cut off, taken up again, asked, made anew, deleted.</summary>
public sealed class OllamaRoundTests : IDisposable
{
    private const string Name = "qabuild-test:round";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_lives_in_the_strict_server()
    {
        await using var server = new StrictOllama();

        await Live(server.Address);

        Assert.Empty(server.Models);
    }

    [OllamaFact]
    public Task A_model_lives_in_a_real_Ollama() => Live(OllamaFactAttribute.Address!);

    private async Task Live(Uri address)
    {
        using var client = new OllamaClient(address, TimeSpan.FromMinutes(2));
        await client.DeleteAsync(Name, default);
        await client.DeleteAsync(Name + OllamaImport.TrialEnding, default);
        var model = Tiny();

        using (var line = new BreakingLine(address, times: 9))
        using (var broken = new OllamaClient(line.Address, TimeSpan.FromMinutes(2)))
        {
            // What another run left there needs no upload, and so none that could break.
            var uploads = 0;
            var import = new OllamaImport(broken, p => uploads += p.Step.Name == "OllamaUploads" ? 1 : 0).RunAsync(Name, model, _ => Task.CompletedTask, default);
            var fault = await Record.ExceptionAsync(() => import);
            Assert.True(uploads == 0 ? fault is null : fault is ModelFaultException { Code: ModelFaults.OllamaUnreachable }, fault?.ToString());
        }

        OllamaAnswer? answer = null;
        await new OllamaImport(client, _ => { }).RunAsync(Name, model, async trial => answer = await client.ChatAsync(trial, [new ChatMessage("user", "What is MVCC?")], 16, default), default);
        Assert.NotNull(answer);
        var first = await client.DigestOfAsync(Name, default);
        Assert.NotNull(first);
        Assert.Null(await client.DigestOfAsync(Name + OllamaImport.TrialEnding, default));

        await Assert.ThrowsAsync<InvalidDataException>(() => new OllamaImport(client, _ => { }).RunAsync(Name, model with { System = "other" }, _ => throw new InvalidDataException(), default));
        Assert.Equal(first, await client.DigestOfAsync(Name, default));
        await new OllamaImport(client, _ => { }).RunAsync(Name, model with { System = "other" }, _ => Task.CompletedTask, default);
        Assert.NotEqual(first, await client.DigestOfAsync(Name, default));

        await client.DeleteAsync(Name, default);
        Assert.Null(await client.DigestOfAsync(Name, default));
    }

    private Modelfile Tiny()
    {
        var tiny = BaseModel.Resolve(BaseModel.Tiny, _folder.Path);
        var template = ChatTemplate.Of(BaseModelDescription.Of(tiny));
        return Modelfile.Of(new TrainedTemplate(template, template.Terminators), "Be brief.", 0, 512) with { Weights = tiny.GgufPath };
    }
}
