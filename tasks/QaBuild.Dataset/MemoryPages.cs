using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QaBuild.Dataset;

/// <summary>
/// Has the system set aside pages of memory by one call, before they are written to. Else each stops the thread that writes to it first, which takes ten
/// times as long as it takes here on a virtual machine within another. A hint and no more: where it is not understood, nothing happens.
/// </summary>
public static partial class MemoryPages
{
    private const int Step = 128 << 10;
    private const int Populate = 23; // mman.h: MADV_POPULATE_WRITE, since Linux 5.14

    private static readonly bool IsUnderstood = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc", typeof(MemoryPages).Assembly, null, out _);

    /// <summary>Sets aside what the managed heap will allocate behind an object, up to the end of what the heap has of the system.</summary>
    /// <param name="last">The object that was allocated last of its kind; large ones lie apart.</param>
    /// <param name="length">Bytes.</param>
    public static unsafe void SetAsideBehind(object last, long length)
    {
        if (IsUnderstood)
        {
            SetAside(*(nint*)Unsafe.AsPointer(ref last), (nint)length);
        }
    }

    /// <summary>Sets aside the pages that <paramref name="memory"/> fills.</summary>
    public static unsafe void SetAside(Span<byte> memory)
    {
        fixed (byte* start = memory)
        {
            if (IsUnderstood)
            {
                SetAside((nint)start, memory.Length);
            }
        }
    }

    private static void SetAside(nint start, nint length)
    {
        var page = Environment.SystemPageSize;
        var end = (start + length) / page * page;
        for (var at = (start + page - 1) / page * page; at < end && Advise(at, Math.Min(Step, end - at), Populate) == 0; at += Step)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint length, int advice);
}
