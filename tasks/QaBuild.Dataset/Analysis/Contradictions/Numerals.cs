namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>Numbers written in words. Only before a unit are they surely numbers: 十分 is "very", and "one" a pronoun.</summary>
internal static class Numerals
{
    private const string Digits = "零一二三四五六七八九";
    private static readonly string[] Words =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    ];

    private static readonly string[] Tens = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    public static bool IsHanNumeral(char c) => c is '两' or '〇' or '半' or '十' or '百' or '千' or '万' or '亿' || Digits.Contains(c, StringComparison.Ordinal);

    /// <summary>The value of a Chinese numeral, or null for what is none, as 三四 (three or four).</summary>
    public static double? OfHan(ReadOnlySpan<char> text)
    {
        if (text is "半")
        {
            return 0.5;
        }

        double total = 0, section = 0;
        int? digit = null;
        foreach (var c in text)
        {
            var scale = c switch
            {
                '十' => 10,
                '百' => 100,
                '千' => 1000,
                '万' => 10_000,
                '亿' => 100_000_000,
                _ => 0,
            };
            if (scale == 0)
            {
                if (c == '半' || digit > 0)
                {
                    return null;
                }

                digit = c switch
                {
                    '两' => 2,
                    '〇' => 0,
                    _ => Digits.IndexOf(c, StringComparison.Ordinal),
                };
            }
            else if (scale < 10_000)
            {
                section += (digit ?? 1) * scale;
                digit = null;
            }
            else
            {
                total = (total + section + (digit ?? 0)) * scale;
                (section, digit) = (0, null);
                if (total == 0)
                {
                    return null;
                }
            }
        }

        return total + section + (digit ?? 0);
    }

    /// <summary>The value of an English word such as "twelve", or null.</summary>
    public static double? OfWord(ReadOnlySpan<char> word)
    {
        if (word.Length is < 3 or > 9)
        {
            return null;
        }

        for (var i = 0; i < Words.Length; i++)
        {
            if (word.SequenceEqual(Words[i]))
            {
                return i;
            }
        }

        for (var i = 0; i < Tens.Length; i++)
        {
            if (word.SequenceEqual(Tens[i]))
            {
                return 30 + (10 * i);
            }
        }

        return word is "half" ? 0.5 : null;
    }
}
