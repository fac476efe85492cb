namespace QaBuild.Dataset.Sources;

/// <summary>
/// The code fence that a line stands in, by CommonMark's rules (https://spec.commonmark.org/0.31.2/#fenced-code-blocks), but for the
/// indentation, which may be any, and leading <c>&gt;</c>, which are passed over: a fence in a list or a quotation is a fence too.
/// </summary>
internal readonly record struct CodeFence(char Mark, int Length)
{
    public bool IsOpen => Length > 0;

    /// <summary>The state after <paramref name="line"/>.</summary>
    public CodeFence After(ReadOnlySpan<char> line)
    {
        var content = line.TrimStart([' ', '\t', '>']);
        if (content.Length < 3 || content[0] is not ('`' or '~'))
        {
            return this;
        }

        var mark = content[0];
        var run = content.IndexOfAnyExcept(mark);
        var length = run < 0 ? content.Length : run;
        var rest = content[length..];
        if (IsOpen)
        {
            return mark == Mark && length >= Length && rest.IsBlank() ? default : this;
        }

        return length >= 3 && (mark == '~' || !rest.Contains('`')) ? new CodeFence(mark, length) : this;
    }
}
