using System.Text.Json.Nodes;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Import;

/// <summary>What a tokenizer's files say, and where it comes to stand in a GGUF.</summary>
public sealed class TokenizerFolderTests : IDisposable
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("qwen2", Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + Rest, false)]
    [InlineData("llama-bpe", Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + Rest, true)]
    [InlineData("smaug-bpe", Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + Rest, false)]
    [InlineData("tekken", @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+", true)]
    public void The_way_to_cut_is_known_by_its_pattern_and_not_by_a_model_s_name(string name, string pattern, bool ignoresMerges)
    {
        Write(Split(pattern), ignoresMerges: ignoresMerges);

        Assert.Equal(name, Imported().Text("tokenizer.ggml.pre"));
    }

    [Theory]
    [InlineData("gpt-2", """{"type":"ByteLevel","add_prefix_space":false}""")]
    [InlineData("smollm", """{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]}""")]
    public void The_way_to_cut_is_known_by_its_steps(string name, string pre)
    {
        Write(pre);

        Assert.Equal(name, Imported().Text("tokenizer.ggml.pre"));
    }

    [Theory]
    [InlineData("\\\\d+", "null", @"\d+")]
    [InlineData("", """{"type":"Lowercase"}""", "Lowercase , ")]
    public void Another_way_to_cut_is_refused_with_what_was_found_and_what_is_known(string pattern, string normalizer, string found)
    {
        Write(Split(pattern.Replace(@"\\", @"\", StringComparison.Ordinal)), normalizer: normalizer);

        var fault = Assert.Throws<ModelFaultException>(Imported);

        Assert.Equal(ModelFaults.TokenizerUnsupported, fault.Code);
        Assert.Equal($"TokenizerPre({found}, gpt-2, llama-bpe, qwen2, smaug-bpe, smollm, tekken)", fault.Arguments[1].ToString());
    }

    [Fact]
    public void Merges_in_either_spelling_are_the_same()
    {
        Write(Split(Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + Rest), merges: """["a b", ["ab", "c"]]""");

        Assert.Equal(["a b", "ab c"], Imported().Array<string>("tokenizer.ggml.merges")!);
    }

    [Fact]
    public void Kinds_of_tokens_and_the_filling_up_to_the_embedding_s_rows_stand_in_the_GGUF()
    {
        Write("""{"type":"ByteLevel","add_prefix_space":false}""");
        File.WriteAllText(Path.Combine(_folder.Path, "config.json"), """
            {"architectures": ["Qwen2ForCausalLM"], "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 12}
            """);

        using var gguf = Imported();

        Assert.Equal(["a", "b", "c", "ab", "abc", "<|end|>", "<tool>", "<x>", "[PAD8]", "[PAD9]", "[PAD10]", "[PAD11]"], gguf.Array<string>("tokenizer.ggml.tokens")!);
        Assert.Equal([1, 1, 1, 1, 1, 3, 4, 3, 5, 5, 5, 5], gguf.Array<int>("tokenizer.ggml.token_type")!);
    }

    [Fact]
    public void Two_tokens_of_one_text_are_refused_because_llama_cpp_would_end_its_process()
    {
        Write("""{"type":"ByteLevel","add_prefix_space":false}""", added: """[{"id": 5, "content": "a", "special": true}]""");

        Assert.Equal("TokenizerTextTwice(0, 5, a)", Assert.Throws<ModelFaultException>(Imported).Arguments[1].ToString());
    }

    [Fact]
    public void More_tokens_than_the_embedding_has_rows_are_refused()
    {
        Write("""{"type":"ByteLevel","add_prefix_space":false}""");
        File.WriteAllText(Path.Combine(_folder.Path, "config.json"), """
            {"architectures": ["Qwen2ForCausalLM"], "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 7}
            """);

        Assert.Equal("TokenizerLarger(8, 7)", Assert.Throws<ModelFaultException>(Imported).Arguments[1].ToString());
    }

    [Fact]
    public void Special_ids_come_from_the_tokenizer_s_configuration_first_and_from_the_model_s_next()
    {
        Write("""{"type":"ByteLevel","add_prefix_space":false}""");
        File.WriteAllText(Path.Combine(_folder.Path, "tokenizer_config.json"), """{"eos_token": {"content": "<x>"}, "bos_token": null, "add_bos_token": false, "add_eos_token": true}""");
        File.WriteAllText(Path.Combine(_folder.Path, "special_tokens_map.json"), """{"eos_token": "<tool>", "pad_token": "<tool>"}""");
        File.WriteAllText(Path.Combine(_folder.Path, "generation_config.json"), """{"eos_token_id": [7, 6], "bos_token_id": 5, "pad_token_id": 99}""");

        using var gguf = Imported();

        Assert.Equal((7L, 5L, 6L), (gguf.Integer("tokenizer.ggml.eos_token_id"), gguf.Integer("tokenizer.ggml.bos_token_id"), gguf.Integer("tokenizer.ggml.padding_token_id")));
        Assert.Equal((false, true), (gguf.Flag("tokenizer.ggml.add_bos_token"), gguf.Flag("tokenizer.ggml.add_eos_token")));

        // A known end of a turn wins over the list.
        Assert.Equal(5L, gguf.Integer("tokenizer.ggml.eot_token_id"));
    }

    [Fact]
    public void Chat_templates_come_from_the_configuration_or_from_a_file_of_their_own()
    {
        Write("""{"type":"ByteLevel","add_prefix_space":false}""");
        File.WriteAllText(Path.Combine(_folder.Path, "tokenizer_config.json"), """{"chat_template": [{"name": "default", "template": "A"}, {"name": "tool_use", "template": "B"}]}""");
        using (var gguf = Imported())
        {
            Assert.Equal(("A", "B"), (gguf.Text("tokenizer.chat_template"), gguf.Text("tokenizer.chat_template.tool_use")));
            Assert.Equal(["tool_use"], gguf.Array<string>("tokenizer.chat_templates")!);
        }

        File.WriteAllText(Path.Combine(_folder.Path, "chat_template.jinja"), "C");
        using var other = Imported();
        Assert.Equal("C", other.Text("tokenizer.chat_template"));
    }

    private static string Split(string pattern) => new JsonObject
    {
        ["type"] = "Sequence",
        ["pretokenizers"] = new JsonArray(
            new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Isolated", ["invert"] = false },
            new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false }),
    }.ToJsonString();

    private void Write(string preTokenizer, string normalizer = "null", string merges = "[]", string? added = null, bool ignoresMerges = false)
    {
        added ??= """[{"id": 5, "content": "<|end|>", "special": false}, {"id": 6, "content": "<tool>", "special": false}, {"id": 7, "content": "<x>", "special": true}]""";
        var flag = ignoresMerges ? "true" : "false";
        File.WriteAllText(Path.Combine(_folder.Path, "tokenizer.json"), $$"""
            {"added_tokens": {{added}}, "normalizer": {{normalizer}}, "pre_tokenizer": {{preTokenizer}},
             "model": {"type": "BPE", "ignore_merges": {{flag}}, "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4}, "merges": {{merges}} } }
            """);
    }

    private GgufFile Imported()
    {
        var gguf = Path.Combine(_folder.Path, "out.gguf");
        HfImport.ImportVocabulary(_folder.Path, gguf);
        return GgufFile.Open(gguf);
    }
}
