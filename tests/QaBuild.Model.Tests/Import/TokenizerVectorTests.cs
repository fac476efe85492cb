using System.Globalization;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;
using QaBuild.Model.Tests.Gguf;
using QaBuild.Model.Tests.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Import;

/// <summary>llama.cpp's own vectors, texts and the ids that they must give, through vocabularies that we imported or wrote.</summary>
public sealed class TokenizerVectorTests : IDisposable
{
    private const string Vectors = "data/tokenizers/llama.cpp";
    private const int Count = 46;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LlamaTheory(Vectors)]
    [InlineData("npm_qwen2_5", "qwen2")]
    [InlineData("npm_llama3", "llama-bpe")]
    public async Task An_imported_tokenizer_gives_the_ids_of_the_vectors(string folder, string name)
    {
        var gguf = Path.Combine(_folder.Path, "vocabulary.gguf");
        HfImport.ImportVocabulary(Repository.Shared("data", "tokenizers", folder)!, gguf);

        await Passes(gguf, name);
    }

    [LlamaFact(Vectors)]
    public async Task A_vocabulary_that_was_read_and_written_again_gives_the_ids_of_its_vectors()
    {
        var gguf = Path.Combine(_folder.Path, "again.gguf");
        using (var original = GgufFile.Open(Repository.Shared("data", "tokenizers", "llama.cpp", "ggml-vocab-llama-spm.gguf")!))
        {
            GgufFileTests.Copied(original).WriteTo(gguf);
        }

        await Passes(gguf, "llama-spm");
    }

    private static async Task Passes(string gguf, string name)
    {
        var texts = (await File.ReadAllTextAsync(Repository.Shared("data", "tokenizers", "llama.cpp", $"ggml-vocab-{name}.gguf.inp")!)).Split("\n__ggml_vocab_test__\n");
        var ids = (await File.ReadAllTextAsync(Repository.Shared("data", "tokenizers", "llama.cpp", $"ggml-vocab-{name}.gguf.out")!)).Split('\n')
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        await using var llama = await Llama.Load(gguf, new LoadOptions { VocabularyOnly = true });

        var found = await llama.TokenizeAsync([.. texts.Take(Count)], addSpecial: false, parseSpecial: false);

        Assert.Equal(Count, found.Length);
        for (var i = 0; i < Count; i++)
        {
            Assert.True(ids[i].SequenceEqual(found[i]), $"'{texts[i]}': {string.Join(' ', found[i])} instead of {string.Join(' ', ids[i])}");
        }
    }
}
