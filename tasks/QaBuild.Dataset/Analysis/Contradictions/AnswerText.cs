using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>An answer made ready to be searched: half-width and lower case, at the same offsets, with code told from prose.</summary>
internal sealed class AnswerText
{
    // Longer inline code is a stray backtick; the limit keeps the search for the closing one linear.
    private const int LongestInlineCode = 300;
    private readonly Region[] _regions;

    public AnswerText(string original)
    {
        Original = original;
        Text = string.Create(original.Length, original, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = char.ToLowerInvariant(HalfWidth(from[i]));
            }
        });
        _regions = new Region[original.Length];
        MarkFences();
        MarkInlineCode();
    }

    private enum Region : byte
    {
        Prose,
        Inline,
        Fence,
    }

    /// <summary>As the author wrote it.</summary>
    public string Original { get; }

    /// <summary>In half-width lower case, as long as the original.</summary>
    public string Text { get; }

    public static bool IsHan(char c) => c is >= '\u3400' and <= '\u9fff';

    public static bool IsWord(char c) => !IsHan(c) && (char.IsLetterOrDigit(c) || c == '_');

    public bool IsCode(int at) => _regions[at] != Region.Prose;

    public bool IsFence(int at) => _regions[at] == Region.Fence;

    /// <summary>Where the code ends that <paramref name="at"/> stands in.</summary>
    public int CodeEnd(int at)
    {
        var rest = _regions.AsSpan(at);
        var length = rest.IndexOfAnyExcept(_regions[at]);
        return length < 0 ? _regions.Length : at + length;
    }

    /// <summary>Where the run of letters, digits and underscores ends that begins at <paramref name="at"/>.</summary>
    public int WordEnd(int at)
    {
        while (at < Text.Length && IsWord(Text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>The next place that is no blank.</summary>
    public int AfterBlanks(int at)
    {
        while (at < Text.Length && Text[at] is ' ' or '\t')
        {
            at++;
        }

        return at;
    }

    private static char HalfWidth(char c) => c switch
    {
        '\u3000' or '\u00a0' => ' ',
        >= '\uff01' and <= '\uff5e' => (char)(c - 0xfee0),
        _ => c,
    };

    private void MarkFences()
    {
        var fence = default(CodeFence);
        for (var at = 0; at < Text.Length;)
        {
            var length = Text.AsSpan(at).IndexOf('\n');
            var end = length < 0 ? Text.Length : at + length + 1;
            var after = fence.After(Text.AsSpan(at, end - at).TrimEnd('\n'));
            if (fence.IsOpen || after.IsOpen)
            {
                _regions.AsSpan(at, end - at).Fill(Region.Fence);
            }

            (fence, at) = (after, end);
        }
    }

    private void MarkInlineCode()
    {
        for (var at = 0; at < Text.Length && Text.AsSpan(at).IndexOf('`') is var found and >= 0;)
        {
            at += found;
            var run = Run(at);
            var end = _regions[at] == Region.Prose ? Closing(at + run, run) : -1;
            if (end > 0)
            {
                _regions.AsSpan(at, end - at).Fill(Region.Inline);
            }

            at = end > 0 ? end : at + run;
        }
    }

    private int Run(int at)
    {
        var length = Text.AsSpan(at).IndexOfAnyExcept('`');
        return length < 0 ? Text.Length - at : length;
    }

    private int Closing(int from, int run)
    {
        for (var at = from; at < Math.Min(Text.Length, from + LongestInlineCode) && Text[at] != '\n'; at++)
        {
            if (Text[at] == '`')
            {
                var length = Run(at);
                if (length == run)
                {
                    return at + length;
                }

                at += length - 1;
            }
        }

        return -1;
    }
}
