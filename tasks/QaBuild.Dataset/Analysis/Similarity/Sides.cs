namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>What stands on the one side of up to 64 axes and what on the other.</summary>
internal readonly record struct Sides(ulong One, ulong Other)
{
    /// <summary>Also this: <c>axis + 1</c> for the one side, <c>-(axis + 1)</c> for the other, 0 for nothing.</summary>
    public Sides With(int side) => side > 0 ? this with { One = One | (1UL << (side - 1)) } : side < 0 ? this with { Other = Other | (1UL << (-side - 1)) } : this;

    /// <summary>Whether what is on one side alone here is on the other side alone there.</summary>
    public bool Contradict(Sides sides) => (One & ~Other & sides.Other & ~sides.One) != 0 || (Other & ~One & sides.One & ~sides.Other) != 0;
}
