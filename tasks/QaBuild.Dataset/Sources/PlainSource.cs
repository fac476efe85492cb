using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace QaBuild.Dataset.Sources;

/// <summary>The headings of a vocabulary in UTF-8.</summary>
internal sealed class SectionSpellings
{
    public SectionSpellings(Vocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        string[] headings = [.. vocabulary.Headings.Distinct()];
        (Names, Sections) = (new byte[headings.Length][], new Section[headings.Length]);
        for (var i = 0; i < headings.Length; i++)
        {
            (Names[i], Sections[i]) = (Encoding.UTF8.GetBytes(headings[i]), vocabulary.SectionOf(headings[i])!.Value);
        }
    }

    public Vocabulary Vocabulary { get; }

    public byte[][] Names { get; }

    /// <summary>The section of each name.</summary>
    public Section[] Sections { get; }
}

/// <summary>
/// Reads, in one pass over the bytes, a file that is as nearly every qa file is: the seven sections once each, below headings spelt as the vocabulary
/// spells them, without front matter and without anything to report. What is otherwise in any way is left to <see cref="QaParser"/>; of what is read
/// here it would find the same. The methods of the pass are compiled at once with all optimisations: a cold build would end before the runtime gets to it.
/// </summary>
internal sealed class PlainSource(SectionSpellings spellings)
{
    private const int Count = 7;
    private const int LongestLine = 512;

    private readonly int[] _guess = new int[Count]; // the spelling of a file's first, second, ... heading is mostly the one of the file before
    private readonly int[] _start = new int[Count];
    private readonly int[] _end = new int[Count];
    private readonly int[] _line = new int[Count];
    private readonly int[] _bodyLine = new int[Count];
    private int _found;
    private int _current;
    private CodeFence _fence;

    /// <summary>Whether the file is plain; if so, the other members tell of it until the next call.</summary>
    public bool Read(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("## "u8) || bytes[^1] is (byte)' ' or (byte)'\t')
        {
            return false;
        }

        Array.Clear(_line);
        (_found, _current, _fence) = (0, -1, default);
        var line = 1;
        if (!Opening(bytes, 0, line) || _found == 0)
        {
            return false;
        }

        var all = Vector128<byte>.Zero;
        ref var first = ref MemoryMarshal.GetReference(bytes);
        for (var i = 0; i < bytes.Length; i += Vector128<byte>.Count)
        {
            var rest = bytes.Length - i;
            var block = rest >= Vector128<byte>.Count ? Vector128.LoadUnsafe(ref first, (nuint)i) : Last(bytes[i..]);
            var feeds = Vector128.Equals(block, Vector128.Create((byte)'\n'));
            var control = Vector128.LessThan(block, Vector128.Create((byte)' ')) & ~feeds & ~Vector128.Equals(block, Vector128.Create((byte)'\t'));
            if ((control | Vector128.Equals(block, Vector128.Create((byte)0x7F))) != Vector128<byte>.Zero)
            {
                return false;
            }

            all |= block;
            for (var mask = feeds.ExtractMostSignificantBits(); mask != 0; mask &= mask - 1)
            {
                var next = i + BitOperations.TrailingZeroCount(mask) + 1;
                line++;
                if (bytes[next - 2] is (byte)' ' or (byte)'\t'
                    || (next < bytes.Length && bytes[next] is (byte)'#' or (byte)' ' or (byte)'\t' or (byte)'>' or (byte)'`' or (byte)'~' or (byte)'\\' && !Opening(bytes, next, line)))
                {
                    return false;
                }
            }
        }

        if (_found < Count || _fence.IsOpen)
        {
            return false;
        }

        _end[_current] = bytes.Length;
        for (var section = 0; section < Count; section++)
        {
            Trim(bytes, section);
        }

