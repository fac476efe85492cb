using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace QaBuild.Dataset.Sources;

/// <summary>
/// Opens and reads small files by one call of the system each. The framework's own way adds an advisory lock, its release and two looks at the file, which
/// together take longer than the reading. Whatever does not go well here is null, and the framework's way then says why.
/// </summary>
internal static partial class PosixFile
{
    // fcntl.h: O_RDONLY | O_CLOEXEC | O_NONBLOCK. The last lets a named pipe be opened, and found empty, without waiting for who would write to it.
    private const int LinuxFlags = 0x80800;
    private const int MacFlags = 0x1000004;

    private static readonly int? Flags =
        RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64) || !NativeLibrary.TryLoad("libc", typeof(PosixFile).Assembly, null, out _) ? null
        : OperatingSystem.IsLinux() ? LinuxFlags
        : OperatingSystem.IsMacOS() ? MacFlags
        : null;

    /// <summary>The file, opened for reading; null where this cannot be done.</summary>
    public static SafeFileHandle? Open(string path)
    {
        if (Flags is not { } flags)
        {
            return null;
        }

        var handle = Open(path, flags);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Reads from where the file stands; null where this cannot be done.</summary>
    /// <returns>How many bytes; fewer than <paramref name="buffer"/> holds at the end of a regular file only.</returns>
    public static int? Read(SafeFileHandle handle, Span<byte> buffer) =>
        Flags is not null && Read(handle, ref MemoryMarshal.GetReference(buffer), buffer.Length) is var read and >= 0 ? (int)read : null;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(SafeFileHandle handle, ref byte buffer, nint length);
}
