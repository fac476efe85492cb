using System.Globalization;
using System.Text.Json;
using QaBuild.Model.Import;

namespace QaBuild.Model.Tests.Import;

/// <summary>
/// A forward pass in double precision, step by step from the published formulas and from the Hugging Face folder itself, so that a mistake of the import shows: Llama
/// (arXiv:2302.13971), Qwen2 (arXiv:2407.10671), Qwen3 (arXiv:2505.09388), Gemma 2 (arXiv:2408.00118), rotation in halves as Hugging Face's transformers has it.
/// </summary>
internal sealed class ReferenceModel : IDisposable
{
    private readonly SafetensorsFolder _weights;
    private readonly JsonElement _config;
    private readonly bool _isGemma;
    private readonly int _heads;
    private readonly int _keyHeads;
    private readonly int _headSize;
    private readonly double _epsilon;
    private readonly double[] _frequencies;
    private readonly double _ropeScale;

    public ReferenceModel(string folder)
    {
        _weights = SafetensorsFolder.Open(folder);
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json")));
        _config = document.RootElement.Clone();
        _isGemma = _config.GetProperty("architectures")[0].GetString() == "Gemma2ForCausalLM";
        _heads = Int("num_attention_heads");
        _keyHeads = Int("num_key_value_heads");
        _headSize = _config.TryGetProperty("head_dim", out var size) ? size.GetInt32() : Int("hidden_size") / _heads;
        _epsilon = Number("rms_norm_eps");
        (_frequencies, _ropeScale) = Frequencies();
    }

    /// <summary>Low-rank additions by the name of a linear: W x + scale * B (A x).</summary>
    public Dictionary<string, (double[] A, double[] B, int Rank, double Scale)> Adapters { get; } = [];

    public void Dispose() => _weights.Dispose();

    /// <summary>Logits at every position.</summary>
    public double[][] Logits(int[] ids)
    {
        var width = Int("hidden_size");
        var embedding = Tensor("model.embed_tokens.weight");
        var x = ids.Select(id => embedding.AsSpan(id * width, width).ToArray()).ToArray();
        if (_isGemma)
        {
            x = [.. x.Select(v => v.Select(n => n * Math.Sqrt(width)).ToArray())];
        }

        for (var layer = 0; layer < Int("num_hidden_layers"); layer++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");
            var attended = Attention([.. x.Select(v => Norm(v, at + "input_layernorm.weight"))], at + "self_attn.", window: _isGemma && layer % 2 == 0 ? Int("sliding_window") : int.MaxValue);
            for (var t = 0; t < x.Length; t++)
            {
                x[t] = Sum(x[t], _isGemma ? Norm(attended[t], at + "post_attention_layernorm.weight") : attended[t]);
                var normed = Norm(x[t], at + (_isGemma ? "pre_feedforward_layernorm.weight" : "post_attention_layernorm.weight"));
                var fed = FeedForward(normed, at + "mlp.");
                x[t] = Sum(x[t], _isGemma ? Norm(fed, at + "post_feedforward_layernorm.weight") : fed);
            }
        }

        var output = _weights.Find("lm_head.weight") is null ? "model.embed_tokens" : "lm_head";
        return [.. x.Select(v => Linear(Norm(v, "model.norm.weight"), output).Select(l => _isGemma ? Capped(l, Number("final_logit_softcapping")) : l).ToArray())];
    }

    private double[][] Attention(double[][] x, string at, int window)
    {
        var queries = x.Select((v, t) => Heads(Linear(v, at + "q_proj"), at + "q_norm.weight", t)).ToArray();
        var keys = x.Select((v, t) => Heads(Linear(v, at + "k_proj"), at + "k_norm.weight", t)).ToArray();
        var values = x.Select(v => Linear(v, at + "v_proj")).ToArray();
        var scale = 1 / Math.Sqrt(_isGemma ? Number("query_pre_attn_scalar") : _headSize);
        var results = new double[x.Length][];
        for (var t = 0; t < x.Length; t++)
        {
            var mixed = new double[_heads * _headSize];
            for (var head = 0; head < _heads; head++)
            {
                var keyHead = head / (_heads / _keyHeads);
                var scores = new double[t + 1];
                for (var s = 0; s <= t; s++)
                {
                    var score = 0.0;
                    for (var i = 0; i < _headSize; i++)
                    {
                        score += queries[t][(head * _headSize) + i] * keys[s][(keyHead * _headSize) + i];
                    }

                    score *= scale;
                    score = _isGemma ? Capped(score, Number("attn_logit_softcapping")) : score;
                    scores[s] = t - s < window ? Math.Exp(score) : 0;
                }

                var total = scores.Sum();
                for (var s = 0; s <= t; s++)
                {
                    for (var i = 0; i < _headSize; i++)
                    {
                        mixed[(head * _headSize) + i] += scores[s] / total * values[s][(keyHead * _headSize) + i];
                    }
                }
            }

            results[t] = Linear(mixed, at + "o_proj");
        }

        return results;
    }

