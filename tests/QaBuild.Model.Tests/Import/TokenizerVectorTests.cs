using System.Globalization;
using System.Text.Json.Nodes;
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
    [InlineData("npm_qwen2_5", "deepseek-r1-qwen")]
    [InlineData("npm_llama3", "llama-bpe")]
    public async Task An_imported_tokenizer_gives_the_ids_of_the_vectors(string folder, string name)
    {
        var gguf = Path.Combine(_folder.Path, "vocabulary.gguf");
        HfImport.ImportVocabulary(Repository.Shared("data", "tokenizers", folder)!, gguf);

        await Passes(gguf, name);
    }

    [LlamaFact(Vectors)]
    public async Task A_tokenizer_json_of_GPT_2_gives_the_ids_of_its_vectors()
    {
        var gguf = Path.Combine(_folder.Path, "vocabulary.gguf");
        using (var original = Original("gpt-2"))
        {
            var tokens = original.Array<string>("tokenizer.ggml.tokens")!;
            var types = original.Array<int>("tokenizer.ggml.token_type")!;
            TokenizerJson.Write(
                _folder.Path,
                new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true },
                null,
                new JsonObject { ["type"] = "BPE", ["vocab"] = TokenizerJson.Vocabulary(tokens), ["merges"] = new JsonArray([.. original.Array<string>("tokenizer.ggml.merges")!.Select(m => (JsonNode)new JsonArray([.. m.Split(' ').Select(t => (JsonNode)t)]))]) },
                tokens.Select((t, i) => (t, i)).Where(t => types[t.i] == (int)TokenType.Control));
        }

        HfImport.ImportVocabulary(_folder.Path, gguf);

        await Passes(gguf, "gpt-2");
    }

    [LlamaFact(Vectors)]
    public async Task A_tokenizer_model_of_SentencePiece_gives_the_ids_of_its_vectors()
    {
        var gguf = Path.Combine(_folder.Path, "vocabulary.gguf");
        using (var original = Original("llama-spm"))
        {
            var (scores, types) = (original.Array<float>("tokenizer.ggml.scores")!, original.Array<int>("tokenizer.ggml.token_type")!);
            File.WriteAllBytes(Path.Combine(_folder.Path, "tokenizer.model"), SentencePieceFile.Write(original.Array<string>("tokenizer.ggml.tokens")!.Select((t, i) => (t, scores[i], types[i]))));
        }

        HfImport.ImportVocabulary(_folder.Path, gguf);

        await Passes(gguf, "llama-spm");
    }

    [LlamaFact(Vectors)]
    public async Task A_tokenizer_json_in_SentencePiece_s_manner_gives_the_ids_of_its_vectors()
    {
        var gguf = Path.Combine(_folder.Path, "vocabulary.gguf");
        using (var original = Original("llama-spm"))
        {
            var (tokens, scores) = (original.Array<string>("tokenizer.ggml.tokens")!, original.Array<float>("tokenizer.ggml.scores")!);
            var types = original.Array<int>("tokenizer.ggml.token_type")!;
            var ids = tokens.Select((t, i) => (t, i)).ToDictionary(t => t.t, t => t.i, StringComparer.Ordinal);

            // As Hugging Face's converter does it: every way to put a token together from two others, the best tokens first.
            var merges = tokens.Select((t, i) => (Text: t, Id: i)).Where(t => types[t.Id] == (int)TokenType.Normal).OrderByDescending(t => scores[t.Id])
                .SelectMany(t => Enumerable.Range(1, Math.Max(0, t.Text.Length - 1)).Select(at => (Left: t.Text[..at], Right: t.Text[at..]))).Where(m => ids.ContainsKey(m.Left) && ids.ContainsKey(m.Right));
            TokenizerJson.Write(
                _folder.Path,
                null,
                new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray(new JsonObject { ["type"] = "Prepend", ["prepend"] = "▁" }, new JsonObject { ["type"] = "Replace", ["content"] = "▁" }) },
                new JsonObject { ["type"] = "BPE", ["byte_fallback"] = true, ["unk_token"] = "<unk>", ["vocab"] = TokenizerJson.Vocabulary(tokens), ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)$"{m.Left} {m.Right}")]) },
                [("<unk>", 0), ("<s>", 1), ("</s>", 2)]);
        }

        HfImport.ImportVocabulary(_folder.Path, gguf);

        await Passes(gguf, "llama-spm");
    }

    [LlamaFact(Vectors)]
    public async Task A_vocabulary_that_was_read_and_written_again_gives_the_ids_of_its_vectors()
    {
        var gguf = Path.Combine(_folder.Path, "again.gguf");
        using (var original = Original("llama-spm"))
        {
            GgufFileTests.Copied(original).WriteTo(gguf);
        }

        await Passes(gguf, "llama-spm");
    }

    private static GgufFile Original(string name) => GgufFile.Open(Repository.Shared("data", "tokenizers", "llama.cpp", $"ggml-vocab-{name}.gguf")!);

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
