using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>Turns a file into text with <c>\n</c> line ends; what keeps it from being text is a finding.</summary>
internal sealed class SourceReader(string root, DiagnosticBag diagnostics)
{
    /// <summary>Bytes. A question and its answer are a page; what is larger is no Q/A and is not read.</summary>
    public const long LargestFile = 4 << 20;

    // Bytes. What is smaller, nearly every file, is read by one call.
    private const int UsualFile = 32 << 10;

    private readonly ResolvedRoot _root = new(root);

    /// <summary>Whether a file is still the one that had this time, and may be read at all.</summary>
    /// <param name="file">The file.</param>
    /// <param name="time">Its time, UTC ticks, before <paramref name="since"/>.</param>
    /// <param name="since">When the file was known to be no link, UTC ticks.</param>
    public bool Unchanged(SourceFile file, long time, long since)
    {
        try
        {
            return file.Time == time && _root.HoldsPlain(file.FullPath, since);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Makes of a file's text what <paramref name="parse"/> makes of it, or null when it cannot be used.</summary>
    public T? Read<T>(SourceFile file, Func<SourceFile, ReadOnlySpan<char>, T?> parse)
        where T : class => ReadBytes(file, (f, bytes) => Decode(f, bytes, parse));

    /// <summary>Makes of a file's bytes what <paramref name="parse"/> makes of them, or null when it cannot be read.</summary>
    public T? ReadBytes<T>(SourceFile file, Func<SourceFile, ReadOnlySpan<byte>, T?> parse)
        where T : class
    {
        using var folder = Folder();
        return ReadBytes(file, folder, parse);
    }

    /// <summary>For one thread to read many files by.</summary>
    public OpenFolder Folder() => new(_root);

    /// <summary>Reads a file by a <see cref="Folder"/>.</summary>
    public T? ReadBytes<T>(SourceFile file, OpenFolder folder, Func<SourceFile, ReadOnlySpan<byte>, T?> parse)
        where T : class
    {
        var rented = ArrayPool<byte>.Shared.Rent(UsualFile);
        try
        {
            if (folder.Read(file.FullPath, rented, out var time) is { } bytes && bytes < rented.Length)
            {
                file.Found(time);
                return parse(file, rented.AsSpan(0, bytes));
            }

            if (!_root.Holds(file.FullPath, out var target))
            {
                diagnostics.Add(Rule.LeavesRoot, Location.Start(file.FullPath), target);
                return null;
            }

            using var handle = PosixFile.Open(file.FullPath) ?? File.OpenHandle(file.FullPath);
            var read = PosixFile.Read(handle, rented) ?? RandomAccess.Read(handle, rented, 0);
            if (read == rented.Length)
            {
                var length = RandomAccess.GetLength(handle);
                if (length > LargestFile)
                {
                    diagnostics.Add(Rule.FileTooLarge, Location.Start(file.FullPath), length, LargestFile);
                    return null;
                }

                read = ReadWhole(handle, (int)length, ref rented);
            }

            // Nothing is kept of links: the time of a link is not that of what it leads to.
            file.Found(ReferenceEquals(target, file.FullPath) ? File.GetLastWriteTimeUtc(handle).Ticks : long.MaxValue);
            return parse(file, rented.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(Rule.FileUnreadable, Location.Start(file.FullPath), e.Message);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>As <see cref="Read"/>, for a file's content.</summary>
    public T? Decode<T>(SourceFile file, ReadOnlySpan<byte> bytes, Func<SourceFile, ReadOnlySpan<char>, T?> parse)
        where T : class
    {
        var path = file.FullPath;
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

        // The whole text is needed for a moment only, its sections for long.
        var rented = ArrayPool<char>.Shared.Rent(bytes.Length);
        try
        {
            return Usable(path, rented.AsSpan(0, Encoding.UTF8.GetChars(bytes, rented)), out var text) ? parse(file, text) : null;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static int ReadWhole(SafeFileHandle handle, int length, ref byte[] rented)
    {
        ArrayPool<byte>.Shared.Return(rented);
        rented = ArrayPool<byte>.Shared.Rent(length);
        var read = 0;
        for (int n; read < length && (n = RandomAccess.Read(handle, rented.AsSpan(read, length - read), read)) > 0;)
        {
            read += n;
        }

        return read;
    }

    private bool Usable(string path, ReadOnlySpan<char> decoded, out ReadOnlySpan<char> text)
    {
        text = decoded;
        if (text.Trim().IsEmpty)
        {
            diagnostics.Add(Rule.EmptyFile, Location.Start(path));
            return false;
        }

        if (text.IndexOf('\r') is var carriageReturn and >= 0)
        {
            var (line, column) = text[..carriageReturn].End();
            diagnostics.Add(Rule.CarriageReturn, new Location(path, line, column));
            text = TextLines.WithLineFeeds(text.ToString());
        }

        var control = 0;
        while (control < text.Length && text[control] is >= ' ' and not '\x7f' or '\t' or '\n')
        {
            control++;
        }

        if (control < text.Length)
        {
            var nul = text.IndexOf('\0');
            var (line, column) = text[..(nul >= 0 ? nul : control)].End();
            if (nul >= 0)
            {
                diagnostics.Add(Rule.NulCharacter, new Location(path, line, column));
                return false;
            }

            diagnostics.Add(Rule.ControlCharacter, new Location(path, line, column), ((int)text[control]).ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
        }

        return true;
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
