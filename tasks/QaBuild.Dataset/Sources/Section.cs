namespace QaBuild.Dataset.Sources;

/// <summary>The seven sections of a qa file, in their canonical order.</summary>
public enum Section
{
    /// <summary>职业</summary>
    Job,

    /// <summary>知识点</summary>
    Skill,

    /// <summary>问题难度(l|m|h)</summary>
    Level,

    /// <summary>关联问题: the questions that this one follows up.</summary>
    Related,

    /// <summary>问题</summary>
    Question,

    /// <summary>答案</summary>
    Answer,

    /// <summary>校对信息: who read it, and when.</summary>
    Proofreading,
}

/// <summary>How hard a question is.</summary>
public enum Level
{
    /// <summary>l</summary>
    Low,

    /// <summary>m</summary>
    Medium,

    /// <summary>h</summary>
    High,
}

/// <summary>Levels as letters.</summary>
public static class Levels
{
    /// <summary><c>l</c>, <c>m</c> or <c>h</c>.</summary>
    public static string Letter(this Level level) => level switch { Level.Low => "l", Level.Medium => "m", _ => "h" };

    /// <summary>The level of a letter.</summary>
    internal static Level OfLetter(byte letter) => letter switch { (byte)'l' => Level.Low, (byte)'m' => Level.Medium, _ => Level.High };

    /// <summary>The level of a letter, or null.</summary>
    public static Level? Parse(ReadOnlySpan<char> letter) => letter switch { "l" => Level.Low, "m" => Level.Medium, "h" => Level.High, _ => null };
}
