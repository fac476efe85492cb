namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>What a number counts. Numbers of different dimensions are never compared.</summary>
internal enum Dimension : byte
{
    None,
    Version,
    Clock,
    Byte,
    Second,
    Month,
    Metre,
    Gram,
    Litre,
    Celsius,
    Fahrenheit,
    Percent,
    WattHour,
    Times,
    Yuan,
    Dollar,
    Euro,
}

/// <summary>A unit and what it is in the first unit of its dimension.</summary>
internal sealed record Unit(string Name, Dimension Dimension, double Factor)
{
    private const double Kilo = 1024;
    private const double Day = 86_400;

    // Bytes in powers of two, as PostgreSQL counts them.
    private static readonly Unit[] Known =
    [
        .. Many(Dimension.Byte, 1, "byte", "bytes", "字节"), .. Many(Dimension.Byte, Kilo, "kb", "kib"), .. Many(Dimension.Byte, Kilo * Kilo, "mb", "mib", "兆"),
        .. Many(Dimension.Byte, Kilo * Kilo * Kilo, "g", "gb", "gib"), .. Many(Dimension.Byte, Kilo * Kilo * Kilo * Kilo, "t", "tb", "tib"),
        .. Many(Dimension.Second, 0.001, "ms", "millisecond", "milliseconds", "毫秒"), .. Many(Dimension.Second, 0.000001, "us", "μs", "µs", "微秒"),
        .. Many(Dimension.Second, 1, "s", "sec", "secs", "second", "seconds", "秒", "秒钟"), .. Many(Dimension.Second, 60, "min", "mins", "minute", "minutes", "分钟"),
        .. Many(Dimension.Second, 3600, "h", "hr", "hrs", "hour", "hours", "小时", "钟头"), .. Many(Dimension.Second, Day, "d", "day", "days", "天", "日"),
        .. Many(Dimension.Second, 7 * Day, "week", "weeks", "周", "星期", "礼拜"),
        .. Many(Dimension.Month, 1, "month", "months", "月"), .. Many(Dimension.Month, 12, "year", "years", "年"),
        .. Many(Dimension.Metre, 0.001, "mm", "毫米"), .. Many(Dimension.Metre, 0.01, "cm", "厘米"), .. Many(Dimension.Metre, 1, "m", "metre", "metres", "meter", "meters", "米"),
        .. Many(Dimension.Metre, 1000, "km", "kilometre", "kilometres", "kilometer", "kilometers", "公里", "千米"), .. Many(Dimension.Metre, 1609.344, "mile", "miles", "英里"),
        .. Many(Dimension.Gram, 0.001, "mg", "毫克"), .. Many(Dimension.Gram, 1, "gram", "grams", "克"), .. Many(Dimension.Gram, 500, "斤"),
        .. Many(Dimension.Gram, 1000, "kg", "kilogram", "kilograms", "公斤", "千克"),
        .. Many(Dimension.Litre, 0.001, "ml", "毫升"), .. Many(Dimension.Litre, 1, "l", "litre", "litres", "liter", "liters", "升"),
        .. Many(Dimension.Celsius, 1, "°c", "℃", "度", "摄氏度"), .. Many(Dimension.Fahrenheit, 1, "°f", "℉", "华氏度"),
        .. Many(Dimension.Percent, 1, "%", "percent", "per cent"), .. Many(Dimension.WattHour, 1, "wh", "瓦时"), .. Many(Dimension.WattHour, 1000, "kwh", "度电", "千瓦时"),
        .. Many(Dimension.Times, 1, "倍", "times"), .. Many(Dimension.Yuan, 1, "元", "块钱", "yuan"), .. Many(Dimension.Dollar, 1, "美元", "dollar", "dollars"), .. Many(Dimension.Euro, 1, "欧元", "euro", "euros", "€"),
    ];

    // The longest name comes first: 小时 before 小, 度电 before 度.
    private static readonly Unit[] LongestFirst = [.. Known.OrderByDescending(u => u.Name.Length)];

    /// <summary>The unit that stands at a place, or null.</summary>
    public static Unit? At(AnswerText text, int at)
    {
        var rest = text.Text.AsSpan(at);
        if (rest.IsEmpty || !(char.IsLetter(rest[0]) || rest[0] is '%' or '°' or '℃' or '℉' or '€'))
        {
            return null;
        }

        foreach (var unit in LongestFirst)
        {
            if (rest[0] == unit.Name[0] && rest.StartsWith(unit.Name, StringComparison.Ordinal)
                && (rest.Length == unit.Name.Length || !AnswerText.IsWord(unit.Name[^1]) || !AnswerText.IsWord(rest[unit.Name.Length])))
            {
                return unit;
            }
        }

        return null;
    }

    private static IEnumerable<Unit> Many(Dimension dimension, double factor, params string[] names) => names.Select(n => new Unit(n, dimension, factor));
}
