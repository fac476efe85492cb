namespace QaBuild.Model.Inference;

/// <summary>How the next token is chosen, and when to stop.</summary>
public sealed record GenerateOptions
{
    /// <summary>0 takes the likeliest token each time; the other settings are then without effect.</summary>
    public float Temperature { get; init; }

    /// <summary>Tokens are taken from the likeliest ones that together have this probability.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Tokens less likely than this share of the likeliest one are left out.</summary>
    public float MinP { get; init; }

    /// <summary>The same seed gives the same text. Not <see cref="uint.MaxValue"/>, which llama.cpp takes as a wish for chance.</summary>
    public uint Seed { get; init; }

    /// <summary>The most tokens to generate.</summary>
    public int MaxTokens { get; init; } = 256;
}

/// <summary>What came of a prompt.</summary>
/// <param name="Text">Without special tokens.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="Tokens">Generated tokens, without the one that ended it.</param>
public sealed record Generation(string Text, FinishReason Finish, int PromptTokens, int Tokens);

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended its text or turn.</summary>
    Eos,

    /// <summary>As many tokens were generated as were wanted, or as the context holds.</summary>
    Length,
}
