namespace QaBuild.Dataset;

/// <summary>Compares a path that is looked for with those of a sorted list. A value, so that a search makes no object.</summary>
internal interface IPathOrder
{
    /// <summary>Below 0 when the path at a place comes before the one looked for, 0 when it is that, above 0 when it comes after.</summary>
    int Compare(int place);
}

/// <summary>Finds a path in a long sorted list by one that stands near it: what belongs together mostly does, and far fewer places of memory are touched than by a search from the middle.</summary>
internal static class SortedPaths
{
    /// <summary>The place of the path; -1 when it is not there.</summary>
    /// <param name="count">Paths in the list.</param>
    /// <param name="near">Where the search begins.</param>
    /// <param name="path">The one looked for.</param>
    public static int Find<TOrder>(int count, int near, TOrder path)
        where TOrder : struct, IPathOrder, allows ref struct
    {
        if (count == 0)
        {
            return -1;
        }

        near = Math.Clamp(near, 0, count - 1);
        var order = path.Compare(near);
        if (order == 0)
        {
            return near;
        }

        // Steps that double, until the path lies between; then halves.
        var (from, to) = order < 0 ? (near + 1, count - 1) : (0, near - 1);
        for (var step = 1; from <= to; step *= 2)
        {
            var next = order < 0 ? near + step : near - step;
            if (next < from || next > to)
            {
                break;
            }

            var there = path.Compare(next);
            if (there == 0)
            {
                return next;
            }

            (from, to) = there < 0 ? (next + 1, to) : (from, next - 1);
            if (there < 0 != order < 0)
            {
                break;
            }
        }

        while (from <= to)
        {
            var middle = from + ((to - from) / 2);
            order = path.Compare(middle);
            if (order == 0)
            {
                return middle;
            }

            (from, to) = order < 0 ? (middle + 1, to) : (from, middle - 1);
        }

        return -1;
    }
}
