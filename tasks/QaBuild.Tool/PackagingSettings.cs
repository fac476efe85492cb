using System.Globalization;
using QaBuild.Model;

namespace QaBuild.Tool;

/// <summary>Reads what properties say, and keeps what is wrong until all of it is known.</summary>
internal sealed class PackagingSettings
{
    private readonly List<ModelFaultException> _faults = [];

    /// <summary>A number; what is none, or not within the limits, is a fault.</summary>
    /// <param name="property">As the user knows it.</param>
    /// <param name="text">Null or empty for <paramref name="otherwise"/>.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="most">The largest; the least is 0.</param>
    public double Number(string property, string? text, double otherwise, double most)
    {
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
    public int Count(string property, string? text, int otherwise, int most)
    {
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
    public string? OneOf(string property, string? text, IReadOnlyList<string> names)
    {
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

    /// <summary>Throws the first fault, with the others.</summary>
    /// <exception cref="ModelFaultException">There is one.</exception>
    public void ThrowIfAny()
    {
        if (_faults is [var first, .. var others])
        {
            throw new ModelFaultException(first.Code, first.Path, [.. first.Arguments]) { Others = others };
        }
    }

    private void Refuse(string property, string text, Reason reason) => _faults.Add(new ModelFaultException(ModelFaults.PackagingSetting, "", property, text, reason));
}
