using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Turns offsets in a text into places in its file. Offsets that only grow cost one pass over the text.</summary>
/// <param name="text">The text.</param>
/// <param name="file">Where it stands.</param>
/// <param name="firstLine">1-based line of its first line there.</param>
internal ref struct Places(ReadOnlySpan<char> text, string file, int firstLine)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _line = firstLine;
    private int _lineStart;
    private int _at;

    public Location Of(int start, int length)
    {
        var skipped = _text[_at..start];
        _line += skipped.Count('\n');
        _lineStart = skipped.LastIndexOf('\n') is >= 0 and var feed ? _at + feed + 1 : _lineStart;
        _at = start;
        var column = start - _lineStart + 1;
        return new Location(file, _line, column, column + length);
    }
}
