using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace QaBuild.Model;

/// <summary>The bytes of a file without a copy of them. Every access is checked against the file's length.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private GCHandle _pinned;
    private byte* _start;

    private MappedFile(string path, long length, MemoryMappedFile? file)
    {
        (Path, Length, _file) = (path, length, file);
        if (file is not null)
        {
            _view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
            _start += _view.PointerOffset;
        }
    }

    /// <summary>As the user named it.</summary>
    public string Path { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="ModelFaultException">QA7003: it cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var length = stream.Length;
            return new MappedFile(path, length, length == 0 ? null : MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, e.Message);
        }
    }

    /// <summary>Bytes that are in memory already, by the same rules.</summary>
    public static MappedFile Over(byte[] bytes, string path)
    {
        var mapped = new MappedFile(path, bytes.Length, null) { _pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned) };
        mapped._start = (byte*)mapped._pinned.AddrOfPinnedObject();
        return mapped;
    }

    /// <summary>A view that is good until this is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It would reach beyond the file.</exception>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"{offset} + {length} > {Length}");
        }

        if (length == 0)
        {
            return [];
        }

        ObjectDisposedException.ThrowIf(_start is null, this);
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    public void Dispose()
    {
        if (_start is not null && _view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        _start = null;
        _view?.Dispose();
        _file?.Dispose();
        if (_pinned.IsAllocated)
        {
            _pinned.Free();
        }
    }
}
