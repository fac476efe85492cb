using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>Names near to a name that is not known.</summary>
internal static class Nearest
{
    /// <summary>«Did you mean …», or nothing when no name is near.</summary>
    public static object Phrase(string name, IEnumerable<string> known) =>
        To(name, known, 3) is { Length: > 0 } near ? new Phrase("DidYouMean", string.Join(", ", near)) : "";

    /// <summary>At most <paramref name="count"/> names within a third of the length, nearest first, then in ordinal order.</summary>
    public static string[] To(string name, IEnumerable<string> known, int count)
    {
        var limit = Math.Max(1, name.Length / 3);
        return [.. known
            .Where(k => Math.Abs(k.Length - name.Length) <= limit)
            .Select(k => (Name: k, Distance: Distance(name, k, limit)))
            .Where(k => k.Distance <= limit)
            .OrderBy(k => k.Distance).ThenBy(k => k.Name, StringComparer.Ordinal)
            .Take(count).Select(k => k.Name)];
    }

    /// <summary>Levenshtein distance, letter case ignored; <c>limit + 1</c> when it is larger than <paramref name="limit"/>.</summary>
    public static int Distance(string a, string b, int limit)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0], best = row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                var cost = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], above) + 1, diagonal + cost);
                (diagonal, best) = (above, Math.Min(best, row[j]));
            }

            if (best > limit)
            {
                return limit + 1;
            }
        }

        return Math.Min(row[b.Length], limit + 1);
    }
}
