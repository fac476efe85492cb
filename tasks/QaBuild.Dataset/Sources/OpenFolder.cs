using System.Runtime.InteropServices;
using System.Text;

namespace QaBuild.Dataset.Sources;

/// <summary>
/// The folder of the file that was asked for last, kept open: files come folder by folder, and the system finds a name in an open folder sooner than along a
/// whole path. For one thread.
/// </summary>
/// <param name="root">What the folder must lie below; null for anywhere.</param>
internal sealed class OpenFolder(ResolvedRoot? root = null) : IDisposable
{
    // Bytes of UTF-8. What is longer is left to the framework.
    private const int Longest = 1024;

    private string _path = "";
    private int _descriptor = PosixFile.NoFolder;
    private bool _isHeld;

    /// <summary>When a file, or a symbolic link itself, was last written, UTC ticks; null where only the framework can tell.</summary>
    public long? TimeOf(string path)
    {
        var folder = FolderOf(path, out var name);
        Span<byte> terminated = stackalloc byte[Longest];
        return IsShort(name, terminated) ? PosixFile.TimeOf(folder, ref MemoryMarshal.GetReference(terminated)) : null;
    }

    /// <summary>Reads a file that is no symbolic link, in a folder below the root; null where only the framework can do it, or say why not.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="buffer">Takes its bytes.</param>
    /// <param name="time">When it was last written before it was read, UTC ticks; null where only the framework can tell.</param>
    /// <returns>How many bytes; as many as <paramref name="buffer"/> holds when there may be more.</returns>
    public int? Read(string path, Span<byte> buffer, out long? time)
    {
        time = null;
        var folder = FolderOf(path, out var name);
        Span<byte> terminated = stackalloc byte[Longest];
        return _isHeld && IsShort(folder == PosixFile.NoFolder ? path : name, terminated) ? PosixFile.ReadPlain(folder, ref MemoryMarshal.GetReference(terminated), buffer, out time) : null;
    }

    public void Dispose()
    {
        if (_descriptor != PosixFile.NoFolder)
        {
            _ = PosixFile.Close(_descriptor);
            _descriptor = PosixFile.NoFolder;
        }
    }

    private int FolderOf(string path, out ReadOnlySpan<char> name)
    {
        name = path.AsSpan(path.LastIndexOf('/') + 1);
        var folder = path.AsSpan(0, path.Length - name.Length);
        if (!folder.SequenceEqual(_path))
        {
            Dispose();
            (_path, _isHeld) = ("", false); // should the root not be able to tell
            _isHeld = root?.HoldsFolderOf(path) != false;
            _path = folder.ToString();
            _descriptor = PosixFile.OpenFolder(_path);
        }

        return _descriptor;
    }

    private static bool IsShort(ReadOnlySpan<char> name, Span<byte> terminated)
    {
        var isShort = Encoding.UTF8.GetMaxByteCount(name.Length) < Longest;
        if (isShort)
        {
            terminated[Encoding.UTF8.GetBytes(name, terminated)] = 0;
        }

        return isShort;
    }
}
