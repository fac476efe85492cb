using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Training.Export;

namespace QaBuild.Model.Packaging.Fusing;

/// <summary>An adapter (LoRA or DoRA) whose every matrix fits one of its base. All that does not fit is told at once.</summary>
internal sealed class FittedAdapter : IDisposable
{
    private const string SuffixOfA = ".lora_a";
    private const string SuffixOfB = ".lora_b";

    private readonly GgufFile _file;

    private FittedAdapter(GgufFile file, Dictionary<string, AdapterPair> pairs) => (_file, Pairs) = (file, pairs);

    /// <summary>By the name of the base's matrix.</summary>
    public IReadOnlyDictionary<string, AdapterPair> Pairs { get; }

    /// <summary>Whether rows are given lengths of their own (arXiv:2402.09353).</summary>
    public bool IsDora => Pairs.Values.Any(p => p.Magnitude is not null);

    /// <summary>Opens an adapter and holds it against its base.</summary>
    /// <param name="path">A GGUF, or a folder of PEFT or mlx-lm.</param>
    /// <param name="model">The base.</param>
    /// <exception cref="ModelFaultException">QA7003: a file is malformed; QA7010: all that does not fit.</exception>
    public static FittedAdapter Open(string path, GgufFile model)
    {
        var file = Directory.Exists(path) ? OfFolder(path, model) : GgufFile.Open(path);
        try
        {
            var faults = new FaultList();
            var pairs = Pair(file, model, faults);
            faults.ThrowIfAny();
            return pairs.Count > 0 ? new FittedAdapter(file, pairs) : throw Unusable(file, "AdapterEmpty");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // Small beside the base: it is turned round in memory.
    private static GgufFile OfFolder(string path, GgufFile model)
    {
        using var memory = new MemoryStream();
        using (var folder = AdapterFolder.Open(path, dora: true))
        {
            folder.ToWriter(model.Path).WriteTo(memory, null, default);
        }

        return GgufFile.Parse(memory.ToArray(), path);
    }

    private static Dictionary<string, AdapterPair> Pair(GgufFile file, GgufFile model, FaultList faults)
    {
        if (file.Text("adapter.type") is var type && type != "lora")
        {
            throw Unusable(file, "AdapterKind", $"adapter.type {type ?? "–"}");
        }

        if (file.Text("general.architecture") is { } told && model.Text("general.architecture") is { } architecture && told != architecture)
        {
            faults.Add(Unusable(file, "AdapterArchitecture", told, architecture));
        }

        var alpha = file.Number("adapter.lora.alpha") ?? 0;
        if (!double.IsFinite(alpha))
        {
            faults.Add(Unusable(file, "AdapterNotFinite", "adapter.lora.alpha"));
        }

        var pairs = new Dictionary<string, AdapterPair>(StringComparer.Ordinal);
        foreach (var tensor in file.Tensors)
        {
            if (tensor.Name.EndsWith(SuffixOfA, StringComparison.Ordinal))
            {
                var name = tensor.Name[..^SuffixOfA.Length];
                if (faults.Try(() => Fitting(file, model, name, tensor, alpha)) is { } pair)
                {
                    pairs.Add(name, pair);
                }
            }
            else if (Partner(tensor.Name) is not { } partner)
            {
                faults.Add(Unusable(file, "AdapterTensor", tensor.Name));
            }
            else if (file.Find(partner) is null)
            {
                faults.Add(Unusable(file, "AdapterPartner", tensor.Name, "A"));
            }
        }

        return pairs;
    }

    private static string? Partner(string name) =>
        name.EndsWith(SuffixOfB, StringComparison.Ordinal) ? name[..^SuffixOfB.Length] + SuffixOfA
        : name.EndsWith(AdapterReader.MagnitudeSuffix, StringComparison.Ordinal) ? name[..^AdapterReader.MagnitudeSuffix.Length] + SuffixOfA
        : null;

    private static AdapterPair Fitting(GgufFile file, GgufFile model, string name, GgufTensor a, double alpha)
    {
        var b = file.Find(name + SuffixOfB) ?? throw Unusable(file, "AdapterPartner", a.Name, "B");
        if (model.Find(name) is not { Shape: [var inputs, var outputs] } target)
        {
            throw Unusable(file, "AdapterTarget", name);
        }

        var rank = a.Shape is [_, var rows] && rows > 0 ? rows : 1;
        Require(file, a, [inputs, rank]);
        Require(file, b, [rank, outputs]);
        var magnitude = file.Find(name + AdapterReader.MagnitudeSuffix);
        if (magnitude is not null)
        {
            Require(file, magnitude, [outputs]);
        }

        // As llama.cpp has it: without an alpha the product counts once.
        return new AdapterPair(target, a, b, magnitude, (float)(alpha == 0 ? 1 : alpha / rank));
    }

    private static void Require(GgufFile file, GgufTensor tensor, long[] shape)
    {
        if (tensor.Type is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16))
        {
            throw Unusable(file, "TensorNoFloat", tensor.Name, tensor.Type.ToString());
        }

        if (!tensor.Shape.SequenceEqual(shape))
        {
            throw Unusable(file, "AdapterShape", tensor.Name, string.Join(" × ", tensor.Shape), string.Join(" × ", shape));
        }

        if (!AdapterPair.Numbers(tensor).All(float.IsFinite))
        {
            throw Unusable(file, "AdapterNotFinite", tensor.Name);
        }
    }

    private static ModelFaultException Unusable(GgufFile file, string reason, params object[] arguments) => new(ModelFaults.AdapterUnusable, file.Path, file.Path, new Reason(reason, arguments));
}
