namespace QaBuild.Dataset.Analysis.Content;

/// <summary>
/// Resident identity numbers of China (GB 11643-1999): six digits of a region, eight of a birth date, three of a sequence, and a check digit by ISO 7064 MOD 11-2.
/// </summary>
internal static class ResidentNumber
{
    // The first two digits name the province.
    private const string Provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91 ";
    private const string CheckDigits = "10X98765432";
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    // The standard's own examples.
    private static readonly string[] Examples = ["11010519491231002X", "440524188001010014"];

    public static bool IsOne(ReadOnlySpan<char> number)
    {
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
        {
            sum += (number[i] - '0') * Weights[i];
        }

        return CheckDigits[sum % CheckDigits.Length] == char.ToUpperInvariant(number[^1]) && IsProvince(number[..2]) && IsDate(number[6..14])
            && !number.Equals(Examples[0], StringComparison.OrdinalIgnoreCase) && !number.SequenceEqual(Examples[1]);
    }

    private static bool IsProvince(ReadOnlySpan<char> code) => Provinces.AsSpan().IndexOf(code) is >= 0 and var at && Provinces[at - 1] == ' ' && Provinces[at + 2] == ' ';

    private static bool IsDate(ReadOnlySpan<char> date)
    {
        int Number(ReadOnlySpan<char> digits)
        {
            var number = 0;
            foreach (var c in digits)
            {
                number = (number * 10) + c - '0';
            }

            return number;
        }

        var (year, month, day) = (Number(date[..4]), Number(date[4..6]), Number(date[6..]));
        return year is >= 1900 and < 2100 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
    }
}
