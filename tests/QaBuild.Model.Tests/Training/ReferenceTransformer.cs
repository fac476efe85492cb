using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Tests.Training;

/// <summary>
/// A transformer in doubles, written to be read: one token and one number at a time, forward only. Its losses are the truth that the network is held against, and
/// differences of them the truth for gradients.
/// </summary>
internal sealed class ReferenceTransformer(TinyModel model, AdapterOptions? options)
{
    private const double Epsilon = 1e-6;

    /// <summary>Every number of the model, and those of an adapter by the parameters' names.</summary>
    public Dictionary<string, double[]> Values { get; } = model.Tensors().ToDictionary(t => t.Name, t => Array.ConvertAll(t.Values, v => (double)v));

    /// <summary>Minus the logarithm of the likelihood of each target.</summary>
    public double[] Losses(Batch batch)
    {
        var lengths = Lengths();
        var losses = new List<double>();
        for (var s = 0; s < batch.Starts.Count; s++)
        {
            var (start, end) = (batch.Starts[s], s + 1 < batch.Starts.Count ? batch.Starts[s + 1] : batch.Tokens.Length);
            var logits = Logits(batch.Tokens[start..end], lengths);
            for (var i = start; i < end; i++)
            {
                if (batch.Targets[i] != Batch.NoTarget)
                {
                    var row = logits[i - start];
                    losses.Add(Math.Log(row.Sum(l => Math.Exp(l - row.Max()))) + row.Max() - row[batch.Targets[i]]);
                }
            }
        }

        return [.. losses];
    }

    public double[][] Logits(int[] tokens) => Logits(tokens, Lengths());

    /// <summary>DoRA's lengths, which a derivative takes for constants.</summary>
    public Dictionary<string, double[]>? Frozen { get; set; }

    public Dictionary<string, double[]> Lengths()
    {
        if (Frozen is not null)
        {
            return Frozen;
        }

        var found = new Dictionary<string, double[]>();
        foreach (var name in Values.Keys.Where(k => k.EndsWith(".magnitude", StringComparison.Ordinal)))
        {
            var tensor = name[..^".magnitude".Length];
            var (w, a, b) = (Values[tensor], Values[tensor + ".lora_a"], Values[tensor + ".lora_b"]);
            var (outputs, rank) = (Values[name].Length, options!.Rank);
            var inputs = w.Length / outputs;
            found[tensor] = [.. Enumerable.Range(0, outputs).Select(n => Math.Sqrt(Enumerable.Range(0, inputs).Sum(k =>
                Math.Pow(w[(n * inputs) + k] + (options.Scale * Enumerable.Range(0, rank).Sum(r => b[(r * outputs) + n] * a[(r * inputs) + k])), 2))))];
        }

        return found;
    }

    private double[][] Logits(int[] tokens, Dictionary<string, double[]> lengths)
    {
        var gemma = model.Architecture == ModelArchitecture.Gemma2;
        var x = Array.ConvertAll(tokens, t => Row("token_embd.weight", t, TinyModel.Width).Select(v => v * (gemma ? Math.Sqrt(TinyModel.Width) : 1)).ToArray());
        for (var l = 0; l < TinyModel.Layers; l++)
        {
            var h = Array.ConvertAll(x, r => Norm(r, $"blk.{l}.attn_norm.weight"));
            var attended = Attend(l, h, lengths);
            for (var i = 0; i < x.Length; i++)
            {
                var o = Linear($"blk.{l}.attn_output", attended[i], lengths);
                x[i] = Sum(x[i], gemma ? Norm(o, $"blk.{l}.post_attention_norm.weight") : o);
                var f = Norm(x[i], $"blk.{l}.ffn_norm.weight");
                var (gate, up) = (Linear($"blk.{l}.ffn_gate", f, lengths), Linear($"blk.{l}.ffn_up", f, lengths));
                var d = Linear($"blk.{l}.ffn_down", [.. gate.Zip(up, (g, u) => (gemma ? Gelu(g) : g / (1 + Math.Exp(-g))) * u)], lengths);
                x[i] = Sum(x[i], gemma ? Norm(d, $"blk.{l}.post_ffw_norm.weight") : d);
            }
        }

        return Array.ConvertAll(x, r => Times(model.Tied ? "token_embd.weight" : "output.weight", Norm(r, "output_norm.weight")).Select(v => gemma ? 3 * Math.Tanh(v / 3) : v).ToArray());
    }

