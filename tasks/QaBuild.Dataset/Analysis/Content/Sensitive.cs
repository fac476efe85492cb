using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>A passage that must not be published.</summary>
/// <param name="Rule">The finding it is.</param>
/// <param name="Kind">The phrase of the catalogue that says what it is.</param>
/// <param name="Start">Offset in the text.</param>
/// <param name="Length">Characters.</param>
internal readonly record struct Sensitive(Rule Rule, string Kind, int Start, int Length)
{
    public int End => Start + Length;

    /// <summary>What a message may show of <paramref name="passage"/>: at most two characters of either end, fewer of what is short.</summary>
    public static string Mask(ReadOnlySpan<char> passage)
    {
        var shown = passage.Length >= 16 ? 2 : passage.Length >= 8 ? 1 : 0;
        return string.Concat(passage[..shown], "…", passage[^shown..]);
    }
}

/// <summary>Finds passages of one sort.</summary>
internal interface ISensitiveFinder
{
    /// <summary>What every text has in which there is one.</summary>
    Marks Mark { get; }

    /// <summary>The first one that begins at <paramref name="from"/> or later. Reading on at its end goes over the text once.</summary>
    bool Find(ReadOnlySpan<char> text, int from, out Sensitive found);
}
