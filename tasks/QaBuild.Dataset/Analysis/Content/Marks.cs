namespace QaBuild.Dataset.Analysis.Content;

/// <summary>What a text holds that a check of content would look at closely; a text without the mark of a check has nothing for it.</summary>
[Flags]
internal enum Marks
{
    None = 0,

    /// <summary>One of <see cref="Secrets.Marks"/>.</summary>
    Secret = 1,

    /// <summary>One of <see cref="Refusal.Confessions"/>.</summary>
    Confession = 2,

    /// <summary><c>@</c></summary>
    At = 4,

    /// <summary>Three digits in a row.</summary>
    Digits = 8,

    /// <summary><c>](</c></summary>
    Link = 16,
}
