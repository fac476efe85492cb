using System.Numerics;

namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>
/// What of a word's spelling is kept to tell a slip of the pen from another word: which letters it holds an odd number of times, 26 bits, and a hash of the letters
/// that a slip spares, its first two and its last, 6 bits. Of all pairs of 24,000 English words one in 100,000 looks like a slip so and is none.
/// </summary>
internal static class Spelling
{
    private const int Letters = 26;

    // In a shorter word one letter more is often another word: json, jsonb.
    private const int Shortest = 6;

    /// <summary>The sketch of a lower-case word; 0 for one that is short or not of the letters a to z, in which no slip is told.</summary>
    public static uint Of(ReadOnlySpan<char> word)
    {
        if (word.Length < Shortest)
        {
            return 0;
        }

        uint odd = 0;
        foreach (var c in word)
        {
            if (!char.IsAsciiLetterLower(c))
            {
                return 0;
            }

            odd ^= 1u << (c - 'a');
        }

        return odd | (((word[0] * 29u) + (word[1] * 5u) + word[^1]) << Letters);
    }

    /// <summary>
    /// Whether the one word may be the other with a letter left out, added or doubled, or with two letters swapped, neither at its start nor at its end. Another letter
    /// in the place of one makes another word too often.
    /// </summary>
    public static bool IsSlip(uint one, int length, uint other, int otherLength) =>
        one != 0 && other != 0 && one >> Letters == other >> Letters && Math.Abs(length - otherLength) <= 1 && BitOperations.PopCount(one ^ other) <= 1;
}
