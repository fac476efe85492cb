using System.Globalization;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Review;

/// <summary>How many current sign-offs of different people a question must have: <c>1</c> for all, or by split and level, <c>test:2|h:1</c>.</summary>
public sealed record ReviewRequirement
{
    /// <summary>What a requirement may be of, beside all.</summary>
    internal static IReadOnlyList<string> Names { get; } = [.. Splits.Names, "l", "m", "h"];

    private readonly Dictionary<string, int> _least;

    private ReviewRequirement(Dictionary<string, int> least) => _least = least;

    /// <summary>Nothing must be reviewed.</summary>
    public static ReviewRequirement None { get; } = new([]);

    /// <summary>Whether nothing must be reviewed.</summary>
    public bool IsNone => _least.Count == 0;

    /// <summary>Reads a list, separated by <c>;</c>, <c>|</c> or <c>,</c>; null when it is none.</summary>
    internal static ReviewRequirement? Parse(string text)
    {
        var least = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in text.Split([';', '|', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? "" : entry[..colon].Trim().ToLowerInvariant();
            if ((colon >= 0 && !Names.Contains(name)) || !int.TryParse(entry.AsSpan(colon + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || !least.TryAdd(name, count))
            {
                return null;
            }
        }

        return new ReviewRequirement(least);
    }

    /// <summary>So many a question of a level and a split must have; <paramref name="why"/> is the entry that says so.</summary>
    public int Of(Level level, Split split, out string why)
    {
        (var most, why) = (0, "");
        foreach (var name in (ReadOnlySpan<string>)["", level.Letter(), split.Name()])
        {
            if (_least.TryGetValue(name, out var count) && count > most)
            {
                (most, why) = (count, name.Length == 0 ? $"{count}" : $"{name}:{count}");
            }
        }

        return most;
    }
}
