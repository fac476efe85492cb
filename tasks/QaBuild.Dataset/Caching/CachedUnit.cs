using System.Collections.Immutable;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Review;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Caching;

/// <summary>What a compile made of one source, whatever the other sources are.</summary>
/// <param name="Level">问题难度</param>
/// <param name="Related">关联问题</param>
/// <param name="Analysis">What the checks over all units need of it.</param>
/// <param name="Line">1-based line of the question.</param>
/// <param name="Characters">Of the row.</param>
/// <param name="Json">The row with its line end; empty when Include and Exclude leave the unit out.</param>
/// <param name="SignOffs">The lines of 校对信息 with a hash.</param>
internal sealed record CachedUnit(
    Level Level, SectionText Related, UnitAnalysis Analysis, int Line, int Characters, ReadOnlyMemory<byte> Json, ImmutableArray<SignOff> SignOffs)
{
    public bool IsSelected => !Json.IsEmpty;

    /// <summary>Whether the cache holds it already.</summary>
    public bool IsKept { get; init; }

    /// <summary>The unit that stands for this one; it reads its text again when it is asked for.</summary>
    public QaUnit ToUnit(SourceFile file, Func<SourceFile, UnitText> readText) => new(readText)
    {
        File = file,
        Id = file.PathId,
        Level = Level,
        Related = Related,
        FrontMatter = FrontMatter.Empty,
        Cached = this,
    };
}
