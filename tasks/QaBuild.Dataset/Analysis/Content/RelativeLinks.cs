namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Goes through the Markdown links and pictures of a text that lead to a path beside its file.</summary>
internal ref struct RelativeLinks(ReadOnlySpan<char> text)
{
    private const int Longest = 500;
    private static readonly AsciiSet TargetEnd = new(" \t\n)");
    private static readonly AsciiSet Letters = new("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private Prose _prose = new(text);
    private int _next;

    /// <summary>Offset of the target.</summary>
    public int Start { get; private set; }

    /// <summary>Characters of the target.</summary>
    public int Length { get; private set; }

    /// <summary>The path that the target names.</summary>
    public string Path { get; private set; } = "";

    public static bool AreAbsent(MarkedText text) => !text.Has(Marks.Link) || !new RelativeLinks(text.Text).MoveNext();

    public bool MoveNext()
    {
        do
        {
            var stretch = _prose.Current;
            while (_next < stretch.Length && stretch[_next..].IndexOf("](") is >= 0 and var at)
            {
                var start = _next + at + 2;
                var target = TargetOf(stretch[start..]);
                _next = start + target.Length;
                if (IsLink(stretch[..(start - 2)]) && PathOf(target) is { } path)
                {
                    (Start, Length, Path) = (_prose.Start + start, target.Length, path);
                    return true;
                }
            }

            _next = 0;
        }
        while (_prose.MoveNext());
        return false;
    }

    private static ReadOnlySpan<char> TargetOf(ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, Longest)];
        if (text is ['<', ..])
        {
            return text.IndexOf('>') is > 0 and var close ? text[..(close + 1)] : default;
        }

        return TargetEnd.First(text) is >= 0 and var end ? text[..end] : default;
    }

    // f[i](x) is a call.
    private static bool IsLink(ReadOnlySpan<char> before)
    {
        before = before[Math.Max(0, before.Length - Longest)..];
        var open = before.LastIndexOf('[');
        return open == 0 || (open > 0 && !(char.IsAsciiLetterOrDigit(before[open - 1]) || before[open - 1] is '_' or ')' or ']' or '\\'));
    }

    /// <summary>The path that a target leads to; null when it has a scheme, starts at a root, stays in its text or does not look like a path.</summary>
    private static string? PathOf(ReadOnlySpan<char> target)
    {
        var path = target is ['<', .. var inner, '>'] ? inner : target;
        path = path.IndexOfAny('#', '?') is >= 0 and var end ? path[..end] : path;
        var dot = path.LastIndexOf('.');
        var looksLikePath = path.Contains('/') || (dot > 0 && path.Length - dot is >= 2 and <= 6 && Letters.Leading(path[(dot + 1)..]) == path.Length - dot - 1);
        return path.IsEmpty || path[0] is '/' or '\\' || path.Contains(':') || path.StartsWith("www.", StringComparison.OrdinalIgnoreCase) || !looksLikePath ? null : Uri.UnescapeDataString(path.ToString());
    }
}
