using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Finds mainland mobile numbers, resident identity numbers and bank cards: whole runs of digits, or groups of them as people write them.</summary>
internal sealed class LongNumbers : ISensitiveFinder
{
    public Marks Mark => Marks.Digits;

    public bool Find(ReadOnlySpan<char> text, int from, out Sensitive found)
    {
        for (var start = from; start < text.Length; start++)
        {
            if (RunOf(text[start..]) is > 0 and var length)
            {
                if (length >= 3 && !Continues(text, start) && At(text, start, length, out found))
                {
                    return true;
                }

                start += length;
            }
        }

        found = default;
        return false;
    }

    private static bool At(ReadOnlySpan<char> text, int start, int run, out Sensitive found)
    {
        Span<char> digits = stackalloc char[20];
        found = default;
        switch (run)
        {
            case 3:
                return Grouped(text, start, [3, 4, 4], digits, out var length) && Mobile.IsOne(digits[..11]) && Is(Rule.ContactData, "ContactMobile", start, length, text, out found);
            case 4:
                return (Grouped(text, start, [4, 4, 4, 4, 3], digits, out length) || Grouped(text, start, [4, 4, 4, 4], digits, out length) || Grouped(text, start, [4, 6, 5], digits, out length))
                    && BankCard.IsOne(digits[..DigitsIn(text.Slice(start, length))]) && Is(Rule.PersonalNumber, "PersonalCard", start, length, text, out found);
            case 11:
                return Mobile.IsOne(text.Slice(start, run)) && Is(Rule.ContactData, "ContactMobile", start, run, text, out found);
            case 13 when text[start..].StartsWith("86"):
                return Mobile.IsOne(text.Slice(start + 2, 11)) && Is(Rule.ContactData, "ContactMobile", start, run, text, out found);
            case 17 when start + run < text.Length && text[start + run] is 'X' or 'x':
                return ResidentNumber.IsOne(text.Slice(start, run + 1)) && Is(Rule.PersonalNumber, "PersonalResident", start, run + 1, text, out found);
            case 18 when ResidentNumber.IsOne(text.Slice(start, run)):
                return Is(Rule.PersonalNumber, "PersonalResident", start, run, text, out found);
            case >= 14 and <= 19:
                return BankCard.IsOne(text.Slice(start, run)) && Is(Rule.PersonalNumber, "PersonalCard", start, run, text, out found);
            default:
                return false;
        }
    }

    private static bool Is(Rule rule, string kind, int start, int length, ReadOnlySpan<char> text, out Sensitive found)
    {
        found = new Sensitive(rule, kind, start, length);
        var end = start + length;
        return end == text.Length || !(char.IsAsciiLetter(text[end]) || text[end] is '_' or '/' or '%' || (text[end] is '.' or '-' && end + 1 < text.Length && char.IsAsciiDigit(text[end + 1])));
    }

    // Part of a word, a path, a decimal or another number.
    private static bool Continues(ReadOnlySpan<char> text, int start) =>
        start > 0 && (char.IsAsciiLetter(text[start - 1]) || text[start - 1] is '_' or '.' or '/' or '#' or '$' or '%' || (text[start - 1] == '-' && start > 1 && char.IsAsciiLetterOrDigit(text[start - 2]) && !EndsCountryCode(text[..(start - 1)])));

    private static bool EndsCountryCode(ReadOnlySpan<char> before) => before.EndsWith("+86") || before.EndsWith("0086");

    /// <summary>Whether groups of these lengths stand at <paramref name="start"/>, all with the same blank or hyphen between, and nothing more of the kind around.</summary>
    private static bool Grouped(ReadOnlySpan<char> text, int start, ReadOnlySpan<int> groups, Span<char> digits, out int length)
    {
        var (at, count) = (start, 0);
        var between = start + groups[0] < text.Length ? text[start + groups[0]] : '\0';
        length = 0;
        if (between is not (' ' or '-') || (start > 1 && text[start - 1] == between && char.IsAsciiDigit(text[start - 2]) && !EndsCountryCode(text[..(start - 1)])))
        {
            return false;
        }

        foreach (var group in groups)
        {
            if (at > start && (at >= text.Length || text[at++] != between))
            {
                return false;
            }

            if (RunOf(text[at..], group + 1) != group)
            {
                return false;
            }

            text.Slice(at, group).CopyTo(digits[count..]);
            (at, count) = (at + group, count + group);
        }

        length = at - start;
        return at + 1 >= text.Length || text[at] != between || !char.IsAsciiDigit(text[at + 1]);
    }

    private static int RunOf(ReadOnlySpan<char> text, int most = int.MaxValue)
    {
        // The framework's search in a range, precompiled, makes objects at each call.
        var length = 0;
        while (length < text.Length && length < most && char.IsAsciiDigit(text[length]))
        {
            length++;
        }

        return length;
    }

    private static int DigitsIn(ReadOnlySpan<char> text)
    {
        var digits = 0;
        foreach (var c in text)
        {
            digits += char.IsAsciiDigit(c) ? 1 : 0;
        }

        return digits;
    }
}
