namespace QaBuild.Dataset.Analysis.Content;

/// <summary>
/// Numbers of bank cards: a range and length that an issuer uses, and a check digit by Luhn (ISO/IEC 7812-1). Visa's old 13 digits are left out: they are no longer issued, and bar codes have as many.
/// </summary>
internal static class BankCard
{
    // Payment processors publish these for tests.
    private static readonly string[] TestCards =
    [
        "4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556", "5555555555554444", "5105105105105100", "5200828282828210", "2223003122003222",
        "378282246310005", "371449635398431", "378734493671000", "6011111111111117", "6011000990139424", "3530111333300000", "3566002020360505", "30569309025904", "38520000023237", "3056930009020004", "36227206271667", "6200000000000005",
    ];

    public static bool IsOne(ReadOnlySpan<char> digits) => IsIssued(digits) && HasCheckDigit(digits) && !IsStopgap(digits);

    private static bool IsIssued(ReadOnlySpan<char> digits)
    {
        var first = ((digits[0] - '0') * 1000) + ((digits[1] - '0') * 100) + ((digits[2] - '0') * 10) + digits[3] - '0';
        return digits.Length switch
        {
            14 => first is (>= 3000 and <= 3059) or (>= 3600 and <= 3699) or (>= 3800 and <= 3999),
            15 => first is (>= 3400 and <= 3499) or (>= 3700 and <= 3799),
            16 => first is (>= 4000 and <= 4999) or (>= 5100 and <= 5599) or (>= 2221 and <= 2720) or 6011 or (>= 6440 and <= 6599) or (>= 3528 and <= 3589) or (>= 6200 and <= 6299),
            >= 17 and <= 19 => first is >= 6200 and <= 6299,
            _ => false,
        };
    }

    private static bool HasCheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            var digit = digits[i] - '0';
            digit = (digits.Length - i) % 2 == 0 ? 2 * digit : digit;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    private static bool IsStopgap(ReadOnlySpan<char> digits)
    {
        foreach (var card in TestCards)
        {
            if (digits.SequenceEqual(card))
            {
                return true;
            }
        }

        return digits.IndexOf("0000000") >= 0 || digits.IndexOf("1234567") >= 0;
    }
}
