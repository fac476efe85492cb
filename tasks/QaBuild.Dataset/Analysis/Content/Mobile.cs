using System.Buffers;
using System.Globalization;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Mobile numbers of mainland China: 11 digits, 13 to 19 first.</summary>
internal static class Mobile
{
    // Made up: it counts, or repeats a digit.
    private static readonly SearchValues<string> Stopgaps = SearchValues.Create(
        ["1234", "2345", "3456", "4567", "5678", "6789", "9876", "8765", "0000", "1111", "2222", "3333", "4444", "5555", "6666", "7777", "8888", "9999", "00138000"], StringComparison.Ordinal);

    public static bool IsOne(ReadOnlySpan<char> digits) =>
        digits[0] == '1' && digits[1] >= '3' && !digits[3..].ContainsAny(Stopgaps) && !IsSize(long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture));

    // 17179869184 is 16 GiB.
    private static bool IsSize(long number) => number % (1 << 20) == 0;
}
