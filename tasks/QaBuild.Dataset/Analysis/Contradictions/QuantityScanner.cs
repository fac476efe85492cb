namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>
/// Finds the numbers of an answer that say something: those in prose and in inline code. A number in a fence is an example's, one at the head of a line or
/// after 第 counts the text itself, one inside a name belongs to the name, and dates, fractions and addresses are not compared.
/// </summary>
internal sealed class QuantityScanner
{
    private static readonly string[] VersionWords = ["pg", "postgres", "postgresql", "release", "v", "ver", "version", "versions"];
    private static readonly (string Word, double Scale)[] Scales = [("万", 1e4), ("亿", 1e8), ("百万", 1e6), ("thousand", 1e3), ("million", 1e6), ("billion", 1e9)];
    private readonly List<Quantity> _found = [];
    private readonly AnswerText _text;
    private readonly string _s;

    private QuantityScanner(AnswerText text) => (_text, _s) = (text, text.Text);

    public static List<Quantity> Scan(AnswerText text)
    {
        var scanner = new QuantityScanner(text);
        for (var at = 0; at < text.Text.Length;)
        {
            at = text.IsFence(at) ? text.CodeEnd(at) : scanner.Next(at);
        }

        return scanner._found;
    }

    private int Next(int at)
    {
        if (char.IsAsciiDigit(_s[at]))
        {
            return Number(at);
        }

        if (_s.AsSpan(at).StartsWith("百分之", StringComparison.Ordinal))
        {
            var end = Read(at + 3, out var percent, out _);
            Add(Dimension.Percent, percent, at, end);
            return end;
        }

        if (Numerals.IsHanNumeral(_s[at]) || AnswerText.IsWord(_s[at]))
        {
            var end = Read(at, out var value, out _);
            if (!double.IsNaN(value) && !(at > 0 && _s[at - 1] == '第') && UnitAfter(end) is var (unit, unitEnd, half))
            {
                Add(unit.Dimension, (value + half) * unit.Factor, at, unitEnd);
                return unitEnd;
            }

            return Version(at, end);
        }

        return at + 1;
    }

    private int Number(int start)
    {
        var end = Read(start, out var value, out var digits);
        if (IsOrdinal(start, end))
        {
            return end;
        }

        if (Joined(end, ':') is var clock && clock > end)
        {
            Add(Dimension.Clock, value, start, clock, _s[start..clock]);
            return clock;
        }

        // 2026-11-23, 1/3 and 10.0.0.5 name something; 7-9 is a range.
        var (second, third) = (Joined(end, '-'), Joined(Joined(end, '-'), '-'));
        var compound = Math.Max(third > second ? third : end, Joined(end, '/'));
        if (compound > end || digits.AsSpan().Count('.') > 2)
        {
            return compound;
        }

        if (UnitAfter(end) is var (unit, unitEnd, half))
        {
            Add(unit.Dimension, (value + half) * unit.Factor, start, unitEnd);
            return unitEnd;
        }

        if (end < _s.Length && AnswerText.IsWord(_s[end]) && _s[end] != 'k')
        {
            return _text.WordEnd(end); // 2nd, 64bit, 3d
        }

        var before = _s.AsSpan(0, start).TrimEnd(' ');
        if (before.Length > 0 && before[^1] is '$' or '¥' or '￥')
        {
            Add(before[^1] == '$' ? Dimension.Dollar : Dimension.Yuan, value, start, end);
        }
        else
        {
            var isVersion = digits.AsSpan().Count('.') == 2 || IsVersionAfter(before) || IsVersionBefore(end);
            Add(isVersion ? Dimension.Version : Dimension.None, Scaled(value, end, out var scaled), start, scaled, digits);
        }

        return end;
    }

    /// <summary>PG16, v14.2: a version written together with the word.</summary>
    private int Version(int start, int end)
    {
        var digit = _s.AsSpan(start, end - start).IndexOfAnyInRange('0', '9');
        if (digit > 0 && Array.IndexOf(VersionWords, _s.Substring(start, digit)) >= 0)
        {
            var versionEnd = Read(start + digit, out var value, out var digits);
            if (versionEnd >= end)
            {
                Add(Dimension.Version, value, start + digit, versionEnd, digits);
                return versionEnd;
            }
        }

        return end;
    }

    /// <summary>Reads a number in digits or in words; what is neither is passed over and has no value.</summary>
    private int Read(int at, out double value, out string digits)
    {
        (value, digits) = (double.NaN, "");
        var end = at;
        if (end >= _s.Length)
        {
            return end;
        }

        if (Numerals.IsHanNumeral(_s[at]))
        {
            while (end < _s.Length && Numerals.IsHanNumeral(_s[end]))
            {
                end++;
            }

            value = Numerals.OfHan(_s.AsSpan(at, end - at)) ?? double.NaN;
            return end;
        }

        if (!char.IsAsciiDigit(_s[at]))
        {
            end = Math.Max(_text.WordEnd(at), at + 1);
            value = Numerals.OfWord(_s.AsSpan(at, end - at)) ?? double.NaN;
            return end;
        }

        while (end < _s.Length && (char.IsAsciiDigit(_s[end]) || (_s[end] == '.' && IsDigit(end + 1)) || IsThousands(end)))
        {
            end++;
        }

        digits = _s[at..end].Replace(",", "", StringComparison.Ordinal);
        value = Quantity.Parse(digits);
        return end;
    }

