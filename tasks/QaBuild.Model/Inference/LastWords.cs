namespace QaBuild.Model.Inference;

/// <summary>The end of what a process said on stderr, of bounded size.</summary>
internal sealed class LastWords
{
    private const int Lines = 4;
    private const int LineLength = 400;
    private readonly Queue<string> _lines = [];
    private string? _abort;

    public void Add(string line)
    {
        line = line.Trim();
        if (line.Length == 0)
        {
            return;
        }

        line = line.Length > LineLength ? line[..LineLength] + "…" : line;
        lock (_lines)
        {
            if (line.StartsWith(LlamaLog.AbortMark, StringComparison.Ordinal))
            {
                _abort ??= line[LlamaLog.AbortMark.Length..];
                return;
            }

            _lines.Enqueue(line);
            if (_lines.Count > Lines)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <summary>Why llama.cpp aborted, when it said so; otherwise the last lines. Empty when nothing was said.</summary>
    public string Text()
    {
        lock (_lines)
        {
            return _abort ?? string.Join(" | ", _lines);
        }
    }
}
