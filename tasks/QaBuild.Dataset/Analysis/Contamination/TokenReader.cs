using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>
/// The words of a text, and each ideograph by itself, in one form whatever their compatibility form and case; blanks and punctuation are between them.
/// </summary>
internal sealed class TokenReader(string text)
{
    private char[] _lower = new char[64];
    private string _chunk = "";
    private int _chunkAt;
    private int _chunkStart;
    private int _chunkEnd;
    private bool _sameLength;
    private int _next;
    private int _length;

    /// <summary>The token, lower-case.</summary>
    public ReadOnlySpan<char> Token => _lower.AsSpan(0, _length);

    /// <summary>Where it begins in the text.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends in the text.</summary>
    public int End { get; private set; }

    /// <summary>Whether the token is an ideograph or a kana.</summary>
    public bool IsIdeograph { get; private set; }

    /// <summary>Goes to the next token.</summary>
    /// <returns>False at the end.</returns>
    public bool Next()
    {
        while (true)
        {
            if (_chunkAt < _chunk.Length)
            {
                if (NextOfChunk())
                {
                    return true;
                }

                continue;
            }

            while (_next < text.Length && Separates(text[_next]))
            {
                _next++;
            }

            if (_next == text.Length)
            {
                return false;
            }

            if (IsHan(text[_next]))
            {
                Set(text.AsSpan(_next, 1), _next, _next + 1, isIdeograph: true);
                _next++;
                return true;
            }

            var end = _next;
            while (end < text.Length && IsAsciiWord(text[end]))
            {
                end++;
            }

            if (end == text.Length || Separates(text[end]) || IsHan(text[end]))
            {
                Set(text.AsSpan(_next, end - _next), _next, end, isIdeograph: false);
                _next = end;
                return true;
            }

            OpenChunk();
        }
    }

    // What is neither ASCII nor a common ideograph may have another compatible form, which can only be told of all that stands together.
    private void OpenChunk()
    {
        _chunkStart = _next;
        while (_next < text.Length && !Separates(text[_next]) && !IsHan(text[_next]))
        {
            _next++;
        }

        _chunkEnd = _next;
        _chunkAt = 0;
        var raw = text[_chunkStart.._chunkEnd];
        _chunk = CompatibleForm.Of(raw);
        _sameLength = _chunk.Length == raw.Length;
    }

    private bool NextOfChunk()
    {
        while (_chunkAt < _chunk.Length && !IsWordPart(_chunk[_chunkAt]))
        {
            _chunkAt++;
        }

        if (_chunkAt == _chunk.Length)
        {
            return false;
        }

        var start = _chunkAt;
        var isIdeograph = IsIdeographic(_chunk[start]);
        if (isIdeograph)
        {
            _chunkAt += char.IsHighSurrogate(_chunk[start]) && start + 1 < _chunk.Length ? 2 : 1;
        }
        else
        {
            while (_chunkAt < _chunk.Length && IsWordPart(_chunk[_chunkAt]) && !IsIdeographic(_chunk[_chunkAt]))
            {
                _chunkAt++;
            }
        }

        Set(
            _chunk.AsSpan(start, _chunkAt - start), _sameLength ? _chunkStart + start : _chunkStart, _sameLength ? _chunkStart + _chunkAt : _chunkEnd, isIdeograph);
        return true;
    }

    private void Set(ReadOnlySpan<char> token, int start, int end, bool isIdeograph)
    {
        if (token.Length > _lower.Length)
        {
            _lower = new char[token.Length * 2];
        }

        _length = token.ToLowerInvariant(_lower);
        (Start, End, IsIdeograph) = (start, end, isIdeograph);
    }

    // ASCII but for words, and the punctuation of Chinese and of typography.
    private static bool Separates(char c) => c < '\u0080'
        ? !IsAsciiWord(c)
        : char.IsWhiteSpace(c) || c is >= '\u2010' and <= '\u2027' or >= '\u3001' and <= '\u3003' or >= '\u3008' and <= '\u301b'
            or >= '\uff01' and <= '\uff0f' or >= '\uff1a' and <= '\uff20' or >= '\uff5b' and <= '\uff65';

    private static bool IsAsciiWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static bool IsHan(char c) => c is >= '\u3400' and <= '\u9fff';

    private static bool IsIdeographic(char c) => c is >= '\u3040' and <= '\u30ff' or >= '\u3400' and <= '\u9fff' or >= '\uf900' and <= '\ufaff' or >= '\ud840' and <= '\ud8ff';

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c == '_' || char.IsSurrogate(c)
        || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