    private (Unit Unit, int End, double Half)? UnitAfter(int end)
    {
        var from = end;
        Scaled(1, end, out var at);
        var half = 0.0;
        at = _text.AfterBlanks(at);
        if (at < _s.Length && _s[at] == '个')
        {
            at++;
            if (at < _s.Length && _s[at] == '半')
            {
                (at, half) = (at + 1, 0.5);
            }
        }

        if (at < _s.Length && _s[at] == '-')
        {
            at = IsDigit(at + 1) ? at : at + 1; // a 30-day period
        }

        if (Unit.At(_text, at) is { } unit)
        {
            return (unit with { Factor = unit.Factor * Scaled(1, from, out _) }, at + unit.Name.Length, half);
        }

        return RangeEnd(from) is var second && second > from ? UnitAfterRange(second) : null;
    }

    // In 7 到 9 小时 the first number has the second's unit.
    private (Unit Unit, int End, double Half)? UnitAfterRange(int end)
    {
        Scaled(1, end, out var at);
        at = _text.AfterBlanks(at);
        at += at < _s.Length && _s[at] == '个' ? 1 : 0;
        return Unit.At(_text, at) is { } unit ? (unit with { Factor = unit.Factor * Scaled(1, end, out _) }, end, 0) : null;
    }

    private int RangeEnd(int end)
    {
        var at = _text.AfterBlanks(end);
        var next = at < _s.Length && _s[at] is '-' or '–' or '—' or '~' or '～' or '到' or '至' ? at + 1 : _s.AsSpan(at).StartsWith("to ", StringComparison.Ordinal) ? at + 3 : -1;
        if (next < 0)
        {
            return end;
        }

        next = _text.AfterBlanks(next);
        var after = Read(next, out var value, out _);
        return double.IsNaN(value) ? end : after;
    }

    private double Scaled(double value, int end, out int after)
    {
        var at = _text.AfterBlanks(end);
        var rest = _s.AsSpan(at);
        foreach (var (word, scale) in Scales)
        {
            if (rest.StartsWith(word, StringComparison.Ordinal))
            {
                after = at + word.Length;
                return value * scale;
            }
        }

        if (at == end && rest.Length > 0 && rest[0] == 'k' && _text.WordEnd(at) == at + 1)
        {
            after = at + 1;
            return value * 1e3;
        }

        after = end;
        return value;
    }

    private bool IsOrdinal(int start, int end)
    {
        var before = _s.AsSpan(0, start);
        if (before.Length > 0 && (before[^1] is '#' or '_' || AnswerText.IsWord(before[^1])))
        {
            return true;
        }

        if (before.TrimEnd(' ').EndsWith("第", StringComparison.Ordinal) || (_text.IsCode(start) && before.EndsWith("$", StringComparison.Ordinal)))
        {
            return true;
        }

        var indent = before.TrimEnd(" \t>-*#");
        return (indent.IsEmpty || indent[^1] == '\n') && end < _s.Length && _s[end] is '.' or ')' or '、' && !IsDigit(end + 1);
    }

    private int Joined(int end, char by)
    {
        while (end < _s.Length && _s[end] == by && IsDigit(end + 1))
        {
            end++;
            while (IsDigit(end))
            {
                end++;
            }

            if (by == '-')
            {
                break;
            }
        }

        return end;
    }

    private bool IsDigit(int at) => at < _s.Length && char.IsAsciiDigit(_s[at]);

    private bool IsThousands(int at) => _s[at] == ',' && IsDigit(at + 1) && IsDigit(at + 2) && IsDigit(at + 3) && !IsDigit(at + 4) && at > 0 && IsDigit(at - 1);

    private static bool IsVersionAfter(ReadOnlySpan<char> before)
    {
        var start = before.Length;
        while (start > 0 && AnswerText.IsWord(before[start - 1]))
        {
            start--;
        }

        return before.EndsWith("版本", StringComparison.Ordinal) || Array.IndexOf(VersionWords, before[start..].ToString()) >= 0;
    }

    private bool IsVersionBefore(int end)
    {
        var rest = _s.AsSpan(_text.AfterBlanks(end));
        return rest.StartsWith("版", StringComparison.Ordinal) || rest.StartsWith("起", StringComparison.Ordinal) || rest.StartsWith("及以上", StringComparison.Ordinal)
            || rest.StartsWith("or later", StringComparison.Ordinal) || rest.StartsWith("or newer", StringComparison.Ordinal);
    }

    private void Add(Dimension dimension, double value, int start, int end, string digits = "")
    {
        if (!double.IsNaN(value))
        {
            _found.Add(new Quantity(dimension, value, start, end, digits));
        }
    }
}
