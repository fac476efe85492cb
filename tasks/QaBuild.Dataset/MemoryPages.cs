using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QaBuild.Dataset;

/// <summary>
/// Asks the system for memory in large pages. Else each page of a few kilobytes stops the thread that uses it first, which costs a virtual machine within
/// another as much as all that is then done with the page. A hint and no more: where it is not understood, nothing happens.
/// </summary>
public static partial class MemoryPages
{
    private const int HugePages = 14; // mman.h: MADV_HUGEPAGE

    private static readonly bool IsUnderstood = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc", typeof(MemoryPages).Assembly, null, out _);

    /// <summary>Asks for large pages below an array that was not used yet.</summary>
    public static unsafe void Enlarge(Span<byte> memory)
    {
        fixed (byte* start = memory)
        {
            Enlarge((nint)start, memory.Length);
        }
    }

    /// <summary>Asks for large pages below what the managed heap will allocate behind an object.</summary>
    /// <param name="last">The object that was allocated last of its kind; large ones lie apart.</param>
    /// <param name="length">Bytes that the heap has of the system.</param>
    public static unsafe void EnlargeBehind(object last, long length) => Enlarge(*(nint*)Unsafe.AsPointer(ref last), (nint)length);

    private static void Enlarge(nint start, nint length)
    {
        var page = Environment.SystemPageSize;
        var (first, end) = ((start + page - 1) / page * page, (start + length) / page * page);
        if (IsUnderstood && first < end)
        {
            _ = Advise(first, (nuint)(end - first), HugePages);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