        var isAscii = all.ExtractMostSignificantBits() == 0;
        return isAscii || Utf8.IsValid(bytes);
    }

    /// <summary>The text of a section, as <see cref="SourceBody.Read"/> makes it.</summary>
    public ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> bytes, Section section) => bytes[_start[(int)section].._end[(int)section]];

    /// <summary>1-based line of a section's heading.</summary>
    public int LineOf(Section section) => _line[(int)section];

    /// <summary>1-based line of a section's text; the heading's when there is none.</summary>
    public int BodyLineOf(Section section) => _bodyLine[(int)section];

    private static Vector128<byte> Last(ReadOnlySpan<byte> rest)
    {
        Span<byte> padded = stackalloc byte[Vector128<byte>.Count];
        padded.Fill((byte)' ');
        rest.CopyTo(padded);
        return Vector128.Create<byte>(padded);
    }

    /// <summary>Looks at a line that a heading, an escaped heading or a code fence may open; false when the file is not plain.</summary>
    private bool Opening(ReadOnlySpan<byte> bytes, int start, int number)
    {
        var at = start;
        while (at < bytes.Length && bytes[at] == ' ')
        {
            at++;
        }

        if (at - start <= 3 && at < bytes.Length && bytes[at] is (byte)'#' or (byte)'\\')
        {
            var marks = at;
            while (marks < bytes.Length && bytes[marks] == '\\')
            {
                marks++;
            }

            if (marks + 2 < bytes.Length && bytes[marks] == '#' && bytes[marks + 1] == '#' && bytes[marks + 2] is (byte)' ' or (byte)'\t')
            {
                return marks == start ? Heading(bytes, start, number) : !IsHeading(Line(bytes, marks));
            }

            return true;
        }

        while (at < bytes.Length && bytes[at] is (byte)' ' or (byte)'\t' or (byte)'>')
        {
            at++;
        }

        if (at + 2 < bytes.Length && bytes[at] is (byte)'`' or (byte)'~' && bytes[at + 1] == bytes[at] && bytes[at + 2] == bytes[at])
        {
            var line = Line(bytes, at);
            if (line.Length > LongestLine)
            {
                return false;
            }

            Span<char> text = stackalloc char[LongestLine];
            _fence = Utf8.ToUtf16(line, text, out _, out var length) == System.Buffers.OperationStatus.Done ? _fence.After(text[..length]) : _fence;
        }

        return true;
    }

    private bool Heading(ReadOnlySpan<byte> bytes, int start, int number)
    {
        var line = Line(bytes, start);
        var known = _found < Count ? Find(line[3..]) : -1;
        if (known < 0)
        {
            return !IsHeading(line);
        }

        var section = (int)spellings.Sections[known];
        if (_fence.IsOpen || _line[section] != 0)
        {
            return false;
        }

        if (_current >= 0)
        {
            _end[_current] = start;
        }

        (_guess[_found++], _current) = (known, section);
        (_line[section], _start[section]) = (number, Math.Min(start + line.Length + 1, bytes.Length));
        return true;
    }

    private int Find(ReadOnlySpan<byte> name)
    {
        var names = spellings.Names;
        if (name.SequenceEqual(names[_guess[_found]]))
        {
            return _guess[_found];
        }

        for (var i = 0; i < names.Length; i++)
        {
            if (name.SequenceEqual(names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    // Headings have many spellings: the parser's own rule decides.
    private bool IsHeading(ReadOnlySpan<byte> line) => line.Length > LongestLine || SectionScanner.HeadingOf(Encoding.UTF8.GetString(line), spellings.Vocabulary, out _) is not null;

    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> bytes, int start)
    {
        var length = bytes[start..].IndexOf((byte)'\n');
        return length < 0 ? bytes[start..] : bytes.Slice(start, length);
    }

    private void Trim(ReadOnlySpan<byte> bytes, int section)
    {
        ref var start = ref _start[section];
        ref var end = ref _end[section];
        var body = _line[section] + 1;
        for (; start < end && bytes[start] == '\n'; start++)
        {
            body++;
        }

        while (end > start && bytes[end - 1] == '\n')
        {
            end--;
        }

        _bodyLine[section] = start == end ? _line[section] : body;
    }
}
