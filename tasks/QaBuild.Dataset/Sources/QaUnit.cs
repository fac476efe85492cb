using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>A section's text and the place of its heading.</summary>
/// <param name="Text">As it goes into the dataset.</param>
/// <param name="Line">1-based line of the heading.</param>
/// <param name="Column">1-based column of the heading.</param>
/// <param name="BodyLine">1-based line of the text's first line; the heading's when there is no text.</param>
public readonly record struct SectionText(string Text, int Line, int Column, int BodyLine);

/// <summary>The parsed form of a qa file.</summary>
public sealed record QaUnit
{
    /// <summary>The file.</summary>
    public required SourceFile File { get; init; }

    /// <summary>Names the unit in links, splits and the manifest.</summary>
    public required string Id { get; init; }

    /// <summary>职业</summary>
    public required string Job { get; init; }

    /// <summary>知识点</summary>
    public required string Skill { get; init; }

    /// <summary>问题难度</summary>
    public required Level Level { get; init; }

    /// <summary>关联问题</summary>
    public required SectionText Related { get; init; }

    /// <summary>问题</summary>
    public required SectionText Question { get; init; }

    /// <summary>答案</summary>
    public required SectionText Answer { get; init; }

    /// <summary>校对信息</summary>
    public required SectionText Proofreading { get; init; }

    /// <summary>The YAML block, or <see cref="FrontMatter.Empty"/>.</summary>
    public required FrontMatter FrontMatter { get; init; }

    /// <summary>Where the question stands.</summary>
    public Location QuestionLocation => new(File.FullPath, Question.Line, Question.Column);
}
