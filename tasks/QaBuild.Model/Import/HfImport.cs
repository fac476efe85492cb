using System.Buffers;
using System.Runtime.InteropServices;
using QaBuild.Model.Gguf;

namespace QaBuild.Model.Import;

/// <summary>Makes a GGUF of a Hugging Face folder.</summary>
public static class HfImport
{
    // Numbers that are brought from type to type at a time: memory does not grow with a tensor.
    private const int ChunkLength = 1 << 16;

    /// <summary>Imports a model.</summary>
    /// <param name="folder">With config.json, weights and tokenizer.</param>
    /// <param name="output">The GGUF.</param>
    /// <param name="type">F32, F16 or BF16 of the matrices; null for the folder's own. Vectors are always F32, as llama.cpp wants them.</param>
    /// <param name="progress">Gets bytes written and bytes in all.</param>
    /// <param name="cancellation">Leaves what was there before.</param>
    /// <exception cref="ModelFaultException">QA7003, QA7004 or QA7005.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void ImportModel(string folder, string output, GgmlType? type = null, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        var config = HfConfig.Read(folder);
        var faults = new FaultList();
        var vocabulary = faults.Try(() => TokenizerFolder.Read(folder, config.Tokens));
        using var weights = faults.Try(() => SafetensorsFolder.Open(folder));
        var tensors = weights is null ? [] : Places(folder, config, weights, faults);
        faults.ThrowIfAny();
        var matrices = type ?? config.Type ?? MostCommonType(weights!);
        var writer = new GgufWriter();
        WriteMetadata(writer, folder, config);
        writer.Add("general.file_type", matrices switch { GgmlType.F32 => 0u, GgmlType.F16 => 1u, GgmlType.BF16 => 32u, _ => throw new ArgumentOutOfRangeException(nameof(type)) });
        vocabulary!.WriteTo(writer);
        AddTensors(writer, config, tensors, matrices);
        writer.WriteTo(output, progress, cancellation);
    }

    /// <summary>Imports a tokenizer alone, from a folder without weights.</summary>
    /// <param name="folder">With a tokenizer, and a config.json or none.</param>
    /// <param name="output">The GGUF, which llama.cpp loads as a vocabulary only.</param>
    /// <exception cref="ModelFaultException">QA7003, QA7004 or QA7005.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void ImportVocabulary(string folder, string output)
    {
        var writer = new GgufWriter();
        if (File.Exists(Path.Combine(folder, "config.json")))
        {
            var config = HfConfig.Read(folder);
            WriteMetadata(writer, folder, config);
            TokenizerFolder.Read(folder, config.Tokens).WriteTo(writer);
        }
        else
        {
            // llama.cpp opens no file without an architecture.
            writer.Add("general.architecture", "llama");
            TokenizerFolder.Read(folder, null).WriteTo(writer);
        }

        writer.WriteTo(output);
    }

    /// <summary>Imports a LoRA adapter of PEFT or mlx-lm.</summary>
    /// <param name="folder">With adapter_config.json and adapter_model.safetensors (PEFT) or adapters.safetensors (mlx-lm).</param>
    /// <param name="baseModel">The model that it was trained on: a GGUF or a Hugging Face folder; null for the folder that adapter_config.json names.</param>
    /// <param name="output">The adapter as GGUF, in F32.</param>
    /// <param name="cancellation">Leaves what was there before.</param>
    /// <exception cref="ModelFaultException">QA7003, QA7004 or QA7010.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void ImportAdapter(string folder, string? baseModel, string output, CancellationToken cancellation = default)
    {
        using var adapter = AdapterFolder.Open(folder);
        adapter.ToWriter(baseModel).WriteTo(output, null, cancellation);
    }

    private static void WriteMetadata(GgufWriter writer, string folder, HfConfig config)
    {
        var name = config.Architecture;
        writer.Add("general.architecture", name);
        writer.Add("general.type", "model");
        writer.Add("general.name", Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
        writer.Add($"{name}.block_count", (uint)config.Layers);
        writer.Add($"{name}.context_length", (uint)config.Context);
        writer.Add($"{name}.embedding_length", (uint)config.Width);
        writer.Add($"{name}.feed_forward_length", (uint)config.FeedForward);
        writer.Add($"{name}.attention.head_count", (uint)config.Heads);
        writer.Add($"{name}.attention.head_count_kv", (uint)config.KeyHeads);
        writer.Add($"{name}.attention.key_length", (uint)config.HeadSize);
        writer.Add($"{name}.attention.value_length", (uint)config.HeadSize);
        writer.Add($"{name}.attention.layer_norm_rms_epsilon", (float)config.NormEpsilon);
        writer.Add($"{name}.rope.dimension_count", (uint)config.HeadSize);
        writer.Add($"{name}.rope.freq_base", (float)config.RopeBase);
        writer.Add($"{name}.vocab_size", (uint)config.Tokens);
        if (config.Rope.Kind is RopeScalingKind.Linear or RopeScalingKind.Yarn)
        {
            writer.Add($"{name}.rope.scaling.type", config.Rope.Kind == RopeScalingKind.Linear ? "linear" : "yarn");
            writer.Add($"{name}.rope.scaling.factor", (float)config.Rope.Factor);
            if (config.Rope.Kind == RopeScalingKind.Yarn)
            {
                writer.Add($"{name}.rope.scaling.original_context_length", (uint)config.Rope.OriginalContext);

                // llama.cpp multiplies what is told with what the factor gives.
                writer.AddIfAny($"{name}.rope.scaling.attn_factor", (float?)(config.Rope.AttentionFactor / (1 + (0.1 * Math.Log(Math.Max(1, config.Rope.Factor))))));
            }
        }

        if (name == "gemma2")
        {
            writer.Add("gemma2.attn_logit_softcapping", (float)config.AttentionSoftCap);
            writer.Add("gemma2.final_logit_softcapping", (float)config.FinalSoftCap);
            writer.Add("gemma2.attention.sliding_window", (uint)config.SlidingWindow);
        }
    }

    private static List<(SafeTensor Tensor, GgmlType Type, TensorPlace Place)> Places(string folder, HfConfig config, SafetensorsFolder weights, FaultList faults)
    {
        var names = new HfTensors(config);
        foreach (var missing in names.Required().Where(n => weights.Find(n) is null))
        {
            faults.Add(new ModelFaultException(ModelFaults.FileMalformed, folder, folder, new Reason("TensorMissing", missing)));
        }

        var places = new List<(SafeTensor, GgmlType, TensorPlace)>();
        foreach (var tensor in weights.Tensors)
        {
            var path = tensor.Source!.Path;
            if (faults.Try(() => names.Place(tensor.Name, path)) is not { } place)
            {
                continue;
            }

            if (FloatConverter.TypeOf(tensor.Type) is not { } from)
            {
                faults.Add(new ModelFaultException(ModelFaults.FileMalformed, path, path, new Reason("TensorNoFloat", tensor.Name, tensor.Type)));
            }
            else if (!tensor.Shape.Reverse().SequenceEqual(place.Shape))
            {
                faults.Add(new ModelFaultException(
                    ModelFaults.FileMalformed, path, path, new Reason("TensorShape", tensor.Name, string.Join(" × ", tensor.Shape), string.Join(" × ", place.Shape.Reverse()))));
            }
            else
            {
                places.Add((tensor, from, place));
            }
        }

        return places;
    }

    private static void AddTensors(GgufWriter writer, HfConfig config, List<(SafeTensor Tensor, GgmlType Type, TensorPlace Place)> tensors, GgmlType matrices)
    {
        if (config.Rope.Kind == RopeScalingKind.Llama3)
        {
            var factors = RopeFactors(config);
            writer.AddTensor("rope_freqs.weight", GgmlType.F32, [factors.Length], s => s.Write(MemoryMarshal.AsBytes(factors.AsSpan())));
        }

        foreach (var (tensor, from, place) in tensors)
        {
            var to = place.Shape.Count == 1 ? GgmlType.F32 : matrices;
            writer.AddTensor(place.Name, to, place.Shape, stream => Convert(tensor, from, to, place, stream));
        }
    }

    private static void Convert(SafeTensor tensor, GgmlType from, GgmlType to, TensorPlace place, Stream stream)
    {
        // A row is a head's row of a matrix; a bias has a number a row.
        var rows = place.HeadsToPermute > 0 ? place.Shape[^1] : 1;
        var rowLength = tensor.Elements / rows;
        var (width, outWidth) = (GgmlTypes.BlockBytes(from), GgmlTypes.BlockBytes(to));
        var length = (int)Math.Min(ChunkLength, rowLength);
        var numbers = ArrayPool<float>.Shared.Rent(length);
        var bytes = ArrayPool<byte>.Shared.Rent(length * outWidth);
        try
        {
            for (var row = 0L; row < rows; row++)
            {
                var start = (place.HeadsToPermute > 0 ? HfTensors.Permuted(row, rows, place.HeadsToPermute) : row) * rowLength;
                for (var at = 0L; at < rowLength; at += length)
                {
                    var count = (int)Math.Min(length, rowLength - at);
                    var read = tensor.Read((start + at) * width, count * width);
                    if (from == to && !place.AddsOne)
                    {
                        stream.Write(read);
                        continue;
                    }

                    var chunk = numbers.AsSpan(0, count);
                    FloatConverter.Read(from, read, chunk);
                    if (place.AddsOne)
                    {
                        for (var i = 0; i < count; i++)
                        {
                            chunk[i] += 1;
                        }
                    }

                    FloatConverter.Write(to, chunk, bytes.AsSpan(0, count * outWidth));
                    stream.Write(bytes.AsSpan(0, count * outWidth));
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(numbers);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>
    /// What Llama 3.1 divides each frequency by: 1 for wavelengths shorter than original/high, the factor for those longer than original/low, and a blend of the two between
    /// (modeling_rope_utils.py of Hugging Face's transformers, "llama3").
    /// </summary>
    private static float[] RopeFactors(HfConfig config)
    {
        var rope = config.Rope;
        var (longest, shortest) = (rope.OriginalContext / rope.LowFrequencyFactor, rope.OriginalContext / rope.HighFrequencyFactor);
        var factors = new float[config.HeadSize / 2];
        for (var i = 0; i < factors.Length; i++)
        {
            var wavelength = 2 * Math.PI * Math.Pow(config.RopeBase, 2.0 * i / config.HeadSize);
            var smooth = ((rope.OriginalContext / wavelength) - rope.LowFrequencyFactor) / (rope.HighFrequencyFactor - rope.LowFrequencyFactor);
            factors[i] = wavelength < shortest ? 1 : wavelength > longest ? (float)rope.Factor : (float)(1 / (((1 - smooth) / rope.Factor) + smooth));
        }

        return factors;
    }

    private static GgmlType MostCommonType(SafetensorsFolder weights) =>
        weights.Tensors.Where(t => t.Shape.Count > 1).Select(t => FloatConverter.TypeOf(t.Type)).OfType<GgmlType>().GroupBy(t => t).OrderByDescending(g => g.Count()).Select(g => g.Key).FirstOrDefault(GgmlType.F32);
}
