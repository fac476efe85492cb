using System.Text;

namespace QaBuild.Dataset.Sources;

/// <summary>The text of a section: kept to the letter but for trailing blanks outside code, blank edges and the backslash before a heading.</summary>
internal static class SourceBody
{
    /// <summary>Reads the text of a section.</summary>
    /// <param name="raw">The lines below the heading, with <c>\n</c> line ends.</param>
    /// <param name="vocabulary">Knows which lines would read as headings.</param>
    /// <param name="unclosedFence">0-based line, within <paramref name="raw"/>, of a code fence that nothing closes; -1 when there is none.</param>
    public static string Read(ReadOnlySpan<char> raw, Vocabulary vocabulary, out int unclosedFence)
    {
        var body = WithoutBlankEdges(raw, out var skipped);
        var fenced = body.IndexOf("```") >= 0 || body.IndexOf("~~~") >= 0;
        unclosedFence = -1;
        if (!fenced && body.IndexOf(" \n") < 0 && body.IndexOf("\t\n") < 0 && body.IndexOf("\\#") < 0)
        {
            return body.ToString();
        }

        var text = new StringBuilder(body.Length);
        var fence = default(CodeFence);
        var number = skipped;
        foreach (var line in body.EnumerateLinesByFeed())
        {
            var was = fence;
            fence = fence.After(line);
            if (fence.IsOpen && !was.IsOpen)
            {
                unclosedFence = number;
            }

            var kept = was.IsOpen && fence.IsOpen ? line : line.TrimEnd([' ', '\t']);
            var escape = SectionScanner.EscapeOf(kept, vocabulary);
            if (escape >= 0)
            {
                text.Append(kept[..escape]).Append(kept[(escape + 1)..]);
            }
            else
            {
                text.Append(kept);
            }

            text.Append('\n');
            number++;
        }

        if (!fence.IsOpen)
        {
            unclosedFence = -1;
        }

        return text.ToString(0, text.Length - 1);
    }

    /// <summary>What <see cref="Read"/> makes of a text that is not a section of a file: a front matter value, an imported answer.</summary>
    public static string Normalize(string text) => Read(Write(TextLines.WithLineFeeds(text), Vocabulary.Default), Vocabulary.Default, out _);

    /// <summary>The inverse of <see cref="Read"/>: lines that would read as headings get their backslash.</summary>
    public static string Write(string text, Vocabulary vocabulary)
    {
        if (!text.Contains("##", StringComparison.Ordinal))
        {
            return text;
        }

        var written = new StringBuilder(text.Length + 8);
        foreach (var line in text.AsSpan().EnumerateLinesByFeed())
        {
            var escaped = SectionScanner.EscapeOf(line, vocabulary);
            var at = escaped >= 0 ? escaped : SectionScanner.HeadingOf(line, vocabulary, out var indent) is null ? -1 : indent;
            if (at >= 0)
            {
                written.Append(line[..at]).Append('\\').Append(line[at..]);
            }
            else
            {
                written.Append(line);
            }

            written.Append('\n');
        }

        return written.ToString(0, written.Length - 1);
    }

    /// <summary>Drops blank lines at both ends, and the last line's trailing blanks.</summary>
    public static ReadOnlySpan<char> WithoutBlankEdges(ReadOnlySpan<char> raw, out int skippedLines)
    {
        skippedLines = 0;
        while (raw.IndexOf('\n') is var end and >= 0 && raw[..end].IsBlank())
        {
            raw = raw[(end + 1)..];
            skippedLines++;
        }

        return raw.IsBlank() ? [] : raw.TrimEnd([' ', '\t', '\n']);
    }


    private static LineEnumerator EnumerateLinesByFeed(this ReadOnlySpan<char> text) => new(text);

    private ref struct LineEnumerator(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;
        private bool _done;

        public ReadOnlySpan<char> Current { get; private set; }

        public readonly LineEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_done)
            {
                return false;
            }

            var end = _rest.IndexOf('\n');
            Current = end < 0 ? _rest : _rest[..end];
            _done = end < 0;
            _rest = end < 0 ? default : _rest[(end + 1)..];
            return true;
        }
    }
}
