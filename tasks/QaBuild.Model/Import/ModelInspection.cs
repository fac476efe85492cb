using System.Globalization;
using QaBuild.Model.Gguf;

namespace QaBuild.Model.Import;

/// <summary>A fact about a model's file.</summary>
/// <param name="Label">A phrase of the catalogue.</param>
/// <param name="Value">Whatever the file says: not to be trusted.</param>
public sealed record InspectedFact(Reason Label, string Value);

/// <summary>A tensor of a model's file.</summary>
/// <param name="Name">Whatever the file says: not to be trusted.</param>
/// <param name="Type">For example F32.</param>
/// <param name="Shape">In the file's own order.</param>
public sealed record InspectedTensor(string Name, string Type, IReadOnlyList<long> Shape)
{
    /// <summary>The number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, length) => product * length);
}

/// <summary>What a GGUF, a safetensors file, an adapter or a Hugging Face folder holds.</summary>
/// <param name="Facts">For people, in order.</param>
/// <param name="Tensors">In the file's order.</param>
public sealed record ModelInspection(IReadOnlyList<InspectedFact> Facts, IReadOnlyList<InspectedTensor> Tensors)
{
    /// <summary>Looks into a file or folder.</summary>
    /// <exception cref="ModelFaultException">QA7003: it is malformed, or none of these; QA7004, QA7005, QA7010 for a folder of an unknown kind.</exception>
    public static ModelInspection Of(string path)
    {
        if (Directory.Exists(path))
        {
            return OfFolder(path);
        }

        using var magic = MappedFile.Open(path);
        return magic.Length >= 4 && magic.Slice(0, 4).SequenceEqual("GGUF"u8) ? OfGguf(path) : OfSafetensors(path);
    }

    private static ModelInspection OfGguf(string path)
    {
        using var file = GgufFile.Open(path);
        var facts = new List<InspectedFact>();
        void Add(string label, object? value)
        {
            if (value is not null)
            {
                facts.Add(new InspectedFact(new Reason(label), Convert.ToString(value, CultureInfo.InvariantCulture)!));
            }
        }

        var architecture = file.Text("general.architecture");
        var tokens = file.Array<string>("tokenizer.ggml.tokens");
        string? Token(string key) => file.Integer(key) is { } id ? string.Create(CultureInfo.InvariantCulture, $"{id} {(id >= 0 && id < tokens?.Length ? tokens[id] : "")}").TrimEnd() : null;
        Add("InspectKind", $"GGUF {file.Version}{(file.Text("adapter.type") is { } adapter ? $", adapter ({adapter})" : "")}");
        Add("InspectName", file.Text("general.name"));
        Add("InspectArchitecture", architecture);
        Add("InspectParameters", Count(file.Tensors.Sum(t => t.Elements)));
        Add("InspectTypes", Types(file.Tensors.Select(t => (t.Type.ToString(), t.Elements))));
        Add("InspectContext", file.Integer($"{architecture}.context_length"));
        Add("InspectLayers", file.Integer($"{architecture}.block_count"));
        Add("InspectWidth", file.Integer($"{architecture}.embedding_length"));
        Add("InspectHeads", file.Integer($"{architecture}.attention.head_count") is { } heads ? $"{heads} / {file.Integer($"{architecture}.attention.head_count_kv") ?? heads}" : null);
        Add("InspectTokenizer", tokens is null ? null : $"{file.Text("tokenizer.ggml.model")} {file.Text("tokenizer.ggml.pre")}, {tokens.Length}");
        Add("InspectBos", Token("tokenizer.ggml.bos_token_id"));
        Add("InspectEos", Token("tokenizer.ggml.eos_token_id"));
        Add("InspectPadding", Token("tokenizer.ggml.padding_token_id"));
        Add("InspectTemplate", FirstLine(file.Text("tokenizer.chat_template")));
        Add("InspectAlpha", file.Number("adapter.lora.alpha"));
        Add("InspectRank", Ranks(file.Tensors.Where(t => t.Shape.Count > 0 && t.Name.EndsWith(".lora_a", StringComparison.Ordinal)).Select(t => t.Shape[^1])));
        Add("InspectMetadata", file.Metadata.Count);
        return new ModelInspection(facts, [.. file.Tensors.Select(t => new InspectedTensor(t.Name, t.Type.ToString(), t.Shape))]);
    }

