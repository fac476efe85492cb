using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Import;

public sealed class HfImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedDataFact("data/models/stories260K")]
    public void The_imported_folder_has_the_tensors_and_tokens_of_the_GGUF_that_was_made_elsewhere()
    {
        var output = Path.Combine(_folder.Path, "stories.gguf");
        HfImport.ImportModel(Repository.Shared("data", "models", "stories260K", "hf")!, output);

        using var ours = GgufFile.Open(output);
        using var theirs = GgufFile.Open(Repository.Shared("data", "models", "stories260K", "stories260K.gguf")!);
        foreach (var tensor in theirs.Tensors.Where(t => t.Name != "output.weight"))
        {
            var other = ours.Find(tensor.Name);
            Assert.NotNull(other);
            Assert.Equal(tensor.Shape, other.Shape);
            Assert.True(tensor.Read(0, (int)tensor.Bytes).SequenceEqual(other.Read(0, (int)other.Bytes)), tensor.Name);
        }

        Assert.Equal(theirs.Array<float>("tokenizer.ggml.scores"), ours.Array<float>("tokenizer.ggml.scores"));
        Assert.Equal(theirs.Array<int>("tokenizer.ggml.token_type"), ours.Array<int>("tokenizer.ggml.token_type"));
        Assert.Equal(theirs.Array<string>("tokenizer.ggml.tokens"), ours.Array<string>("tokenizer.ggml.tokens"));
        foreach (var (key, value) in theirs.Metadata.Where(m => m.Key.StartsWith("llama.", StringComparison.Ordinal)))
        {
            Assert.Equal((key, value), (key, ours.Metadata.GetValueOrDefault(key)));
        }
    }
}
