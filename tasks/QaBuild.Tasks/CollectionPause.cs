using QaBuild.Dataset;

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

    // Bytes; measured, with a little room. Large objects lie apart from the others.
    private const long OfASource = 3_600, LargeOfASource = 450;
    private const long Most = 200_000_000;
    private const int LargeObject = 85_000;

    /// <summary>Begins a pause, where it is worth it and the process can have one now: another compile of this build may have it, or memory be short.</summary>
    public static void Begin(int sources)
    {
        try
        {
            var size = Math.Min(sources * OfASource, Most);
            if (sources >= FewestSources && GC.TryStartNoGCRegion(size, disallowFullBlockingGC: true))
            {
                MemoryPages.EnlargeBehind(new object(), size);
                MemoryPages.EnlargeBehind(GC.AllocateUninitializedArray<byte>(LargeObject), Math.Min(sources * LargeOfASource, size));
            }
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // The compile does without.
        }
    }
}
