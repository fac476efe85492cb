using System.Collections.Immutable;
using QaBuild.Dataset.Review;

namespace QaBuild.Dataset.Sources;

/// <summary>A section's text and the place of its heading.</summary>
/// <param name="Text">As it goes into the dataset.</param>
/// <param name="Line">1-based line of the heading.</param>
/// <param name="Column">1-based column of the heading.</param>
/// <param name="BodyLine">1-based line of the text's first line; the heading's when there is no text.</param>
public sealed record SectionText(string Text, int Line, int Column, int BodyLine);

/// <summary>The text of a qa file, section by section.</summary>
/// <param name="Job">职业</param>
/// <param name="Skill">知识点</param>
/// <param name="Question">问题</param>
/// <param name="Answer">答案</param>
/// <param name="Proofreading">校对信息</param>
public sealed record UnitText(string Job, string Skill, SectionText Question, SectionText Answer, SectionText Proofreading);

/// <summary>The parsed form of a qa file. One that comes from the cache reads its text again when it is asked for.</summary>
public sealed class QaUnit
{
    private readonly Func<SourceFile, UnitText>? _read;
    private UnitText? _text;

    internal QaUnit(Func<SourceFile, UnitText> read) => _read = read;

    internal QaUnit(UnitText text) => _text = text;

    /// <summary>The file.</summary>
    public required SourceFile File { get; init; }

    /// <summary>Names the unit in links, splits and the manifest.</summary>
    public required string Id { get; init; }

    /// <summary>问题难度</summary>
    public required Level Level { get; init; }

    /// <summary>关联问题</summary>
    public required SectionText Related { get; init; }

    /// <summary>The YAML block, or <see cref="FrontMatter.Empty"/>.</summary>
    public required FrontMatter FrontMatter { get; init; }

    /// <summary>职业</summary>
    public string Job => Text.Job;

    /// <summary>知识点</summary>
    public string Skill => Text.Skill;

    /// <summary>问题</summary>
    public SectionText Question => Text.Question;

    /// <summary>答案</summary>
    public SectionText Answer => Text.Answer;

    /// <summary>校对信息</summary>
    public SectionText Proofreading => Text.Proofreading;

    /// <summary>The lines of 校对信息 with a hash: who signed off what, and whether it still holds.</summary>
    public ImmutableArray<SignOff> SignOffs => Cached?.SignOffs ?? (SignOff.AreIn(Proofreading.Text) ? SignOff.In(Proofreading, () => ReviewHash.Of(this)).RemoveAll(s => s.State == SignOffState.Unbound) : []);

    /// <summary>What was made of the file, by this compile or an earlier one, while its text was at hand; null when the stages want the text itself.</summary>
    internal Caching.CachedUnit? Cached { get; init; }

    private UnitText Text => _text ??= _read!(File);
}
