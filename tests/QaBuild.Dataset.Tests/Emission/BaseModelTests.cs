using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Emission;

public sealed class BaseModelTests
{
    private const string Tokens = """{"added_tokens":[{"id":1,"content":"<one>","special":true},{"id":2,"content":"<two>","special":true},{"id":3,"content":"plain","special":false}]}""";

    [Theory]
    [InlineData("<E>", "tokenizer_config.json", """{"eos_token":"<E>"}""")]
    [InlineData("<E>", "tokenizer_config.json", """{"eos_token":{"content":"<E>","special":true}}""")]
    [InlineData("<two>", "generation_config.json", """{"eos_token_id":2}""")]
    [InlineData("<one>", "generation_config.json", """{"eos_token_id":[1,2]}""")]
    [InlineData("<two>", "config.json", """{"eos_token_id":2}""")]
    [InlineData("<two>", "tokenizer_config.json", """{"eos_token":null}""", "config.json", """{"eos_token_id":2}""")]
    [InlineData("<one>", "generation_config.json", """{"eos_token_id":1}""", "config.json", """{"eos_token_id":2}""")]
    [InlineData("<E>", "tokenizer_config.json", """{"eos_token":"<E>"}""", "generation_config.json", """{"eos_token_id":2}""")]
    public void The_token_is_read_from_a_model_folder(string eos, params string[] files)
    {
        using var model = Model([.. files, "tokenizer.json", Tokens]);
        Assert.Equal($"Many versions of a row.{eos}", Compiled.Of(Qa.Text(), ("BaseModel", model.Path)).Row.GetProperty("completion").GetString());
    }

    [Fact]
    public void EosToken_goes_before_the_model()
    {
        using var model = Model("tokenizer_config.json", """{"eos_token":"<E>"}""");
        Assert.EndsWith("<mine>\"}", Compiled.Of(Qa.Text(), ("BaseModel", model.Path), ("EosToken", "<mine>")).Rows[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<one>", true)]
    [InlineData("plain", false)]
    [InlineData("<|im_end|>", false)]
    public void The_special_tokens_of_the_model_count_and_no_others(string text, bool special)
    {
        using var model = Model("tokenizer_config.json", """{"eos_token":"<E>"}""", "tokenizer.json", Tokens);
        Assert.Equal(special, Compiled.Of(Qa.Text(answer: $"a {text} b"), ("BaseModel", model.Path)).Codes.Contains("QA5004"));
    }

    [Theory]
    [InlineData("tokenizer_config.json", "")]
    [InlineData("tokenizer_config.json", "[]")]
    [InlineData("tokenizer_config.json", "{\"eos_token\":")]
    [InlineData("tokenizer_config.json", """{"eos_token":7}""")]
    [InlineData("tokenizer_config.json", """{"eos_token":""}""")]
    [InlineData("tokenizer_config.json", """{"eos_token":{}}""")]
    [InlineData("tokenizer_config.json", """{"eos_token":{"content":[1]}}""")]
    [InlineData("tokenizer_config.json", """{"eos_token":"\ud800"}""")]
    [InlineData("config.json", """{"eos_token_id":2}""")]
    [InlineData("config.json", """{"eos_token_id":99}""", "tokenizer.json", Tokens)]
    [InlineData("config.json", """{"eos_token_id":[]}""", "tokenizer.json", Tokens)]
    [InlineData("config.json", """{"eos_token_id":1.5}""", "tokenizer.json", Tokens)]
    [InlineData("config.json", """{"eos_token_id":1e99}""", "tokenizer.json", Tokens)]
    [InlineData("config.json", """{"eos_token_id":1}""", "tokenizer.json", """{"added_tokens":[{}]}""")]
    [InlineData("config.json", """{"eos_token_id":1}""", "tokenizer.json", """{"added_tokens":[7]}""")]
    [InlineData("config.json", """{"eos_token_id":1}""", "tokenizer.json", """{"added_tokens":[{"id":"1","content":"x"}]}""")]
    [InlineData("config.json", """{"eos_token_id":1}""", "tokenizer.json", """{"added_tokens":{"id":1}}""")]
    public void A_broken_or_hostile_model_folder_is_a_finding(params string[] files)
    {
        using var model = Model(files);
        var compiled = Compiled.Of(Qa.Text(), ("BaseModel", model.Path));
        Assert.Equal(["QA7001(0,0)"], compiled.Found);
        Assert.Null(compiled.Emitted);
    }

    [Fact]
    public void Deeply_nested_json_is_a_finding()
    {
        using var model = Model("tokenizer_config.json", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));
        Assert.Equal(["QA7001(0,0)"], Compiled.Of(Qa.Text(), ("BaseModel", model.Path)).Found);
    }

    [Fact]
    public void A_folder_that_does_not_exist_or_names_no_token_is_a_finding_that_says_which()
    {
        using var model = new TemporaryFolder();
        Assert.Contains("there is no such folder", Compiled.Of(Qa.Text(), ("BaseModel", Path.Combine(model.Path, "none"))).Report, StringComparison.Ordinal);
        Assert.Contains("none of tokenizer_config.json", Compiled.Of(Qa.Text(), ("BaseModel", model.Path)).Report, StringComparison.Ordinal);
    }

    [SharedDataFact("data/tokenizers/npm_qwen2_5")]
    public void Qwen_2_5_ends_with_im_end()
    {
        var model = Repository.Shared("data", "tokenizers", "npm_qwen2_5")!;
        Assert.EndsWith("<|im_end|>\"}", Compiled.Of(Qa.Text(), ("BaseModel", model)).Rows[0], StringComparison.Ordinal);
        Assert.Equal(["QA5004(23,3)"], Compiled.Of(Qa.Text(answer: "a <|object_ref_start|> b"), ("BaseModel", model)).Found);
    }

    [SharedDataFact("data/tokenizers/npm_llama3")]
    public void Llama_3_ends_with_end_of_text()
    {
        var model = Repository.Shared("data", "tokenizers", "npm_llama3")!;
        Assert.EndsWith("<|end_of_text|>\"}", Compiled.Of(Qa.Text(), ("BaseModel", model)).Rows[0], StringComparison.Ordinal);
        Assert.Equal(["QA5004(23,3)"], Compiled.Of(Qa.Text(answer: "a <|reserved_special_token_7|> b"), ("BaseModel", model)).Found);
    }

    private static TemporaryFolder Model(params string[] files)
    {
        var folder = new TemporaryFolder("model");
        foreach (var file in files.Chunk(2))
        {
            folder.Write(file[0], file[1]);
        }

        return folder;
    }
}
