using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace QaBuild.Dataset.Sources;

/// <summary>
/// Opens, reads and looks at small files by one call of the system each. The framework's own way adds an advisory lock, its release, two looks at the file and
/// an object with a finalizer, which together take longer than the reading. Whatever does not go well here is null, and the framework's way then says why.
/// </summary>
internal static partial class PosixFile
{
    /// <summary>In place of a folder's descriptor: a name is then a whole path.</summary>
    public const int NoFolder = -1;

    // fcntl.h: O_RDONLY | O_CLOEXEC | O_NONBLOCK. The last lets a named pipe be opened, and found empty, without waiting for who would write to it.
    private const int LinuxFlags = 0x80800;
    private const int MacFlags = 0x1000004;

    // fcntl.h: O_PATH | O_CLOEXEC, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH
    private const int AsPlace = 0x280000, NotFollowed = 0x1100;

    // linux/stat.h: STATX_MTIME; struct statx, unlike struct stat, is the same on all processors.
    private const uint ModificationTime = 0x40;
    private const int StatusSize = 256, SecondsOffset = 112, NanosecondsOffset = 120;

    private static readonly int? Flags =
        RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64) || !NativeLibrary.TryLoad("libc", typeof(PosixFile).Assembly, null, out _) ? null
        : OperatingSystem.IsLinux() ? LinuxFlags
        : OperatingSystem.IsMacOS() ? MacFlags
        : null;

    // fcntl.h: O_NOFOLLOW
    private static readonly int NoLink = OperatingSystem.IsMacOS() ? 0x100 : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    private static readonly bool HasStatx =
        Flags == LinuxFlags && NativeLibrary.TryLoad("libc", typeof(PosixFile).Assembly, null, out var libc) && NativeLibrary.TryGetExport(libc, "statx", out _);

    /// <summary>The file, opened for reading; null where this cannot be done.</summary>
    public static SafeFileHandle? Open(string path) =>
        Flags is { } flags && Open(path, flags) is var file and >= 0 ? new SafeFileHandle(file, ownsHandle: true) : null;

    /// <summary>Reads from where the file stands; null where this cannot be done.</summary>
    /// <returns>How many bytes; fewer than <paramref name="buffer"/> holds at the end of a regular file only.</returns>
    public static int? Read(SafeFileHandle handle, Span<byte> buffer) => Flags is not null ? Read((int)handle.DangerousGetHandle(), buffer) : null;

    /// <summary>The descriptor of a folder, for <see cref="Close"/>; <see cref="NoFolder"/> where there is none.</summary>
    public static int OpenFolder(string path) => HasStatx ? Open(path, AsPlace) : NoFolder;

    /// <summary>Reads a file that is no symbolic link; null where this cannot be done.</summary>
    /// <param name="folder">Of the file; or <see cref="NoFolder"/>.</param>
    /// <param name="name">Its name, or its path, with a zero behind.</param>
    /// <param name="buffer">Takes its bytes.</param>
    /// <param name="time">When it was last written before it was read, UTC ticks; null where this cannot be told.</param>
    /// <returns>How many bytes; as many as <paramref name="buffer"/> holds when there may be more.</returns>
    public static int? ReadPlain(int folder, ref byte name, Span<byte> buffer, out long? time)
    {
        time = null;
        if (Flags is not { } flags || (folder == NoFolder ? Open(ref name, flags | NoLink) : OpenAt(folder, ref name, flags | NoLink)) is not (>= 0 and var file))
        {
            return null;
        }

        byte itself = 0;
        time = TimeOf(file, ref itself);
        var read = Read(file, buffer);
        _ = Close(file);
        return read;
    }

    /// <summary>When a file, or a symbolic link itself, was last written, UTC ticks; null where this cannot be done.</summary>
    /// <param name="folder">Of the file; or the file.</param>
    /// <param name="name">Its name with a zero behind; or the zero alone.</param>
    public static long? TimeOf(int folder, ref byte name)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        return HasStatx && folder != NoFolder && Statx(folder, ref name, NotFollowed, ModificationTime, ref MemoryMarshal.GetReference(status)) == 0 && (BinaryPrimitives.ReadUInt32LittleEndian(status) & ModificationTime) != 0
            ? DateTime.UnixEpoch.Ticks + (BinaryPrimitives.ReadInt64LittleEndian(status[SecondsOffset..]) * TimeSpan.TicksPerSecond) + (BinaryPrimitives.ReadUInt32LittleEndian(status[NanosecondsOffset..]) / TimeSpan.NanosecondsPerTick)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);

    private static int? Read(int file, Span<byte> buffer) => Read(file, ref MemoryMarshal.GetReference(buffer), buffer.Length) is var read and >= 0 ? (int)read : null;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(ref byte path, int flags);

    [LibraryImport("libc", EntryPoint = "openat")]
    private static partial int OpenAt(int folder, ref byte name, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, ref byte buffer, nint length);

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int Statx(int folder, ref byte name, int flags, uint mask, ref byte status);
}
