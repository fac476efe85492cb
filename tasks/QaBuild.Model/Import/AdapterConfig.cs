using System.Globalization;
using System.Text.Json;

namespace QaBuild.Model.Import;

/// <summary>What adapter_config.json says of a LoRA: of PEFT (with <c>peft_type</c>) or of mlx-lm (with <c>lora_parameters</c>).</summary>
/// <param name="IsPeft">Whether PEFT wrote it: names and the order of dimensions differ.</param>
/// <param name="BaseModel">What it was trained on, by name or folder; null when it does not say.</param>
internal sealed record AdapterConfig(bool IsPeft, string? BaseModel)
{
    /// <summary>Whether the lengths of rows are learned apart (DoRA).</summary>
    public bool IsDora { get; private init; }

    private double _alpha;
    private double _scale;
    private bool _dividesByRoot;
    private IReadOnlyList<(string Name, double Alpha)> _alphas = [];

    /// <summary>Reads it.</summary>
    /// <param name="folder">Of the adapter.</param>
    /// <param name="dora">Whether DoRA is welcome.</param>
    /// <exception cref="ModelFaultException">QA7003: a value is missing or absurd; QA7010: the adapter is of another kind.</exception>
    public static AdapterConfig Read(string folder, bool dora = false)
    {
        using var json = JsonFile.Open(Path.Combine(folder, "adapter_config.json"));
        return json.Find("peft_type") is null ? OfMlx(json, dora) : OfPeft(json, dora);
    }

    /// <summary>
    /// What B A x is multiplied with: alpha / rank, or alpha / √rank where the adapter is rank-stabilised (arXiv:2312.03732); mlx-lm tells it as it is.
    /// </summary>
    /// <param name="linear">Such as <c>model.layers.0.self_attn.q_proj</c>.</param>
    /// <param name="rank">Of its matrices.</param>
    public double Scale(string linear, long rank)
    {
        if (!IsPeft)
        {
            return _scale;
        }

        var alpha = _alphas.Where(a => linear == a.Name || linear.EndsWith("." + a.Name, StringComparison.Ordinal)).Select(a => (double?)a.Alpha).FirstOrDefault() ?? _alpha;
        return alpha / (_dividesByRoot ? Math.Sqrt(rank) : rank);
    }

    private static AdapterConfig OfPeft(JsonFile json, bool dora)
    {
        var faults = new FaultList();
        void Refuse(string what) => faults.Add(new ModelFaultException(ModelFaults.AdapterUnusable, json.Path, json.Path, new Reason("AdapterKind", what)));
        if (faults.Try(() => json.Text("peft_type")) is { } type && type != "LORA")
        {
            Refuse($"peft_type {type}");
        }

        var isDora = faults.Try(() => json.Flag("use_dora")) == true;
        foreach (var name in new[] { "use_dora", "fan_in_fan_out", "use_qalora", "lora_bias" })
        {
            if (faults.Try(() => json.Flag(name)) == true && !(dora && name == "use_dora"))
            {
                Refuse($"{name} true");
            }
        }

        if (faults.Try(() => json.Text("bias")) is { } bias && bias != "none")
        {
            Refuse($"bias {bias}");
        }

        foreach (var name in new[] { "alora_invocation_tokens", "layer_replication", "modules_to_save", "trainable_token_indices" })
        {
            if (json.Find(name) is { } member && !(member.ValueKind == JsonValueKind.Array && member.GetArrayLength() == 0))
            {
                Refuse(name);
            }
        }

        var config = new AdapterConfig(IsPeft: true, faults.Try(() => json.Text("base_model_name_or_path")))
        {
            IsDora = isDora,
            _alpha = faults.Try(() => Positive(json, json.Root, "lora_alpha")),
            _dividesByRoot = faults.Try(() => json.Flag("use_rslora")) ?? false,
            _alphas = faults.Try(() => Patterns(json)) ?? [],
        };
        faults.ThrowIfAny();
        return config;
    }

    private static AdapterConfig OfMlx(JsonFile json, bool dora)
    {
        if ((json.Text("fine_tune_type") ?? "lora") is var type && type != "lora" && !(dora && type == "dora"))
        {
            throw new ModelFaultException(ModelFaults.AdapterUnusable, json.Path, json.Path, new Reason("AdapterKind", $"fine_tune_type {type}"));
        }

        return new AdapterConfig(IsPeft: false, json.Text("model")) { IsDora = type == "dora", _scale = Positive(json, json.Find("lora_parameters") ?? throw json.Missing("lora_parameters"), "scale") };
    }

    private static double Positive(JsonFile json, JsonElement parent, string name)
    {
        const double Most = 1e6;
        var number = json.Number(parent, name) ?? throw json.Missing(name);
        return number is > 0 and < Most ? number : throw json.Bad(name, new Reason("JsonPositive"), JsonFile.Find(parent, name)!.Value);
    }

    // PEFT takes the keys as regular expressions over the end of a name; those in use are plain names.
    private static List<(string, double)> Patterns(JsonFile json)
    {
        var alphas = new List<(string, double)>();
        if (json.Find("alpha_pattern") is not { ValueKind: JsonValueKind.Object } patterns)
        {
            return alphas;
        }

        foreach (var entry in patterns.EnumerateObject())
        {
            var name = entry.Name.TrimStart('^').Replace("\\.", ".", StringComparison.Ordinal);
            if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.')))
            {
                throw new ModelFaultException(ModelFaults.AdapterUnusable, json.Path, json.Path, new Reason("AdapterKind", string.Create(CultureInfo.InvariantCulture, $"alpha_pattern {entry.Name}")));
            }

            alphas.Add((name, Positive(json, patterns, entry.Name)));
        }

        return alphas;
    }
}