    private double[][] Attend(int layer, double[][] h, Dictionary<string, double[]> lengths)
    {
        double[][] Project(string name, string norm, bool turns)
        {
            var rows = Array.ConvertAll(h, r => Linear($"blk.{layer}.{name}", r, lengths));
            for (var i = 0; i < rows.Length; i++)
            {
                for (var start = 0; start < rows[i].Length && turns; start += model.HeadSize)
                {
                    var head = rows[i][start..(start + model.HeadSize)];
                    head = Values.ContainsKey($"blk.{layer}.{norm}.weight") ? Norm(head, $"blk.{layer}.{norm}.weight") : head;
                    Turn(head, i).CopyTo(rows[i], start);
                }
            }

            return rows;
        }

        var (q, k, v) = (Project("attn_q", "attn_q_norm", true), Project("attn_k", "attn_k_norm", true), Project("attn_v", "", false));
        var gemma = model.Architecture == ModelArchitecture.Gemma2;
        var window = gemma && layer % 2 == 0 ? model.Window : int.MaxValue;
        return Array.ConvertAll(Enumerable.Range(0, h.Length).ToArray(), i =>
        {
            var output = new double[TinyModel.Heads * model.HeadSize];
            for (var head = 0; head < TinyModel.Heads; head++)
            {
                var key = head / (TinyModel.Heads / TinyModel.KeyHeads);
                var seen = Enumerable.Range(0, i + 1).Where(j => i - j < window).ToArray();
                var scores = Array.ConvertAll(seen, j => Enumerable.Range(0, model.HeadSize).Sum(d => q[i][(head * model.HeadSize) + d] * k[j][(key * model.HeadSize) + d]) / Math.Sqrt(model.HeadSize));
                scores = gemma ? Array.ConvertAll(scores, s => 2 * Math.Tanh(s / 2)) : scores;
                var total = scores.Sum(Math.Exp);
                for (var d = 0; d < model.HeadSize; d++)
                {
                    output[(head * model.HeadSize) + d] = seen.Select((j, n) => Math.Exp(scores[n]) / total * v[j][(key * model.HeadSize) + d]).Sum();
                }
            }

            return output;
        });
    }

    private double[] Turn(double[] head, int position)
    {
        var turned = new double[head.Length];
        var half = head.Length / 2;
        for (var i = 0; i < half; i++)
        {
            var (a, b) = model.Architecture == ModelArchitecture.Llama ? (2 * i, (2 * i) + 1) : (i, i + half);
            var (sine, cosine) = Math.SinCos(position * Math.Pow((float)model.RopeBase, -2.0 * i / head.Length));
            (turned[a], turned[b]) = ((head[a] * cosine) - (head[b] * sine), (head[a] * sine) + (head[b] * cosine));
        }

        return turned;
    }

    private double[] Linear(string name, double[] x, Dictionary<string, double[]> lengths)
    {
        var y = Times(name + ".weight", x);
        if (Values.TryGetValue(name + ".weight.lora_a", out var a))
        {
            var b = Values[name + ".weight.lora_b"];
            for (var r = 0; r < options!.Rank; r++)
            {
                var low = options.Scale * x.Select((v, k) => v * a[(r * x.Length) + k]).Sum();
                for (var n = 0; n < y.Length; n++)
                {
                    y[n] += low * b[(r * y.Length) + n];
                }
            }
        }

        if (Values.TryGetValue(name + ".weight.magnitude", out var magnitude))
        {
            y = [.. y.Select((v, n) => v * magnitude[n] / lengths[name + ".weight"][n])];
        }

        return Values.TryGetValue(name + ".bias", out var bias) ? Sum(y, bias) : y;
    }

    private double[] Times(string name, double[] x)
        => [.. Enumerable.Range(0, Values[name].Length / x.Length).Select(n => Enumerable.Range(0, x.Length).Sum(k => Values[name][(n * x.Length) + k] * x[k]))];

    private double[] Norm(double[] x, string name) => [.. x.Zip(Values[name], (v, w) => v * w / Math.Sqrt((x.Sum(u => u * u) / x.Length) + Epsilon))];

    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private double[] Row(string name, int row, int width) => Values[name][(row * width)..((row + 1) * width)];

    private static double[] Sum(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];
}
