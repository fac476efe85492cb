using System.Text.RegularExpressions;
using QaBuild.Model.Gguf;
using QaBuild.Model.Training.Export;

namespace QaBuild.Model.Import;

/// <summary>A LoRA adapter as PEFT or mlx-lm saves it. Both say y = W x + scale · B A x; they differ in names, in the order of dimensions and in where the scale stands.</summary>
internal sealed partial class AdapterFolder : IDisposable
{
    private readonly string _folder;
    private readonly AdapterConfig _config;
    private readonly SafetensorsFile _weights;

    private AdapterFolder(string folder, AdapterConfig config, SafetensorsFile weights) => (_folder, _config, _weights) = (folder, config, weights);

    /// <summary>Opens an adapter.</summary>
    /// <param name="folder">Of PEFT or mlx-lm.</param>
    /// <param name="dora">Whether DoRA is welcome: llama.cpp has no place for it.</param>
    /// <exception cref="ModelFaultException">QA7003: a file is missing or malformed; QA7010: it is of another kind.</exception>
    public static AdapterFolder Open(string folder, bool dora = false)
    {
        var config = AdapterConfig.Read(folder, dora);
        return new AdapterFolder(folder, config, SafetensorsFile.Open(Path.Combine(folder, config.IsPeft ? "adapter_model.safetensors" : "adapters.safetensors")));
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    /// <summary>The adapter as GGUF.</summary>
    /// <param name="baseModel">A GGUF or a Hugging Face folder; null for the folder that the adapter names.</param>
    /// <exception cref="ModelFaultException">QA7010: all that does not fit the base.</exception>
    public GgufWriter ToWriter(string? baseModel)
    {
        var (config, has) = Base(baseModel);
        var faults = new FaultList();
        var linears = Linears(new HfTensors(config), has, faults);
        faults.ThrowIfAny();
        if (linears.Count == 0)
        {
            throw Unusable(_weights.Path, "AdapterEmpty");
        }

        var writer = new GgufWriter();
        writer.Add("general.architecture", config.Architecture);
        writer.Add("general.type", "adapter");
        writer.Add("general.name", Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_folder))));
        writer.Add("adapter.type", "lora");

        // llama.cpp has one alpha for all and divides it by each matrix's own rank; what a linear wants beyond that goes into its B.
        var alpha = _config.Scale(linears[0].Name, linears[0].Rank) * linears[0].Rank;
        writer.Add("adapter.lora.alpha", (float)alpha);
        foreach (var linear in linears)
        {
            var factor = _config.Scale(linear.Name, linear.Rank) * linear.Rank / (float)alpha;
            var (inputs, outputs) = (linear.Place.Shape[0], linear.Place.Shape[1]);
            writer.AddTensor(linear.Place.Name + ".lora_a", GgmlType.F32, [inputs, linear.Rank], s => Write(s, linear.A, linear.Rank, inputs, (row, column) => _config.IsPeft ? (row * inputs) + column : (column * linear.Rank) + row, 1));
            writer.AddTensor(linear.Place.Name + ".lora_b", GgmlType.F32, [linear.Rank, outputs], s => Write(s, linear.B, outputs, linear.Rank, At, factor));

            if (linear.Magnitude is { } magnitude)
            {
                writer.AddTensor(linear.Place.Name + AdapterReader.MagnitudeSuffix, GgmlType.F32, [outputs], s => Write(s, magnitude, outputs, 1, (row, _) => Row(row), 1));
            }

            // The rows of B are those of W: where W's are turned for llama.cpp's rotation, B's are.
            long Row(long row) => linear.Place.HeadsToPermute > 0 ? HfTensors.Permuted(row, outputs, linear.Place.HeadsToPermute) : row;

            long At(long row, long column)
            {
                var from = Row(row);
                return _config.IsPeft ? (from * linear.Rank) + column : (column * outputs) + from;
            }
        }

        return writer;
    }

    private (HfConfig Config, Func<string, bool> Has) Base(string? baseModel)
    {
        var path = baseModel ?? _config.BaseModel;
        if (baseModel is null && (path is null || !File.Exists(Path.Combine(path, "config.json"))))
        {
            throw Unusable(_folder, "AdapterNoBase", path ?? "");
        }

        if (Directory.Exists(path))
        {
            var config = HfConfig.Read(path);
            return (config, name => name != "output.weight" || !config.Tied);
        }

        using var file = GgufFile.Open(path!);
        var names = file.Tensors.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        return (HfConfig.Of(file), names.Contains);
    }

    private List<Linear> Linears(HfTensors names, Func<string, bool> has, FaultList faults)
    {
        var halves = new SortedDictionary<string, (SafeTensor? A, SafeTensor? B, SafeTensor? Magnitude)>(StringComparer.Ordinal);
        foreach (var tensor in _weights.Tensors)
        {
            var match = (_config.IsPeft ? PeftName() : MlxName()).Match(tensor.Name);
            if (!match.Success || (match.Groups["half"].Value.Length == 0 && !_config.IsDora))
            {
                faults.Add(Unusable(_weights.Path, "AdapterTensor", tensor.Name));
                continue;
            }

            var name = match.Groups["linear"].Value;
            var (a, b, magnitude) = halves.GetValueOrDefault(name);
            halves[name] = match.Groups["half"].Value switch { "A" or "a" => (tensor, b, magnitude), "B" or "b" => (a, tensor, magnitude), _ => (a, b, tensor) };
        }

        var linears = new List<Linear>();
        foreach (var (name, (a, b, magnitude)) in halves)
        {
            if (faults.Try(() => Fitting(name, a, b, magnitude, names, has)) is { } linear)
            {
                linears.Add(linear);
            }
        }

        return linears;
    }

    private Linear Fitting(string name, SafeTensor? a, SafeTensor? b, SafeTensor? magnitude, HfTensors names, Func<string, bool> has)
    {
        if (a is null || b is null || (magnitude is null && _config.IsDora))
        {
            throw Unusable(_weights.Path, "AdapterPartner", (a ?? b ?? magnitude)!.Name, a is null ? "A" : b is null ? "B" : "m");
        }

        // The embedding is looked up, not multiplied: its adapter has another shape.
        if (name == "model.embed_tokens" || names.Find(name + ".weight") is not { Shape.Count: 2 } place || !has(place.Name))
        {
            throw Unusable(_weights.Path, "AdapterTarget", name);
        }

        SafeTensor[] all = magnitude is null ? [a, b] : [a, b, magnitude];
        foreach (var tensor in all)
        {
            if (FloatConverter.TypeOf(tensor.Type) is null)
            {
                throw Unusable(_weights.Path, "TensorNoFloat", tensor.Name, tensor.Type);
            }
        }

        var rank = a.Shape.Count == 2 ? a.Shape[_config.IsPeft ? 0 : 1] : 0;
        var (inputs, outputs) = (place.Shape[0], place.Shape[1]);
        long[] shapeOfA = _config.IsPeft ? [rank, inputs] : [inputs, rank], shapeOfB = _config.IsPeft ? [outputs, rank] : [rank, outputs];
        long[][] shapes = [shapeOfA, shapeOfB, [outputs]];
        foreach (var (tensor, shape) in all.Zip(shapes))
        {
            if (rank < 1 || !tensor.Shape.SequenceEqual(shape))
            {
                throw Unusable(_weights.Path, "AdapterShape", tensor.Name, string.Join(" × ", tensor.Shape), string.Join(" × ", shape));
            }
        }

        return new Linear(name, place, a, b, magnitude, rank);
    }

    private static void Write(Stream stream, SafeTensor tensor, long rows, long columns, Func<long, long, long> source, double factor)
    {
        const int ChunkLength = 1 << 14;
        var type = FloatConverter.TypeOf(tensor.Type)!.Value;
        var width = GgmlTypes.BlockBytes(type);
        var numbers = new float[Math.Min(ChunkLength, columns)];
        var bytes = new byte[numbers.Length * sizeof(float)];
        for (var row = 0L; row < rows; row++)
        {
            for (var start = 0L; start < columns; start += numbers.Length)
            {
                var count = (int)Math.Min(numbers.Length, columns - start);
                for (var i = 0; i < count; i++)
                {
                    FloatConverter.Read(type, tensor.Read(source(row, start + i) * width, width), numbers.AsSpan(i, 1));
                    numbers[i] = (float)(numbers[i] * factor);
                }

                FloatConverter.Write(GgmlType.F32, numbers.AsSpan(0, count), bytes.AsSpan(0, count * sizeof(float)));
                stream.Write(bytes.AsSpan(0, count * sizeof(float)));
            }
        }
    }

    private static ModelFaultException Unusable(string path, string reason, params object[] arguments) => new(ModelFaults.AdapterUnusable, path, path, new Reason(reason, arguments));

    [GeneratedRegex(@"^(?:base_model\.model\.)?(?<linear>.+)\.(?:lora_(?<half>[AB])(?:\.default)?\.weight|lora_magnitude_vector(?:(?:\.default)?\.weight)?)$", RegexOptions.CultureInvariant)]
    private static partial Regex PeftName();

    [GeneratedRegex(@"^(?<linear>.+)\.(?:lora_(?<half>[ab])|m)$", RegexOptions.CultureInvariant)]
    private static partial Regex MlxName();

    private sealed record Linear(string Name, TensorPlace Place, SafeTensor A, SafeTensor B, SafeTensor? Magnitude, long Rank);
}
