using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Goes through the stretches of a Markdown text that are not code: neither in a fence nor between backticks.</summary>
internal ref struct Prose(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private CodeFence _fence;
    private int _next;
    private int _lineEnd = -1;

    /// <summary>Offset of <see cref="Current"/>.</summary>
    public int Start { get; private set; }

    /// <summary>A line, or a part of one.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    public bool MoveNext()
    {
        while (_next < _text.Length)
        {
            if (_next > _lineEnd && !EntersLine())
            {
                continue;
            }

            Start = _next;
            var rest = _text[_next.._lineEnd];
            var tick = rest.IndexOf('`');
            Current = tick < 0 ? rest : rest[..tick];
            _next = tick < 0 ? _lineEnd + 1 : _next + tick + CodeLength(rest[tick..]);
            if (!Current.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private bool EntersLine()
    {
        var length = _text[_next..].IndexOf('\n');
        _lineEnd = length < 0 ? _text.Length : _next + length;
        var was = _fence.IsOpen;
        _fence = _fence.After(_text[_next.._lineEnd]);
        if (was || _fence.IsOpen)
        {
            _next = _lineEnd + 1;
            return false;
        }

        return true;
    }

    // The run of backticks and all up to the next run of the same length; the run alone when none is near.
    private static int CodeLength(ReadOnlySpan<char> text)
    {
        const int Near = 1000;
        var run = RunOf(text);
        var near = text[..Math.Min(text.Length, run + Near)];
        for (var at = run; at < near.Length;)
        {
            var tick = near[at..].IndexOf('`');
            if (tick < 0)
            {
                break;
            }

            var other = RunOf(near[(at + tick)..]);
            at += tick + other;
            if (other == run)
            {
                return at;
            }
        }

        return run;
    }

    private static int RunOf(ReadOnlySpan<char> text) => text.IndexOfAnyExcept('`') is >= 0 and var length ? length : text.Length;
}
