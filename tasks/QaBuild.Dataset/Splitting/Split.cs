namespace QaBuild.Dataset.Splitting;

/// <summary>A part of the dataset.</summary>
public enum Split
{
    /// <summary>What a model learns from.</summary>
    Train,

    /// <summary>What is watched while it learns.</summary>
    Valid,

    /// <summary>What it is judged by.</summary>
    Test,
}

/// <summary>Splits as words.</summary>
public static class Splits
{
    /// <summary>All, in order.</summary>
    public static ReadOnlySpan<Split> All => [Split.Train, Split.Valid, Split.Test];

    /// <summary>Their names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [Split.Train.Name(), Split.Valid.Name(), Split.Test.Name()];

    /// <summary><c>train</c>, <c>valid</c> or <c>test</c>.</summary>
    public static string Name(this Split split) => split switch { Split.Train => "train", Split.Valid => "valid", _ => "test" };

    /// <summary>The split of a name, or null.</summary>
    public static Split? Parse(string? name) => name switch { "train" => Split.Train, "valid" => Split.Valid, "test" => Split.Test, _ => null };
}
