using QaBuild.Dataset;
using Task = System.Threading.Tasks.Task;

namespace QaBuild.Tasks;

/// <summary>
/// Keeps the garbage collector away while a large compile allocates: nearly all that it makes lives to its end, and to find that out again and again stops
/// all threads. Nothing ends the pause but what is allocated: collections go on when more was than had been set aside, and a build that ends before has
/// saved the last one too.
/// </summary>
internal static class CollectionPause
{
    // Below this a compile ends before a collection would begin.
    private const int FewestSources = 2_000;

    // Bytes; measured, with a little room: all; what a look at the files takes; what a compile takes, of small objects and of large ones.
    private const long OfASource = 3_600, OfALook = 240, OfACompile = 2_800, LargeOfACompile = 450;
    private const long Most = 200_000_000;

    /// <summary>Begins a pause, where it is worth it and the process can have one now: another compile of this build may have it, or memory be short.</summary>
    public static void Begin(int sources)
    {
        try
        {
            if (sources >= FewestSources && GC.TryStartNoGCRegion(Math.Min(sources * OfASource, Most), disallowFullBlockingGC: true))
            {
                MemoryPages.SetAsideBehind(new object(), Math.Min(sources * OfALook, Most));
            }
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // The compile does without.
        }
    }

    /// <summary>Says that there is something to compile: the memory for it is made ready beside the work.</summary>
    public static void Compile(int sources)
    {
        const int Large = 85_000; // bytes, from which on objects lie apart
        if (sources >= FewestSources)
        {
            _ = Task.Run(() =>
            {
                MemoryPages.SetAsideBehind(new object(), Math.Min(sources * OfACompile, Most));
                MemoryPages.SetAsideBehind(GC.AllocateUninitializedArray<byte>(Large), Math.Min(sources * LargeOfACompile, Most));
            });
        }
    }
}