    private static ModelInspection OfSafetensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return new ModelInspection(
            [
                new InspectedFact(new Reason("InspectKind"), "safetensors"),
                .. Sizes(file.Tensors),
                .. file.Metadata.Select(m => new InspectedFact(new Reason("InspectMetadata"), $"{m.Key}={m.Value}")),
            ],
            Of(file.Tensors));
    }

    private static ModelInspection OfFolder(string folder)
    {
        if (File.Exists(Path.Combine(folder, "adapter_config.json")))
        {
            var peft = AdapterConfig.Read(folder).IsPeft;
            using var weights = SafetensorsFile.Open(Path.Combine(folder, peft ? "adapter_model.safetensors" : "adapters.safetensors"));
            return new ModelInspection(
                [new InspectedFact(new Reason("InspectKind"), peft ? "LoRA, PEFT" : "LoRA, mlx-lm"), .. Sizes(weights.Tensors)], Of(weights.Tensors));
        }

        var config = HfConfig.Read(folder);
        var vocabulary = TokenizerFolder.Read(folder, config.Tokens);
        var facts = new List<InspectedFact>
        {
            new(new Reason("InspectKind"), "Hugging Face"),
            new(new Reason("InspectArchitecture"), config.Architecture),
            new(new Reason("InspectContext"), config.Context.ToString(CultureInfo.InvariantCulture)),
            new(new Reason("InspectLayers"), config.Layers.ToString(CultureInfo.InvariantCulture)),
            new(new Reason("InspectWidth"), config.Width.ToString(CultureInfo.InvariantCulture)),
            new(new Reason("InspectHeads"), $"{config.Heads} / {config.KeyHeads}"),
            new(new Reason("InspectTokenizer"), $"{vocabulary.Model} {vocabulary.Pre}, {vocabulary.Tokens.Length}"),
        };
        if (vocabulary.Eos is { } eos)
        {
            facts.Add(new InspectedFact(new Reason("InspectEos"), $"{eos} {vocabulary.Tokens[eos]}"));
        }

        if (!SafetensorsFolder.IsIn(folder))
        {
            return new ModelInspection(facts, []);
        }

        using var tensors = SafetensorsFolder.Open(folder);
        return new ModelInspection([.. facts, .. Sizes(tensors.Tensors)], Of(tensors.Tensors));
    }

    private static InspectedTensor[] Of(IReadOnlyList<SafeTensor> tensors) => [.. tensors.Select(t => new InspectedTensor(t.Name, t.Type, t.Shape))];

    private static IEnumerable<InspectedFact> Sizes(IReadOnlyList<SafeTensor> tensors)
    {
        yield return new InspectedFact(new Reason("InspectParameters"), Count(tensors.Sum(t => t.Elements)));
        yield return new InspectedFact(new Reason("InspectTypes"), Types(tensors.Select(t => (t.Type, t.Elements))));
    }

    private static string Types(IEnumerable<(string Type, long Elements)> tensors) =>
        string.Join(", ", tensors.GroupBy(t => t.Type).OrderByDescending(g => g.Sum(t => t.Elements)).Select(g => $"{g.Key} {Count(g.Sum(t => t.Elements))}"));

    private static string? Ranks(IEnumerable<long> ranks) => ranks.Distinct().Order().ToArray() is { Length: > 0 } all ? string.Join(", ", all) : null;

    private static string? FirstLine(string? template)
    {
        const int Longest = 100;
        var line = template?.Split('\n').FirstOrDefault(l => l.Trim().Length > 0);
        return line?.Length > Longest ? line[..Longest] + "…" : line;
    }

    private static string Count(long number) => number >= 10_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{number / 1e6:0.#} M") : number.ToString(CultureInfo.InvariantCulture);
}
