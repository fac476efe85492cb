using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace QaBuild.Dataset.Sources;

/// <summary>
/// Reads small files by one call of the system for each thing that is needed of them. The framework's own way adds an advisory lock, its release, two looks at
/// the file and an object with a finalizer, which together take longer than the reading. Whatever does not go well here is null, and the framework's way then says why.
/// </summary>
internal static partial class PosixFile
{
    // fcntl.h: O_RDONLY | O_CLOEXEC | O_NONBLOCK. The last lets a named pipe be opened, and found empty, without waiting for who would write to it.
    private const int LinuxFlags = 0x80800;
    private const int MacFlags = 0x1000004;

    // fcntl.h, linux/stat.h: AT_EMPTY_PATH, STATX_MTIME; struct statx, unlike struct stat, is the same on all processors.
    private const int EmptyPath = 0x1000;
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
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc", typeof(PosixFile).Assembly, null, out var libc) && NativeLibrary.TryGetExport(libc, "statx", out _);

    /// <summary>The file, opened for reading; null where this cannot be done.</summary>
    public static SafeFileHandle? Open(string path) =>
        Flags is { } flags && Open(path, flags) is var file and >= 0 ? new SafeFileHandle(file, ownsHandle: true) : null;

    /// <summary>Reads from where the file stands; null where this cannot be done.</summary>
    /// <returns>How many bytes; fewer than <paramref name="buffer"/> holds at the end of a regular file only.</returns>
    public static int? Read(SafeFileHandle handle, Span<byte> buffer) =>
        Flags is not null && Read((int)handle.DangerousGetHandle(), ref MemoryMarshal.GetReference(buffer), buffer.Length) is var read and >= 0 ? (int)read : null;

    /// <summary>Reads a file that is no symbolic link; null where this cannot be done.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="buffer">Takes its bytes.</param>
    /// <param name="time">When it was last written before it was read, UTC ticks.</param>
    /// <returns>How many bytes; as many as <paramref name="buffer"/> holds when there may be more.</returns>
    public static int? ReadPlain(string path, Span<byte> buffer, out long time)
    {
        time = 0;
        if (Flags is not { } flags || Open(path, flags | NoLink) is not (>= 0 and var file))
        {
            return null;
        }

        try
        {
            return Time(file, out time) && Read(file, ref MemoryMarshal.GetReference(buffer), buffer.Length) is >= 0 and var read ? (int)read : null;
        }
        finally
        {
            _ = Close(file);
        }
    }

    private static bool Time(int file, out long time)
    {
        if (!HasStatx)
        {
            using var handle = new SafeFileHandle(file, ownsHandle: false);
            time = File.GetLastWriteTimeUtc(handle).Ticks;
            return true;
        }

        Span<byte> status = stackalloc byte[StatusSize];
        byte noPath = 0;
        var found = Statx(file, ref noPath, EmptyPath, ModificationTime, ref MemoryMarshal.GetReference(status)) == 0
            && (MemoryMarshal.Read<uint>(status) & ModificationTime) != 0;
        time = found
            ? DateTime.UnixEpoch.Ticks + (MemoryMarshal.Read<long>(status[SecondsOffset..]) * TimeSpan.TicksPerSecond) + (MemoryMarshal.Read<uint>(status[NanosecondsOffset..]) / TimeSpan.NanosecondsPerTick)
            : 0;
        return found;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, ref byte buffer, nint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int Statx(int folder, ref byte path, int flags, uint mask, ref byte status);
}
