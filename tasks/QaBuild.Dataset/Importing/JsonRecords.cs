using System.Text;
using System.Text.Unicode;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Importing;

/// <summary>A record of a file before it is read, or what keeps it from being one.</summary>
/// <param name="Number">1-based: the line in JSONL, otherwise the place in the list.</param>
/// <param name="IsLine">Whether <paramref name="Number"/> is a line.</param>
/// <param name="Line">1-based line where it begins.</param>
/// <param name="Json">UTF-8, valid only until the next record.</param>
/// <param name="Problem">Null when <paramref name="Json"/> may be read.</param>
internal readonly record struct RawRecord(long Number, bool IsLine, long Line, ReadOnlyMemory<byte> Json, Phrase? Problem);

/// <summary>
/// Cuts a stream of JSON into its records, holding one at a time: the lines of JSONL, the items of a list, or values one after another. Only brackets
/// and quotes are looked at, so that a malformed record does not cost those after it.
/// </summary>
internal sealed class JsonRecords(Stream stream, CancellationToken cancellation)
{
    /// <summary>Bytes; a longer record is passed over.</summary>
    public const int LongestRecord = 64 << 20;

    private byte[] _buffer = new byte[1 << 20];
    private int _start;
    private int _end;
    private bool _ended;
    private long _line = 1;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    private Span<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>The first bytes, a byte order mark passed over; they are read again by what follows.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        while (_end - _start < count && Fill())
        {
        }

        if (Unread.StartsWith("\uFEFF"u8))
        {
            _start += 3;
        }

        return Unread[..Math.Min(count, _end - _start)];
    }

    /// <summary>The records of a file that begins with a bracket: the items of a list, the values of a file laid out for people, or else the lines.</summary>
    public IEnumerable<RawRecord> Records()
    {
        var start = Encoding.UTF8.GetString(Peek(1 << 16)).AsSpan().TrimStart();
        return start is ['[', ..] ? Items() : IsSpread(start) ? Values() : Lines();
    }

    /// <summary>The lines that are not blank.</summary>
    public IEnumerable<RawRecord> Lines()
    {
        for (var number = 1L; ; number++)
        {
            var (length, tooLong) = LineLength();
            if (length == 0 && !tooLong && _ended && _start == _end)
            {
                yield break;
            }

            var line = _buffer.AsMemory(_start, length);
            if (tooLong || !IsBlank(line.Span))
            {
                yield return Record(number, true, number, line, tooLong);
            }

            _start += length;
            if (_start < _end)
            {
                _start++;
            }
        }
    }

    /// <summary>The items of a list whose <c>[</c> comes next.</summary>
    public IEnumerable<RawRecord> Items()
    {
        SkipBlanks();
        _start++;
        for (var number = 1L; ; number++)
        {
            SkipBlanks();
            if (_start < _end && _buffer[_start] == (byte)']')
            {
                _start++;
                SkipBlanks();
                if (_start < _end)
                {
                    yield return new RawRecord(number, false, _line, default, new Phrase("ImportAfterList"));
                }

                yield break;
            }

            var (length, state) = ValueLength(inList: true);
            if (length == 0 && state == Cut.Ended)
            {
                yield return new RawRecord(number, false, _line, default, new Phrase("ImportListOpen"));
                yield break;
            }

            yield return Record(number, false, _line, _buffer.AsMemory(_start, length), state == Cut.TooLong);
            if (state == Cut.TooLong)
            {
                yield break;
            }

            Pass(length);
            if (_start < _end && _buffer[_start] == (byte)',')
            {
                _start++;
            }
        }
    }

    /// <summary>Values that stand one after another on any number of lines.</summary>
    public IEnumerable<RawRecord> Values()
    {
        for (var number = 1L; ; number++)
        {
            SkipBlanks();
            if (_start == _end)
            {
                yield break;
            }

            var (length, state) = ValueLength(inList: false);
            yield return Record(number, false, _line, _buffer.AsMemory(_start, length), state == Cut.TooLong);
            if (state == Cut.TooLong)
            {
                yield break;
            }

            Pass(length);
        }
    }

    private enum Cut
    {
        Whole,
        Ended,
        TooLong,
    }

    private static RawRecord Record(long number, bool isLine, long line, ReadOnlyMemory<byte> json, bool tooLong) => new(
        number, isLine, line, json, tooLong ? new Phrase("ImportTooLong", LongestRecord) : Utf8.IsValid(json.Span) ? null : new Phrase("ImportUtf8"));

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;

    private (int Length, bool TooLong) LineLength()
    {
        var tooLong = false;
        for (var seen = 0; ;)
        {
            var at = Unread[seen..].IndexOf((byte)'\n');
            if (at >= 0)
            {
                return (seen + at, tooLong);
            }

            seen = _end - _start;
            if (seen > LongestRecord)
            {
                (tooLong, _start, seen) = (true, _end, 0);
            }

            if (!Fill())
            {
                return (_end - _start, tooLong);
            }
        }
    }

    private (int Length, Cut State) ValueLength(bool inList)
    {
        var (depth, inText, escaped) = (0, false, false);
        for (var at = 0; ; at++)
        {
            if (at == _end - _start && (at > LongestRecord || !Fill()))
            {
                return (at, at > LongestRecord ? Cut.TooLong : Cut.Ended);
            }

            var b = _buffer[_start + at];
            if (inText)
            {
                (inText, escaped) = (escaped || b != (byte)'"', !escaped && b == (byte)'\\');
                continue;
            }

            switch (b)
            {
                case (byte)'"':
                    inText = true;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)',' or (byte)']' when depth == 0 && inList:
                    return (at, Cut.Whole);
                case (byte)'}' or (byte)']':
                    depth--;
                    if (depth <= 0 && !inList)
                    {
                        return (at + 1, Cut.Whole);
                    }

                    depth = Math.Max(depth, 0);
                    break;
            }
        }
    }

    // An object that goes on after its first line was laid out for people; in JSONL a line is whole, or at least ends otherwise.
    private static bool IsSpread(ReadOnlySpan<char> start)
    {
        var end = start.IndexOf('\n');
        return end >= 0 && start[..end].TrimEnd() is [.., '{' or '[' or ','];
    }

    private void Pass(int count)
    {
        _line += Unread[..count].Count((byte)'\n');
        _start += count;
    }

    private void SkipBlanks()
    {
        do
        {
            var kept = Unread.IndexOfAnyExcept(" \t\r\n"u8);
            Pass(kept < 0 ? _end - _start : kept);
            if (kept >= 0)
            {
                return;
            }
        }
        while (Fill());
    }

    private bool Fill()
    {
        cancellation.ThrowIfCancellationRequested();
        if (_ended)
        {
            return false;
        }

        if (_start > 0)
        {
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = Position < Importer.LargestFile ? stream.Read(_buffer, _end, _buffer.Length - _end) : 0;
        _ended = read == 0;
        _end += read;
        Position += read;
        return !_ended;
    }
}
