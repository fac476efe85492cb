using QaBuild.Model.BaseModels;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.BaseModels;

public sealed class OllamaStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly OllamaStore _store;

    public OllamaStoreTests() => _store = new OllamaStore([Path.Combine(_folder.Path, "nowhere"), _folder.Path]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("qwen2.5:0.5b", "host.example/library/qwen2.5/0.5b")]
    [InlineData("llama3", "host.example/library/llama3/latest")]
    [InlineData("team/pg:v1", "host.example/team/pg/v1")]
    [InlineData("box.example/team/pg", "box.example/team/pg/latest")]
    public void A_name_leads_to_the_blob_of_its_weights(string name, string manifest)
    {
        var blob = Add(manifest, 'a');

        Assert.Equal(blob, _store.Find(name));
    }

    [Fact]
    public void A_model_that_is_not_there_says_what_was_looked_for_where_and_what_there_is()
    {
        Add("host.example/library/qwen2.5/7b", 'a');
        Add("host.example/team/pg/latest", 'b');

        var reason = Reason(() => _store.Find("qwen2.5:0.5b"), ModelFaults.BaseModelUnusable);

        Assert.Equal("OllamaModelNowhere", reason.Name);
        Assert.Equal(["qwen2.5:0.5b", $"{Path.Combine(_folder.Path, "nowhere")}, {_folder.Path}", "qwen2.5:7b, team/pg:latest"], reason.Arguments);
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("a:../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public void A_name_that_would_leave_the_store_is_none(string name) => Assert.Equal("OllamaBadName", Reason(() => _store.Find(name), ModelFaults.BaseModelUnusable).Name);

    [Theory]
    [InlineData("""{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../../../../etc/passwd"}]}""", "OllamaDigest")]
    [InlineData("""{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}]}""", "OllamaNoBlob")]
    [InlineData("""{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "size": 9}]}""", "OllamaBlobLength")]
    [InlineData("""{"layers": [{"mediaType": "application/vnd.ollama.image.template", "digest": "x"}, 7]}""", "OllamaNoWeights")]
    [InlineData("""{"layers": 7}""", "JsonMissing")]
    [InlineData("[]", "JsonNoObject")]
    public void A_manifest_that_does_not_fit_is_a_finding(string manifest, string reason)
    {
        Add("host.example/library/m/latest", 'a');
        _folder.Write("manifests/host.example/library/m/latest", manifest);

        Assert.Equal(reason, Reason(() => _store.Find("m"), ModelFaults.FileMalformed).Name);
    }

    private static Reason Reason(Action find, string code)
    {
        var fault = Assert.Throws<ModelFaultException>(find);
        Assert.Equal(code, fault.Code);
        return Assert.IsType<Reason>(fault.Arguments[1]);
    }

    private string Add(string manifest, char digit)
    {
        var digest = new string(digit, 64);
        _folder.Write("manifests/" + manifest, $$"""
            {"schemaVersion": 2, "config": {"digest": "sha256:x"}, "layers": [
              {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:{{new string('9', 64)}}", "size": 3},
              {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:{{digest}}", "size": 4}]}
            """);
        return _folder.Write($"blobs/sha256-{digest}", "GGUF");
    }
}
