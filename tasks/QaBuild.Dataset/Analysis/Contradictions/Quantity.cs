using System.Globalization;

namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>A number with what it counts, or a version.</summary>
/// <param name="Dimension">What it counts.</param>
/// <param name="Value">In the first unit of the dimension.</param>
/// <param name="Start">Offset of the first digit.</param>
/// <param name="End">Offset after the unit.</param>
/// <param name="Digits">As written, without separators: the parts of a version.</param>
internal sealed record Quantity(Dimension Dimension, double Value, int Start, int End, string Digits)
{
    /// <summary>What equal quantities share, however they are written.</summary>
    public ulong Key => Dimension is Dimension.Version or Dimension.Clock ? Clause.HashOf(Digits) + (ulong)Dimension : KeyOf(Dimension, Value);

    /// <summary>The keys under which other ways to write it may be found: 14 is said for version 14, and version 14 for 14.2.</summary>
    public IEnumerable<ulong> WiderKeys()
    {
        if (Dimension is Dimension.Version or Dimension.None)
        {
            for (var dot = Digits.IndexOf('.', StringComparison.Ordinal); ; dot = Digits.IndexOf('.', dot + 1))
            {
                yield return Clause.HashOf(dot < 0 ? Digits : Digits.AsSpan(0, dot)) + (ulong)Dimension.Version;
                if (dot < 0)
                {
                    break;
                }
            }

            yield return KeyOf(Dimension.None, Value);
        }
    }

    public static double Parse(ReadOnlySpan<char> digits) => double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : 0;

    // Single precision: 5 min and 300 s meet, whatever they were multiplied by.
    private static ulong KeyOf(Dimension dimension, double value) => ((ulong)dimension << 32) | BitConverter.SingleToUInt32Bits((float)value);
}
