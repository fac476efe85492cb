namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>A polynomial hash of a run of tokens, which can lose its first token and gain a last one.</summary>
internal static class TokenHash
{
    /// <summary>Tokens of the longest run that can lose its first.</summary>
    public const int Longest = 64;

    private const ulong Base = 0x9E3779B97F4A7C15;
    private static readonly ulong[] Powers = PowersOfBase();

    public static ulong Of(ReadOnlySpan<int> tokens)
    {
        var hash = 0UL;
        foreach (var token in tokens)
        {
            hash = With(hash, token);
        }

        return hash;
    }

    public static ulong With(ulong hash, int last) => (hash * Base) + Mixed((ulong)last);

    public static ulong Without(ulong hash, int first, int length) => hash - (Mixed((ulong)first) * Powers[length - 1]);

    /// <summary>Spreads a number over all bits.</summary>
    public static ulong Mixed(ulong number)
    {
        var mixed = (number ^ (number >> 32)) * 0xBF58476D1CE4E5B9;
        return (mixed ^ (mixed >> 31)) * 0x94D049BB133111EB;
    }

    private static ulong[] PowersOfBase()
    {
        var powers = new ulong[Longest];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * Base;
        }

        return powers;
    }
}
