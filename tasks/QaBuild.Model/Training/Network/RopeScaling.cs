using QaBuild.Model.Gguf;

namespace QaBuild.Model.Training.Network;

/// <summary>How fast each pair of a head turns: base to the -2i/d, stretched for contexts longer than those the model first saw.</summary>
internal sealed record RopeScaling(double[] Frequencies, float Magnitude)
{
    private const double DefaultBase = 10000;
    private const double FastTurns = 32;
    private const double SlowTurns = 1;
    private const double MagnitudeSlope = 0.1;

    /// <summary>Reads base, scaling and the factors that Llama 3's GGUFs carry as a tensor.</summary>
    public static RopeScaling Of(GgufFile file, string prefix, int dimensions)
    {
        var turnBase = file.Number($"{prefix}.rope.freq_base") ?? DefaultBase;
        var kind = file.Text($"{prefix}.rope.scaling.type") ?? "none";
        var factor = file.Number($"{prefix}.rope.scaling.factor") ?? file.Number($"{prefix}.rope.scale_linear") ?? 1;
        if (kind is not ("none" or "linear" or "yarn"))
        {
            throw new ModelFaultException(ModelFaults.ArchitectureUnsupported, file.Path, $"{prefix}, rope.scaling.type = {kind}", "none, linear, yarn");
        }

        if (!(turnBase > 1) || !(factor > 0) || double.IsInfinity(turnBase) || double.IsInfinity(factor))
        {
            throw ModelShape.Malformed(file, $"{prefix}.rope", $"{turnBase}, {factor}");
        }

        var frequencies = new double[dimensions / 2];
        for (var i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] = Math.Pow(turnBase, -2.0 * i / dimensions);
        }

        var magnitude = (float)(file.Number($"{prefix}.rope.scaling.attn_factor") ?? 1);
        if (kind == "yarn" && factor > 1)
        {
            var original = file.Number($"{prefix}.rope.scaling.original_context_length") ?? file.Number($"{prefix}.context_length") ?? 0;
            Yarn(frequencies, dimensions, turnBase, factor, original);
            magnitude *= (float)(1 + (MagnitudeSlope * Math.Log(factor)));
        }
        else if (kind == "linear" || file.Text($"{prefix}.rope.scaling.type") is null)
        {
            frequencies = Array.ConvertAll(frequencies, f => f / factor);
        }

        if (file.Find("rope_freqs.weight") is { Type: GgmlType.F32 } factors && factors.Elements == frequencies.Length)
        {
            var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(factors.Read(0, (int)factors.Bytes));
            for (var i = 0; i < frequencies.Length; i++)
            {
                frequencies[i] /= values[i] > 0 ? values[i] : throw ModelShape.Malformed(file, "rope_freqs.weight", values[i]);
            }
        }

        return new RopeScaling(frequencies, magnitude);
    }

    // Pairs that turn often within the first context keep their speed, those that turn less than once are stretched, the rest lie between (YaRN, Peng et al. 2023).
    private static void Yarn(double[] frequencies, int dimensions, double turnBase, double factor, double original)
    {
        double Dimension(double turns) => dimensions * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(turnBase));
        var low = Math.Max(0, Math.Floor(Dimension(FastTurns)));
        var high = Math.Min(dimensions - 1, Math.Ceiling(Dimension(SlowTurns)));
        for (var i = 0; i < frequencies.Length; i++)
        {
            var ramp = 1 - Math.Clamp((i - low) / Math.Max(0.001, high - low), 0, 1);
            frequencies[i] = (frequencies[i] / factor * (1 - ramp)) + (frequencies[i] * ramp);
        }
    }
}
