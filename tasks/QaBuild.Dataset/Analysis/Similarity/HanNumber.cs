namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>Numbers written in Han characters.</summary>
internal static class HanNumber
{
    private const string Digits = "零一二三四五六七八九";
    private const int Longest = 18;

    /// <summary>
    /// The length of the number at the start of a text, 0 when there is none. 一 and 十 alone are more often part of another word (一起, 十分) than a number.
    /// </summary>
    public static int Read(ReadOnlySpan<char> text, bool ordinal, out long value)
    {
        var length = 0;
        while (length < text.Length && length < Longest && (text[length] == '两' || Digits.Contains(text[length]) || Unit(text[length]) > 1))
        {
            length++;
        }

        value = length > 0 ? Value(text[..length]) : 0;
        var word = text[..length] is "千万" or "万一" or "一一" or "百万" or "一二";
        return length == 0 || word || (length == 1 && !ordinal && (text[0] == '一' || Unit(text[0]) > 1)) ? 0 : length;
    }

    private static long Unit(char c) => c switch { '十' => 10, '百' => 100, '千' => 1_000, '万' => 10_000, '亿' => 100_000_000, _ => 1 };

    private static long Value(ReadOnlySpan<char> text)
    {
        long total = 0, section = 0, digit = 0;
        var places = text.ContainsAny('十', '百', '千') || text.ContainsAny('万', '亿');
        foreach (var c in text)
        {
            var unit = Unit(c);
            if (unit == 1)
            {
                digit = (places ? 0 : unchecked(digit * 10)) + (c == '两' ? 2 : Digits.IndexOf(c, StringComparison.Ordinal));
            }
            else if (unit < 10_000)
            {
                section += Math.Max(digit, 1) * unit;
                digit = 0;
            }
            else
            {
                total = unchecked((total + Math.Max(section + digit, 1)) * unit);
                section = digit = 0;
            }
        }

        return unchecked(total + section + digit);
    }
}
