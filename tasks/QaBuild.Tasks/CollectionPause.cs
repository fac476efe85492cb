using System.Runtime;

namespace QaBuild.Tasks;

/// <summary>
/// Keeps the garbage collector away while a large compile allocates: nearly all that it makes lives to its end, and to find that out again and again stops
/// all threads. A compile that allocates more than was set aside goes on with collections.
/// </summary>
internal sealed class CollectionPause : IDisposable
{
    // Below this a compile ends before a collection would begin.
    private const int FewestSources = 2_000;

    // Bytes; measured, with a little room.
    private const long OfASource = 3_600;
    private const long Most = 200_000_000;

    private CollectionPause()
    {
    }

    /// <summary>Begins a pause; null when it is not worth it, or the process cannot have one now: another compile of this build has it, or memory is short.</summary>
    public static CollectionPause? Begin(int sources)
    {
        try
        {
            return sources >= FewestSources && GC.TryStartNoGCRegion(Math.Min(sources * OfASource, Most), disallowFullBlockingGC: true) ? new CollectionPause() : null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }
        }
        catch (InvalidOperationException)
        {
            // A collection ended it first.
        }
    }
}
