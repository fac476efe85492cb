using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Kernels;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Export;

/// <summary>Reads an adapter that this or another trainer wrote, so that it can be evaluated or trained on.</summary>
public static class AdapterReader
{
    /// <summary>The name of DoRA's magnitudes in the GGUF that <see cref="AdapterFolder"/> makes in memory; llama.cpp has none.</summary>
    internal const string MagnitudeSuffix = ".magnitude";

    /// <summary>Reads an adapter: a GGUF of llama.cpp's, or a folder of PEFT or mlx-lm (LoRA or DoRA).</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="weights">The base; every matrix of the adapter must fit one of its.</param>
    /// <param name="baseFile">The GGUF of the base.</param>
    /// <returns>
    /// Weights that compute what the adapter says. Matrices of a smaller rank than the largest are filled up with zeros, and a matrix's own scale goes into its B, since
    /// the network has one rank and one scale.
    /// </returns>
    /// <exception cref="ModelFaultException">QA7003: a file is missing or malformed; QA7010: all that does not fit the base.</exception>
    public static AdapterWeights Read(string path, BaseWeights weights, GgufFile baseFile)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(baseFile);
        if (!Directory.Exists(path))
        {
            using var file = GgufFile.Open(path);
            return Read(file, path, weights);
        }

        using var memory = new MemoryStream();
        using (var folder = AdapterFolder.Open(path, dora: true))
        {
            folder.ToWriter(baseFile.Path).WriteTo(memory, null, default);
        }

        using var made = GgufFile.Parse(memory.ToArray(), path);
        return Read(made, path, weights);
    }

    private static AdapterWeights Read(GgufFile file, string path, BaseWeights weights)
    {
        var faults = new FaultList();
        var found = Parts(file, path, weights.Shape, faults);
        var alpha = file.Number("adapter.lora.alpha");
        if (alpha is not { } known || !double.IsFinite(known))
        {
            faults.Add(Unusable(path, "JsonMissing", "adapter.lora.alpha"));
        }

        faults.ThrowIfAny();
        if (found.Count == 0)
        {
            throw Unusable(path, "AdapterEmpty");
        }

        // One alpha, divided by each matrix's own rank.
        var rank = found.Values.Max(p => (int)p.A!.Shape[1]);
        var options = new AdapterOptions
        {
            Kind = found.Values.Any(p => p.Magnitude is not null) ? AdapterKind.Dora : AdapterKind.Lora,
            Rank = rank,
            Scale = (float)(alpha!.Value / rank),
            Layers = weights.Shape.Layers - found.Keys.Min(k => k.Layer),
            Targets = [.. found.Keys.Select(k => k.Kind).Distinct().Order()],
        };
        var adapter = new AdapterWeights(weights, options);
        foreach (var (layer, kind, linear) in adapter.Linears)
        {
            if (found.TryGetValue((layer, kind), out var parts))
            {
                Fill(linear, parts, rank);
            }
        }

        return adapter;
    }

    private static SortedDictionary<(int Layer, LinearKind Kind), Parted> Parts(GgufFile file, string path, ModelShape shape, FaultList faults)
    {
        var architecture = shape.Architecture.ToString().ToLowerInvariant();
        if (file.Text("general.type") != "adapter" || file.Text("general.architecture") != architecture)
        {
            throw Unusable(path, "AdapterKind", $"{file.Text("general.type")} {file.Text("general.architecture")}");
        }

        var places = Enumerable.Range(0, shape.Layers).SelectMany(l => LinearKinds.All.Select(k => (Layer: l, Kind: k))).ToDictionary(p => p.Kind.TensorName(p.Layer), StringComparer.Ordinal);
        var found = new SortedDictionary<(int Layer, LinearKind Kind), Parted>();
        foreach (var tensor in file.Tensors)
        {
            var dot = tensor.Name.LastIndexOf('.');
            var (name, suffix) = dot < 0 ? (tensor.Name, "") : (tensor.Name[..dot], tensor.Name[dot..]);
            if (suffix is not (".lora_a" or ".lora_b" or MagnitudeSuffix))
            {
                faults.Add(Unusable(path, "AdapterTensor", tensor.Name));
            }
            else if (!places.TryGetValue(name, out var place))
            {
                faults.Add(Unusable(path, "AdapterTarget", name));
            }
            else
            {
                var parts = found.GetValueOrDefault(place) ?? new Parted(null, null, null);
                found[place] = suffix switch { ".lora_a" => parts with { A = tensor }, ".lora_b" => parts with { B = tensor }, _ => parts with { Magnitude = tensor } };
            }
        }

        foreach (var (place, parts) in found)
        {
            Check(place.Kind, parts, path, shape, faults);
        }

        return found;
    }

    private static void Check(LinearKind kind, Parted parts, string path, ModelShape shape, FaultList faults)
    {
        const int LargestRank = 1 << 14;
        if (parts.A is not { } a || parts.B is not { } b)
        {
            faults.Add(Unusable(path, "AdapterPartner", (parts.A ?? parts.B ?? parts.Magnitude)!.Name, parts.A is null ? "A" : "B"));
            return;
        }

        var rank = a.Shape.Count == 2 ? Math.Clamp(a.Shape[1], 1, LargestRank) : 1;
        Expect(a, shape.Inputs(kind), rank);
        Expect(b, rank, shape.Outputs(kind));
        if (parts.Magnitude is { } magnitude)
        {
            Expect(magnitude, shape.Outputs(kind));
        }

        void Expect(GgufTensor tensor, params long[] wanted)
        {
            if (!tensor.Shape.SequenceEqual(wanted))
            {
                faults.Add(Unusable(path, "AdapterShape", tensor.Name, string.Join(" × ", tensor.Shape), string.Join(" × ", wanted)));
            }
            else if (!Dequantizer.Types.Contains(tensor.Type))
            {
                faults.Add(Unusable(path, "TensorNoFloat", tensor.Name, tensor.Type));
            }
        }
    }

    private static void Fill(LinearAdapter linear, Parted parts, int rank)
    {
        var own = (int)parts.A!.Shape[1];
        var factor = (float)rank / own;
        var (a, b) = (Numbers(parts.A), Numbers(parts.B!));
        var outputs = linear.B.Columns;
        linear.A.Values.Clear();
        a.CopyTo(linear.A.Values);
        for (var output = 0; output < outputs; output++)
        {
            for (var r = 0; r < own; r++)
            {
                linear.B.Values[(r * outputs) + output] = b[(output * own) + r] * factor;
            }
        }

        if (parts.Magnitude is { } magnitude)
        {
            Numbers(magnitude).CopyTo(linear.Magnitude!.Values);
        }
    }

    private static unsafe float[] Numbers(GgufTensor tensor)
    {
        var (columns, rows) = ((int)tensor.Shape[0], (int)(tensor.Elements / tensor.Shape[0]));
        var numbers = new float[tensor.Elements];
        fixed (byte* bytes = tensor.Read(0, (int)tensor.Bytes))
        fixed (float* to = numbers)
        {
            var matrix = new WeightMatrix(tensor.Type, bytes, rows, columns);
            for (var row = 0; row < rows; row++)
            {
                matrix.Read(row, 0, columns, to + ((nint)row * columns));
            }
        }

        return numbers;
    }

    private static ModelFaultException Unusable(string path, string reason, params object[] arguments) => new(ModelFaults.AdapterUnusable, path, path, new Reason(reason, arguments));

    private sealed record Parted(GgufTensor? A, GgufTensor? B, GgufTensor? Magnitude);
}
