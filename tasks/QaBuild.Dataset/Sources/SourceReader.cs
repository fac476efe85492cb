using System.Buffers;
using System.Text;
using System.Text.Unicode;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>Turns a file into text with <c>\n</c> line ends; what keeps it from being text is a finding.</summary>
internal sealed class SourceReader(string root, DiagnosticBag diagnostics)
{
    /// <summary>Bytes. A question and its answer are a page; what is larger is no Q/A and is not read.</summary>
    public const long LargestFile = 4 << 20;

    private static readonly SearchValues<char> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, 32).Append(127).Select(c => (char)c).Where(c => c is not ('\t' or '\n'))]);

    private readonly ResolvedRoot _root = new(root);

    /// <summary>The text, or null when it cannot be used.</summary>
    public string? Read(SourceFile file)
    {
        byte[]? rented = null;
        try
        {
            if (!_root.Holds(file.FullPath, out var target))
            {
                diagnostics.Add(Rule.LeavesRoot, Location.File(file.FullPath), target);
                return null;
            }

            using var handle = File.OpenHandle(file.FullPath);
            var length = RandomAccess.GetLength(handle);
            if (length > LargestFile)
            {
                diagnostics.Add(Rule.FileTooLarge, Location.File(file.FullPath), length, LargestFile);
                return null;
            }

            rented = ArrayPool<byte>.Shared.Rent((int)length);
            var read = 0;
            for (int n; read < length && (n = RandomAccess.Read(handle, rented.AsSpan(read, (int)length - read), read)) > 0;)
            {
                read += n;
            }

            return Decode(file.FullPath, rented.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(Rule.FileUnreadable, Location.File(file.FullPath), e.Message);
            return null;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>The text of <paramref name="bytes"/>, or null when it cannot be used.</summary>
    public string? Decode(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
        {
            diagnostics.Add(Rule.ByteOrderMark, new Location(path, 1, 1));
            bytes = bytes[3..];
        }

        if (!Utf8.IsValid(bytes))
        {
            var (line, column, value) = FirstInvalid(bytes);
            diagnostics.Add(Rule.InvalidUtf8, new Location(path, line, column), value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes);
        if (text.AsSpan().Trim().IsEmpty)
        {
            diagnostics.Add(Rule.EmptyFile, Location.File(path));
            return null;
        }

        if (text.Contains('\r'))
        {
            var (line, column) = text.AsSpan(0, text.IndexOf('\r')).End();
            diagnostics.Add(Rule.CarriageReturn, new Location(path, line, column));
            text = TextLines.WithLineFeeds(text);
        }

        var control = text.AsSpan().IndexOfAny(ControlCharacters);
        if (control >= 0)
        {
            var nul = text.IndexOf('\0', StringComparison.Ordinal);
            var (line, column) = text.AsSpan(0, nul >= 0 ? nul : control).End();
            if (nul >= 0)
            {
                diagnostics.Add(Rule.NulCharacter, new Location(path, line, column));
                return null;
            }

            diagnostics.Add(Rule.ControlCharacter, new Location(path, line, column), ((int)text[control]).ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text;
    }

    private static (int Line, int Column, byte Value) FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        int line = 1, column = 1, at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out var rune, out var length) == OperationStatus.Done)
        {
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + rune.Utf16SequenceLength);
            at += length;
        }

        return (line, column, bytes[at]);
    }
}