    // Norms of heads where the architecture has them, then the rotation: element i with element i + half.
    private double[] Heads(double[] x, string norm, int position)
    {
        var result = new double[x.Length];
        var half = _headSize / 2;
        for (var head = 0; head < x.Length / _headSize; head++)
        {
            var part = x[(head * _headSize)..((head + 1) * _headSize)];
            part = _weights.Find(norm) is null ? part : Norm(part, norm);
            for (var i = 0; i < half; i++)
            {
                var (sin, cos) = Math.SinCos(position * _frequencies[i]);
                (sin, cos) = (sin * _ropeScale, cos * _ropeScale);
                result[(head * _headSize) + i] = (part[i] * cos) - (part[i + half] * sin);
                result[(head * _headSize) + i + half] = (part[i + half] * cos) + (part[i] * sin);
            }
        }

        return result;
    }

    private double[] FeedForward(double[] x, string at)
    {
        var (gate, up) = (Linear(x, at + "gate_proj"), Linear(x, at + "up_proj"));
        return Linear([.. gate.Zip(up, (g, u) => (_isGemma ? Gelu(g) : g / (1 + Math.Exp(-g))) * u)], at + "down_proj");
    }

    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private static double Capped(double x, double cap) => cap * Math.Tanh(x / cap);

    private double[] Norm(double[] x, string name)
    {
        var weight = Tensor(name);
        var scale = 1 / Math.Sqrt(x.Average(n => n * n) + _epsilon);
        return [.. x.Select((n, i) => n * scale * (_isGemma ? 1 + weight[i] : weight[i]))];
    }

    private double[] Linear(double[] x, string name)
    {
        var weight = Tensor(name + ".weight");
        var bias = _weights.Find(name + ".bias") is null ? null : Tensor(name + ".bias");
        var result = Product(weight, x);
        if (Adapters.TryGetValue(name, out var adapter))
        {
            var added = Product(adapter.B, Product(adapter.A, x));
            result = [.. result.Zip(added, (n, d) => n + (adapter.Scale * d))];
        }

        return bias is null ? result : Sum(result, bias);
    }

    private static double[] Product(double[] matrix, double[] x)
    {
        var result = new double[matrix.Length / x.Length];
        for (var row = 0; row < result.Length; row++)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[row] += matrix[(row * x.Length) + i] * x[i];
            }
        }

        return result;
    }

    private static double[] Sum(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];

    private double[] Tensor(string name)
    {
        var tensor = _weights.Find(name)!;
        var numbers = new float[tensor.Elements];
        FloatConverter.Read(FloatConverter.TypeOf(tensor.Type)!.Value, tensor.Read(0, (int)tensor.Bytes), numbers);
        return Array.ConvertAll(numbers, n => (double)n);
    }

    // modeling_rope_utils.py of Hugging Face's transformers.
    private (double[] Frequencies, double Scale) Frequencies()
    {
        var theta = Number("rope_theta");
        var plain = Enumerable.Range(0, _headSize / 2).Select(i => Math.Pow(theta, -2.0 * i / _headSize)).ToArray();
        if (!_config.TryGetProperty("rope_scaling", out var scaling))
        {
            return (plain, 1);
        }

        double Of(string name) => scaling.GetProperty(name).GetDouble();
        switch (scaling.GetProperty("rope_type").GetString())
        {
            case "linear":
                return ([.. plain.Select(f => f / Of("factor"))], 1);
            case "llama3":
                return ([.. plain.Select(f =>
                {
                    var (wavelength, original) = (2 * Math.PI / f, Of("original_max_position_embeddings"));
                    var smooth = ((original / wavelength) - Of("low_freq_factor")) / (Of("high_freq_factor") - Of("low_freq_factor"));
                    return wavelength < original / Of("high_freq_factor") ? f : wavelength > original / Of("low_freq_factor") ? f / Of("factor") : ((1 - smooth) * f / Of("factor")) + (smooth * f);
                })], 1);
            default:
                double Dimension(double rotations) => _headSize * Math.Log(Of("original_max_position_embeddings") / (rotations * 2 * Math.PI)) / (2 * Math.Log(theta));
                var low = Math.Max(0, Math.Floor(Dimension(32)));
                var high = Math.Min(_headSize - 1, Math.Ceiling(Dimension(1)));
                return ([.. plain.Select((f, i) =>
                {
                    var ramp = Math.Clamp((i - low) / Math.Max(0.001, high - low), 0, 1);
                    return (f / Of("factor") * ramp) + (f * (1 - ramp));
                })], scaling.TryGetProperty("attention_factor", out var own) ? own.GetDouble() : (0.1 * Math.Log(Of("factor"))) + 1);
        }
    }

    private int Int(string name) => _config.GetProperty(name).GetInt32();

    private double Number(string name) => _config.GetProperty(name).GetDouble();
}
