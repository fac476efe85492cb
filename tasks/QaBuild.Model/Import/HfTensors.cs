using System.Globalization;
using System.Text.RegularExpressions;

namespace QaBuild.Model.Import;

/// <summary>Where a tensor of a Hugging Face folder belongs in a GGUF.</summary>
/// <param name="Name">In the GGUF.</param>
/// <param name="Shape">The densest dimension first.</param>
/// <param name="HeadsToPermute">0; for llama's queries and keys, the heads whose rows are brought into the order that llama.cpp rotates in.</param>
/// <param name="AddsOne">Whether the GGUF holds the weight plus one.</param>
internal sealed record TensorPlace(string Name, IReadOnlyList<long> Shape, int HeadsToPermute, bool AddsOne);

/// <summary>The names and shapes of the tensors of an architecture, in Hugging Face's folders and in GGUF (constants.py of llama.cpp's gguf-py).</summary>
internal sealed partial class HfTensors(HfConfig config)
{
    /// <summary>Where a tensor goes; null for one that no GGUF holds, such as tables that can be computed.</summary>
    /// <exception cref="ModelFaultException">QA7004: the architecture has no such tensor.</exception>
    public TensorPlace? Place(string name, string path)
    {
        if (name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) || (name == "lm_head.weight" && config.Tied))
        {
            return null;
        }

        return Find(name) ?? throw new ModelFaultException(ModelFaults.ArchitectureUnsupported, path, name, config.Architecture);
    }

    /// <summary>The tensors that a model must have, by their names in the folder.</summary>
    public IEnumerable<string> Required()
    {
        yield return "model.embed_tokens.weight";
        yield return "model.norm.weight";
        if (!config.Tied)
        {
            yield return "lm_head.weight";
        }

        for (var layer = 0; layer < config.Layers; layer++)
        {
            foreach (var part in Parts())
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.{part}");
            }
        }
    }

    /// <summary>The place of a weight or bias, or null when the architecture has none of this name.</summary>
    public TensorPlace? Find(string name)
    {
        switch (name)
        {
            case "model.embed_tokens.weight":
                return new TensorPlace("token_embd.weight", [config.Width, config.Tokens], 0, false);
            case "lm_head.weight":
                return new TensorPlace("output.weight", [config.Width, config.Tokens], 0, false);
            case "model.norm.weight":
                return new TensorPlace("output_norm.weight", [config.Width], 0, IsGemma);
        }

        var match = LayerName().Match(name);
        if (!match.Success || !int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) || layer >= config.Layers)
        {
            return null;
        }

        var part = match.Groups[2].Value;
        long queries = (long)config.Heads * config.HeadSize, keys = (long)config.KeyHeads * config.HeadSize;
        TensorPlace At(string to, params long[] shape) => new(string.Create(CultureInfo.InvariantCulture, $"blk.{layer}.{to}"), shape, 0, false);
        TensorPlace Turned(string to, int heads, params long[] shape) => At(to, shape) with { HeadsToPermute = config.Architecture == "llama" ? heads : 0 };
        TensorPlace Norm(string to, long length) => At(to, length) with { AddsOne = IsGemma };
        var qwen3 = config.Architecture == "qwen3";
        var hasBias = config.Architecture is "llama" or "qwen2" or "qwen3";
        return part switch
        {
            "self_attn.q_proj.weight" => Turned("attn_q.weight", config.Heads, config.Width, queries),
            "self_attn.k_proj.weight" => Turned("attn_k.weight", config.KeyHeads, config.Width, keys),
            "self_attn.v_proj.weight" => At("attn_v.weight", config.Width, keys),
            "self_attn.o_proj.weight" => At("attn_output.weight", queries, config.Width),
            "self_attn.q_proj.bias" when hasBias => Turned("attn_q.bias", config.Heads, queries),
            "self_attn.k_proj.bias" when hasBias => Turned("attn_k.bias", config.KeyHeads, keys),
            "self_attn.v_proj.bias" when hasBias => At("attn_v.bias", keys),
            "self_attn.o_proj.bias" when config.Architecture == "llama" => At("attn_output.bias", config.Width),
            "mlp.gate_proj.bias" when config.Architecture == "llama" => At("ffn_gate.bias", config.FeedForward),
            "mlp.up_proj.bias" when config.Architecture == "llama" => At("ffn_up.bias", config.FeedForward),
            "mlp.down_proj.bias" when config.Architecture == "llama" => At("ffn_down.bias", config.Width),
            "self_attn.q_norm.weight" when qwen3 => At("attn_q_norm.weight", config.HeadSize),
            "self_attn.k_norm.weight" when qwen3 => At("attn_k_norm.weight", config.HeadSize),
            "mlp.gate_proj.weight" => At("ffn_gate.weight", config.Width, config.FeedForward),
            "mlp.up_proj.weight" => At("ffn_up.weight", config.Width, config.FeedForward),
            "mlp.down_proj.weight" => At("ffn_down.weight", config.FeedForward, config.Width),
            "input_layernorm.weight" => Norm("attn_norm.weight", config.Width),
            "post_attention_layernorm.weight" => Norm(IsGemma ? "post_attention_norm.weight" : "ffn_norm.weight", config.Width),
            "pre_feedforward_layernorm.weight" when IsGemma => Norm("ffn_norm.weight", config.Width),
            "post_feedforward_layernorm.weight" when IsGemma => Norm("post_ffw_norm.weight", config.Width),
            _ => null,
        };
    }

    /// <summary>
    /// The rows of a matrix whose heads are turned from halves side by side, as Hugging Face's rotation wants them, to pairs side by side, as llama.cpp's does for llama:
    /// row i of the result is row <c>Permuted(i)</c> of the source.
    /// </summary>
    public static long Permuted(long row, long rows, int heads)
    {
        var size = rows / heads;
        var (head, at) = Math.DivRem(row, size);
        return (head * size) + (at % 2 * (size / 2)) + (at / 2);
    }

    private bool IsGemma => config.Architecture == "gemma2";

    private IEnumerable<string> Parts()
    {
        string[] all = ["self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight", "self_attn.o_proj.weight", "mlp.gate_proj.weight", "mlp.up_proj.weight", "mlp.down_proj.weight",
            "input_layernorm.weight", "post_attention_layernorm.weight"];
        var more = config.Architecture switch
        {
            "qwen3" => ["self_attn.q_norm.weight", "self_attn.k_norm.weight"],
            "gemma2" => ["pre_feedforward_layernorm.weight", "post_feedforward_layernorm.weight"],
            _ => Array.Empty<string>(),
        };
        string[] biases = config.HasAttentionBias ? ["self_attn.q_proj.bias", "self_attn.k_proj.bias", "self_attn.v_proj.bias"] : [];
        return [.. all, .. more, .. biases];
    }

    [GeneratedRegex(@"^model\.layers\.([0-9]{1,5})\.(.+)$")]
    private static partial Regex LayerName();
}
