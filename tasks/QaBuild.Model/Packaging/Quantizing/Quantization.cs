using QaBuild.Model.Gguf;

namespace QaBuild.Model.Packaging.Quantizing;

/// <summary>A way to store a model's matrices in fewer bits, by llama.cpp's names.</summary>
/// <param name="Name">For example Q4_K_M.</param>
/// <param name="FileType">llama.cpp's number (enum llama_ftype of llama.h).</param>
/// <param name="Block">Numbers of a row that are stored together; 1 for floats.</param>
public sealed record Quantization(string Name, int FileType, int Block)
{
    // Where rows do not fit a block of 256, llama.cpp takes a type with blocks of 32, or F16; for those of 32 it has no other.
    private const int SmallBlock = 32;
    private const int LargeBlock = 256;

    /// <summary>Those that need nothing but the model, the largest first.</summary>
    public static IReadOnlyList<Quantization> All { get; } =
    [
        new("F32", 0, 1), new("BF16", 32, 1), new("F16", 1, 1), new("Q8_0", 7, SmallBlock), new("Q6_K", 18, LargeBlock), new("Q5_K_M", 17, LargeBlock), new("Q5_K_S", 16, LargeBlock),
        new("Q5_1", 9, SmallBlock), new("Q5_0", 8, SmallBlock), new("Q4_K_M", 15, LargeBlock), new("Q4_K_S", 14, LargeBlock), new("Q4_1", 3, SmallBlock), new("Q4_0", 2, SmallBlock),
        new("IQ4_NL", 25, SmallBlock), new("IQ4_XS", 30, LargeBlock), new("Q3_K_L", 13, LargeBlock), new("Q3_K_M", 12, LargeBlock), new("Q3_K_S", 11, LargeBlock), new("Q2_K", 10, LargeBlock),
    ];

    /// <summary>Reads names, separated by semicolons or commas, in either case. All that is wrong is told at once.</summary>
    /// <exception cref="ModelFaultException">QA8003: there is no such type.</exception>
    public static IReadOnlyList<Quantization> Parse(IEnumerable<string> names)
    {
        var faults = new FaultList();
        var found = new List<Quantization>();
        foreach (var name in names.SelectMany(n => n.Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (All.FirstOrDefault(q => q.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } quantization)
            {
                found.Add(quantization);
            }
            else
            {
                faults.Add(new ModelFaultException(ModelFaults.QuantizationImpossible, "", name, new Reason("QuantizationUnknown", string.Join(", ", All.Select(q => q.Name)))));
            }
        }

        faults.ThrowIfAny();
        return [.. found.Distinct()];
    }

    /// <summary>What a model's shapes say to some types: the matrices that llama.cpp stores in another type, since their rows are no multiple of a block.</summary>
    /// <param name="model">F32, F16 or BF16.</param>
    /// <param name="quantizations">The types.</param>
    /// <exception cref="ModelFaultException">QA8003: a matrix cannot be stored in one of the types, or the model is quantized already.</exception>
    public static IReadOnlyList<(Quantization Quantization, IReadOnlyList<GgufTensor> Misfits)> Plan(GgufFile model, IReadOnlyList<Quantization> quantizations)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(quantizations);
        var faults = new FaultList();
        var matrices = MatricesOf(model);
        var plan = new List<(Quantization, IReadOnlyList<GgufTensor>)>();
        foreach (var quantization in quantizations)
        {
            if (Array.Find(matrices, t => t.Type is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16)) is { } quantized)
            {
                faults.Add(quantization.Impossible(model, new Reason("QuantizationOfQuantized", quantized.Name, quantized.Type.ToString())));
            }
            else if (Array.Find(matrices, t => quantization.Block == SmallBlock && t.Shape[0] % SmallBlock != 0) is { } tensor)
            {
                faults.Add(quantization.Impossible(model, new Reason("QuantizationRows", tensor.Name, tensor.Shape[0], quantization.Name, SmallBlock, "F16, BF16")));
            }

            plan.Add((quantization, Array.FindAll(matrices, t => t.Shape[0] % quantization.Block != 0)));
        }

        faults.ThrowIfAny();
        return plan;
    }

    /// <summary>The tensors of more than one row, which alone are quantized.</summary>
    public static GgufTensor[] MatricesOf(GgufFile model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. model.Tensors.Where(t => t.Shape.Count > 1)];
    }

    private ModelFaultException Impossible(GgufFile model, Reason reason) => new(ModelFaults.QuantizationImpossible, model.Path, Name, reason);
}
