namespace QaBuild.Dataset.Sources;

/// <summary>A section's heading and the text below it.</summary>
/// <param name="Section">Which section.</param>
/// <param name="Line">1-based line of the heading.</param>
/// <param name="Column">1-based column of the heading's first <c>#</c>.</param>
/// <param name="Start">Offset of the heading's line.</param>
/// <param name="BodyStart">Offset of the line after it.</param>
/// <param name="Fence">1-based line of the closed code fence that the heading stands in; 0 outside.</param>
internal sealed record SectionHeading(Section Section, int Line, int Column, int Start, int BodyStart, int Fence);

/// <summary>Finds the section headings of a qa file.</summary>
internal static class SectionScanner
{
    /// <summary>
    /// The headings that end sections. A heading inside a closed code fence is text, unless a section would then be missing:
    /// an unclosed fence must not swallow the sections after it.
    /// </summary>
    public static List<SectionHeading> Scan(ReadOnlySpan<char> text, int start, int firstLine, Vocabulary vocabulary)
    {
        var all = Candidates(text, start, firstLine, vocabulary);
        if (!all.Exists(h => h.Fence > 0))
        {
            return all;
        }

        var fenced = all.FindAll(h => h.Fence > 0);
        var outside = all.FindAll(h => h.Fence == 0);
        return fenced.Exists(f => outside.TrueForAll(h => h.Section != f.Section)) ? all : outside;
    }

    /// <summary>The section that a line opens, or null: at most three blanks, exactly two <c>#</c>, a blank, a known name.</summary>
    public static Section? HeadingOf(ReadOnlySpan<char> line, Vocabulary vocabulary, out int indent)
    {
        indent = Indent(line);
        return indent <= 3 ? NameAfterMarks(line[indent..], vocabulary) : null;
    }

    /// <summary>Offset of the backslash that keeps a line from being a heading, or -1.</summary>
    public static int EscapeOf(ReadOnlySpan<char> line, Vocabulary vocabulary)
    {
        var indent = Indent(line);
        var marks = line[indent..].TrimStart('\\');
        return indent <= 3 && marks.Length < line.Length - indent && NameAfterMarks(marks, vocabulary) is not null ? indent : -1;
    }

    private static Section? NameAfterMarks(ReadOnlySpan<char> line, Vocabulary vocabulary) =>
        line.StartsWith("##") && line.Length > 2 && line[2] is ' ' or '\t' ? vocabulary.SectionOf(WithoutClosingMarks(line[3..])) : null;

    private static ReadOnlySpan<char> WithoutClosingMarks(ReadOnlySpan<char> name)
    {
        var trimmed = name.TrimEnd([' ', '\t']);
        var open = trimmed.TrimEnd('#');
        return open.Length < trimmed.Length && open is [.., ' ' or '\t'] ? open : trimmed;
    }

    private static int Indent(ReadOnlySpan<char> line)
    {
        var indent = line.IndexOfAnyExcept(' ');
        return indent < 0 ? line.Length : indent;
    }

    private static List<SectionHeading> Candidates(ReadOnlySpan<char> text, int start, int firstLine, Vocabulary vocabulary)
    {
        var headings = new List<SectionHeading>(7);
        var fence = default(CodeFence);
        int line = firstLine, opened = 0, sinceOpened = 0;
        for (var at = start; at < text.Length; line++)
        {
            var length = text[at..].IndexOf('\n');
            var end = length < 0 ? text.Length : at + length;
            var next = Math.Min(end + 1, text.Length);
            var content = text[at..end];
            if (HeadingOf(content, vocabulary, out var indent) is { } section)
            {
                headings.Add(new SectionHeading(section, line, indent + 1, at, next, 0));
            }
            else
            {
                var was = fence.IsOpen;
                fence = fence.After(content);
                if (!was && fence.IsOpen)
                {
                    (opened, sinceOpened) = (line, headings.Count);
                }
                else if (was && !fence.IsOpen)
                {
                    for (var i = sinceOpened; i < headings.Count; i++)
                    {
                        headings[i] = headings[i] with { Fence = opened };
                    }
                }
            }

            at = length < 0 ? text.Length : next;
        }

        return headings;
    }
}
