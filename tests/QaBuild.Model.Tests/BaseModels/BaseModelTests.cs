using System.Security.Cryptography;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Gguf;
using QaBuild.Model.Tests.Import;
using QaBuild.Model.Tests.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.BaseModels;

public sealed class BaseModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_small_model_is_the_same_on_every_machine()
    {
        var model = BaseModel.Resolve("tiny", _folder.Path);

        Assert.Equal("b8e4f0b75ed926889f3e3ce653a5aef4524c92e247c3ddab6b86a53504a7ddbc", Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(model.GgufPath))));
    }

    [Fact]
    public void The_small_model_is_made_once_and_mended_when_damaged()
    {
        var path = BaseModel.Resolve("tiny", _folder.Path).GgufPath;
        var bytes = File.ReadAllBytes(path);
        var written = File.GetLastWriteTimeUtc(path);
        BaseModel.Resolve("tiny", _folder.Path);
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));

        File.WriteAllBytes(path, bytes[..^1]);
        BaseModel.Resolve("tiny", _folder.Path);

        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [LlamaFact]
    public async Task The_small_model_loads_and_has_a_token_a_byte_and_Qwens_special_tokens()
    {
        await using var llama = await Llama.Load(BaseModel.Resolve("tiny", _folder.Path).GgufPath);

        var ids = await llama.TokenizeAsync("<|im_start|>user\n索引?<|im_end|><|endoftext|>", addSpecial: true, parseSpecial: true);

        Assert.Equal(259, (await llama.LogitsAsync(ids, lastOnly: true))[0].Length);
        Assert.Equal(1 + 5 + 7 + 1 + 1, ids.Length);
        Assert.Equal("user\n索引?", await llama.DetokenizeAsync(ids));
    }

    [Fact]
    public async Task A_model_is_described_the_same_whether_it_comes_as_a_folder_or_as_a_GGUF()
    {
        var hf = Path.Combine(_folder.Path, "hf");
        new RandomHfFolder { Architecture = "Qwen2ForCausalLM", AttentionBias = true, Type = GgmlType.BF16 }.WriteTo(hf);

        var folder = BaseModelDescription.Of(BaseModel.Resolve(hf, Path.Combine(_folder.Path, "work")));
        var file = BaseModelDescription.Of(BaseModel.Resolve(folder.Gguf, _folder.Path));

        Assert.Equal(("huggingFace", "hf", "gguf"), (folder.Source, folder.Name, file.Source));
        Assert.Equal(folder.Tokenizer, file.Tokenizer);
        Assert.Equal(new NamedToken(256, "<|endoftext|>"), folder.Eos);
        Assert.Equal(["<|endoftext|>", "<|im_end|>"], folder.SpecialTokens);
        Assert.Equal(("qwen2", 2L, 32L, 4L, 2L, 64L, "BF16", 258), (folder.Architecture, folder.Layers, folder.Width, folder.Heads, folder.KeyHeads, folder.Context, folder.Type, folder.Vocabulary));
        _folder.Write("base-model.json", System.Text.Encoding.UTF8.GetString(folder.ToJson()));
        Assert.Empty((await NJsonSchema.JsonSchema.FromFileAsync(Repository.Path("schema", "base-model.schema.json"))).Validate(System.Text.Encoding.UTF8.GetString(folder.ToJson())));
        Assert.Equal(folder.ToJson(), BaseModelDescription.Read(Path.Combine(_folder.Path, "base-model.json")).ToJson());
    }

    [Fact]
    public void A_folder_is_imported_once_and_again_when_a_file_of_it_changed()
    {
        var hf = Path.Combine(_folder.Path, "hf");
        var work = Path.Combine(_folder.Path, "work");
        var folder = new RandomHfFolder { Architecture = "LlamaForCausalLM" };
        folder.WriteTo(hf);
        var path = BaseModel.Resolve(hf, work).GgufPath;
        var bytes = File.ReadAllBytes(path);
        File.WriteAllText(path, "what was imported is not looked at again");
        Assert.Equal(path, BaseModel.Resolve(hf, work).GgufPath);
        Assert.NotEqual(bytes, File.ReadAllBytes(path));

        File.SetLastWriteTimeUtc(Path.Combine(hf, "model.safetensors"), DateTime.UtcNow.AddHours(1));
        BaseModel.Resolve(hf, work);

        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_folder_without_weights_is_a_vocabulary()
    {
        var hf = Path.Combine(_folder.Path, "hf");
        new RandomHfFolder { Architecture = "LlamaForCausalLM" }.WriteTo(hf);
        File.Delete(Path.Combine(hf, "model.safetensors"));

        var model = BaseModel.Resolve(hf, Path.Combine(_folder.Path, "work"));

        Assert.False(model.HasWeights);
        Assert.Equal("<|endoftext|>", BaseModelDescription.Of(model).Eos?.Text);
    }

    [Theory]
    [InlineData("Qwen/Qwen2.5-0.5B-Instruct", "BaseModelToDownload(Qwen/Qwen2.5-0.5B-Instruct, Qwen2.5-0.5B-Instruct)")]
    [InlineData("models/none.gguf/", "BaseModelNowhere")]
    [InlineData("none.gguf", "BaseModelNowhere")]
    [InlineData("", "BaseModelNowhere")]
    public void What_is_not_there_says_how_to_get_it(string text, string reason)
    {
        var fault = Assert.Throws<ModelFaultException>(() => BaseModel.Resolve(text, _folder.Path));

        Assert.Equal((ModelFaults.BaseModelUnusable, text, reason), (fault.Code, fault.Arguments[0], fault.Arguments[1].ToString()));
    }

    [Fact]
    public void A_folder_of_something_else_and_an_adapter_are_no_base_models()
    {
        _folder.Write("other/readme.txt", "hello");
        Assert.Equal("BaseModelNoFolder", Assert.Throws<ModelFaultException>(() => BaseModel.Resolve(Path.Combine(_folder.Path, "other"), _folder.Path)).Arguments[1].ToString());

        var writer = new GgufWriter();
        writer.Add("general.type", "adapter");
        writer.WriteTo(Path.Combine(_folder.Path, "adapter.gguf"));
        Assert.Equal("BaseModelIsAdapter", Assert.Throws<ModelFaultException>(() => BaseModel.Resolve(Path.Combine(_folder.Path, "adapter.gguf"), _folder.Path)).Arguments[1].ToString());
    }
}
