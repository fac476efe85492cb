namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>What kind of thing a feature of a text is; the kind alone gives the weight.</summary>
internal enum FeatureKind
{
    /// <summary>Three characters of a word, its ends included: finds inflected and misspelt words.</summary>
    Gram,

    /// <summary>A word that says something, where grams say it too.</summary>
    Word,

    /// <summary>A word that says something, where there are no grams.</summary>
    WholeWord,

    /// <summary>the, of, do …</summary>
    Article,

    /// <summary>is, can, have …</summary>
    Auxiliary,

    /// <summary>I, you, someone …</summary>
    Pronoun,

    /// <summary>what, how …</summary>
    Question,

    /// <summary>not, without …</summary>
    Negation,

    /// <summary>A number, a version, a code with a digit in it.</summary>
    Number,

    /// <summary>A Han character that says something.</summary>
    Han,

    /// <summary>的, 了, 吗 …</summary>
    HanParticle,

    /// <summary>怎么, 什么, 能, 是否 …, each group of synonyms as one.</summary>
    HanQuestion,

    /// <summary>和, 在, 你 …</summary>
    HanFunction,

    /// <summary>A Han character that says something next to one that does not.</summary>
    HanBridge,

    /// <summary>Which of the words of one meaning it is, beside the commonest of them.</summary>
    Synonym,
}

/// <summary>
/// A feature is 28 bits of a hash above four bits of its kind, so that its weight is a function of the feature alone. Weights do not come from how often
/// a feature occurs in the knowledge base: another file would then change what two files have in common.
/// </summary>
internal static class Feature
{
    private const int KindBits = 4;
    private const uint KindMask = (1 << KindBits) - 1;

    // By kind; chosen together on five labelled sets of sentence pairs, and flat around the optimum.
    private static ReadOnlySpan<byte> Weights => [5, 14, 30, 2, 9, 15, 17, 16, 25, 12, 7, 9, 6, 3, 15];

    public static uint Of(ulong hash, FeatureKind kind) => (Mix(hash, (ulong)kind) & ~KindMask) | (uint)kind;

    public static int Weight(uint feature) => Weights[(int)(feature & KindMask)];

    public static FeatureKind Kind(uint feature) => (FeatureKind)(feature & KindMask);

    public static ulong Hash(ReadOnlySpan<char> text)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return hash;
    }

    private static uint Mix(ulong hash, ulong kind)
    {
        hash = (hash ^ (kind << 56)) * 0x9E3779B97F4A7C15;
        hash ^= hash >> 32;
        return (uint)((hash * 0xD6E8FEB86659FD93) >> 32);
    }
}
