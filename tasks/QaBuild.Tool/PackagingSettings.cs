using System.Globalization;
using QaBuild.Model;
using QaBuild.Model.Gguf;
using QaBuild.Model.Packaging.Gate;
using QaBuild.Model.Packaging.Quantizing;

namespace QaBuild.Tool;

/// <summary>Reads what properties say, and keeps what is wrong until all of it is known.</summary>
/// <param name="valueOf">A property's value; null or empty where it is not set.</param>
internal sealed class PackagingSettings(Func<string, string?> valueOf)
{
    /// <summary>Questions of the gate, when nothing is said.</summary>
    public const int UsualGateQuestions = 12;

    private const int MostGateQuestions = 1000;
    private const double LargestDrift = 1000;

    private static readonly GgmlType[] FusedTypes = [GgmlType.F32, GgmlType.F16, GgmlType.BF16];

    private readonly List<ModelFaultException> _faults = [];

    /// <summary>The type of a fused model's matrices; null for the base's own.</summary>
    public GgmlType? FusedType() => OneOf("FusedType", [.. FusedTypes.Select(t => t.ToString())]) is { } name ? Enum.Parse<GgmlType>(name) : null;

    /// <summary>How many trained questions the gate asks.</summary>
    public int GateQuestions() => Count("GateQuestions", UsualGateQuestions, MostGateQuestions);

    /// <summary>What the gate lets pass.</summary>
    public GateLimits GateLimits()
    {
        var defaults = new GateLimits();
        return new GateLimits
        {
            MinStopRate = Number("MinHopStopRate", defaults.MinStopRate, 1),
            MinExactMatch = Number("MinHopExactMatch", defaults.MinExactMatch, 1),
            MinRougeL = Number("MinHopRougeL", defaults.MinRougeL, 1),
            MinQuantizedRougeL = Number("MinQuantizedRougeL", defaults.MinQuantizedRougeL, 1),
            MaxDrift = Number("MaxHopDrift", defaults.MaxDrift, LargestDrift),
            MaxQuantizedDrift = Number("MaxQuantizedDrift", defaults.MaxQuantizedDrift, LargestDrift),
        };
    }

    /// <summary>The files to make.</summary>
    public IReadOnlyList<Quantization> Quantizations()
    {
        try
        {
            return Quantization.Parse([valueOf("Quantization") ?? ""]);
        }
        catch (ModelFaultException fault)
        {
            _faults.AddRange([fault, .. fault.Others]);
            return [];
        }
    }

    /// <summary>Throws the first fault, with the others.</summary>
    /// <exception cref="ModelFaultException">There is one.</exception>
    public void ThrowIfAny()
    {
        if (_faults is [var first, .. var others])
        {
            throw new ModelFaultException(first.Code, first.Path, [.. first.Arguments]) { Others = others };
        }
    }

    /// <summary>A number; what is none, or not within the limits, is a fault.</summary>
    /// <param name="property">Its name.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="most">The largest; the least is 0.</param>
    private double Number(string property, double otherwise, double most)
    {
        var text = valueOf(property);
        if (string.IsNullOrWhiteSpace(text))
        {
            return otherwise;
        }

        // NaN is in no range.
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= most)
        {
            return number;
        }

        Refuse(property, text, new Reason("SettingRange", 0, most));
        return otherwise;
    }

    /// <summary>A whole number, as <see cref="Number"/>.</summary>
    private int Count(string property, int otherwise, int most)
    {
        var text = valueOf(property);
        if (string.IsNullOrWhiteSpace(text))
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most)
        {
            return number;
        }

        Refuse(property, text, new Reason("SettingCount", 1, most));
        return otherwise;
    }

    /// <summary>One of some names, or null where nothing is said.</summary>
    private string? OneOf(string property, IReadOnlyList<string> names)
    {
        var text = valueOf(property);
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (names.FirstOrDefault(n => n.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase)) is { } name)
        {
            return name;
        }

        Refuse(property, text, new Reason("SettingOneOf", string.Join(", ", names)));
        return null;
    }

    private void Refuse(string property, string text, Reason reason) => _faults.Add(new ModelFaultException(ModelFaults.PackagingSetting, "", property, text, reason));
}
