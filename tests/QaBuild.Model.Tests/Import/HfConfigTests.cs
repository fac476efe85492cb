using System.Text.Json.Nodes;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Import;

/// <summary>What a configuration may say, and what it may not.</summary>
public sealed class HfConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("LlamaForCausalLM", "architectures", """["PhiForCausalLM"]""", "PhiForCausalLM")]
    [InlineData("LlamaForCausalLM", "num_local_experts", "8", "num_local_experts (mixture of experts)")]
    [InlineData("LlamaForCausalLM", "hidden_act", "\"relu\"", "hidden_act relu")]
    [InlineData("LlamaForCausalLM", "quantization_config", "{}", "quantization_config")]
    [InlineData("LlamaForCausalLM", "partial_rotary_factor", "0.5", "partial_rotary_factor 0.5")]
    [InlineData("LlamaForCausalLM", "rope_scaling", """{"type":"dynamic","factor":2}""", "rope_type dynamic")]
    [InlineData("LlamaForCausalLM", "rope_scaling", """{"type":"yarn","factor":2,"beta_fast":16}""", "beta_fast 16")]
    [InlineData("Qwen2ForCausalLM", "rope_scaling", """{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4}""", "qwen2 + rope_type Llama3")]
    [InlineData("Qwen2ForCausalLM", "use_sliding_window", "true", "use_sliding_window true")]
    [InlineData("Qwen2ForCausalLM", "layer_types", """["full_attention","sliding_attention"]""", "layer_types")]
    [InlineData("Gemma2ForCausalLM", "query_pre_attn_scalar", "144", "query_pre_attn_scalar 144")]
    [InlineData("Gemma2ForCausalLM", "tie_word_embeddings", "false", "tie_word_embeddings false")]
    public void A_variant_that_llama_cpp_would_compute_otherwise_is_refused_by_name(string architecture, string key, string value, string named)
    {
        Write(architecture, (key, value));

        var fault = Assert.Throws<ModelFaultException>(() => HfConfig.Read(_folder.Path));

        Assert.Equal((ModelFaults.ArchitectureUnsupported, named), (fault.Code, fault.Arguments[0].ToString()));
    }

    [Theory]
    [InlineData("hidden_size", "0", "JsonBad(hidden_size, JsonInteger(1, 1048576), 0)")]
    [InlineData("vocab_size", "4294967296", "JsonBad(vocab_size, JsonInteger(1, 1048576), 4294967296)")]
    [InlineData("num_hidden_layers", "null", "JsonMissing(num_hidden_layers)")]
    [InlineData("head_dim", "7", "ConfigHeadSize(7)")]
    [InlineData("num_key_value_heads", "3", "ConfigKeyHeads(4, 3)")]
    [InlineData("rms_norm_eps", "-1", "JsonBad(rms_norm_eps, JsonPositive, -1)")]
    [InlineData("rope_theta", "\"big\"", "JsonBad(rope_theta, JsonNumber, \"big\")")]
    public void A_value_that_cannot_be_is_a_finding_that_names_it(string key, string value, string reason)
    {
        Write("LlamaForCausalLM", (key, value));

        var fault = Assert.Throws<ModelFaultException>(() => HfConfig.Read(_folder.Path));

        Assert.Equal((ModelFaults.FileMalformed, reason), (fault.Code, fault.Arguments[1].ToString()));
    }

    [Fact]
    public void All_faults_of_a_configuration_are_told_at_once()
    {
        Write("LlamaForCausalLM", ("hidden_size", "null"), ("vocab_size", "-5"), ("tie_word_embeddings", "3"));

        var fault = Assert.Throws<ModelFaultException>(() => HfConfig.Read(_folder.Path));

        Assert.Equal(
            ["JsonMissing(hidden_size)", "JsonBad(vocab_size, JsonInteger(1, 1048576), -5)", "JsonBad(tie_word_embeddings, JsonFlag, 3)"],
            fault.Others.Prepend(fault).Select(f => f.Arguments[1].ToString()));
    }

    [Fact]
    public void All_faults_of_the_weights_and_of_the_tokenizer_are_told_at_once()
    {
        new RandomHfFolder { Architecture = "Qwen2ForCausalLM" }.WriteTo(_folder.Path);
        File.WriteAllText(Path.Combine(_folder.Path, "tokenizer.json"), "{}");

        var fault = Assert.Throws<ModelFaultException>(() => HfImport.ImportModel(_folder.Path, Path.Combine(_folder.Path, "out.gguf")));

        var reasons = fault.Others.Prepend(fault).Select(f => f.Arguments[1].ToString()).ToArray();
        Assert.Contains("TensorMissing(model.layers.0.self_attn.q_proj.bias)", reasons);
        Assert.Contains("TensorMissing(model.layers.1.self_attn.v_proj.bias)", reasons);
        Assert.Equal(1 + (3 * RandomHfFolder.Layers), reasons.Length);
    }

    [Fact]
    public void Mistral_sees_no_farther_than_its_window_because_llama_cpp_has_none_for_it()
    {
        Write("MistralForCausalLM", ("sliding_window", "16"));

        Assert.Equal(16, HfConfig.Read(_folder.Path).Context);
    }

    [Fact]
    public void What_a_configuration_leaves_out_is_what_the_architecture_has_by_default()
    {
        Write("Gemma2ForCausalLM", ("head_dim", null), ("query_pre_attn_scalar", null), ("attn_logit_softcapping", null), ("final_logit_softcapping", null), ("sliding_window", null), ("tie_word_embeddings", null));

        var config = HfConfig.Read(_folder.Path);

        Assert.Equal((256, 50.0, 30.0, 4096L, true), (config.HeadSize, config.AttentionSoftCap, config.FinalSoftCap, config.SlidingWindow, config.Tied));
    }

    [Fact]
    public void A_GGUF_says_of_names_and_shapes_what_its_folder_says()
    {
        new RandomHfFolder { Architecture = "Qwen3ForCausalLM", HeadSize = 16, KeyHeads = 1 }.WriteTo(_folder.Path);
        var gguf = Path.Combine(_folder.Path, "out.gguf");
        HfImport.ImportModel(_folder.Path, gguf);

        using var file = GgufFile.Open(gguf);
        var (ours, theirs) = (HfConfig.Of(file), HfConfig.Read(_folder.Path));

        Assert.Equal(
            (theirs.Architecture, theirs.Layers, theirs.Width, theirs.Heads, theirs.KeyHeads, theirs.HeadSize, theirs.FeedForward, theirs.Tokens, theirs.Tied),
            (ours.Architecture, ours.Layers, ours.Width, ours.Heads, ours.KeyHeads, ours.HeadSize, ours.FeedForward, ours.Tokens, ours.Tied));
    }

    private void Write(string architecture, params (string Key, string? Value)[] changes)
    {
        new RandomHfFolder { Architecture = architecture, Tied = architecture == "Gemma2ForCausalLM" }.WriteTo(_folder.Path);
        var path = Path.Combine(_folder.Path, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var (key, value) in changes)
        {
            config.Remove(key);
            if (value is not null)
            {
                config[key] = JsonNode.Parse(value);
            }
        }

        File.WriteAllText(path, config.ToJsonString());
    }
}
