namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>
/// How much a token says, so that one measure holds for English, Chinese and both mixed: 13 words, as in the contamination studies of GPT-3, weigh as much
/// as 20 ideographs. Numbers weigh less, or every table that counts to 13 would be another's text.
/// </summary>
internal static class TokenWeight
{
    /// <summary>Of a run of tokens that two texts do not share by chance.</summary>
    public const int Gram = 13 * Word;

    /// <summary>Of a question that is compared as a whole when it is shorter than <see cref="Gram"/>: 8 words or 12 ideographs.</summary>
    public const int Whole = 12 * Ideograph;

    private const int Word = 20;
    private const int Ideograph = 13;
    private const int Number = 6;

    public static byte Of(TokenReader token) => token.IsIdeograph ? (byte)Ideograph : token.Token.ContainsAnyExceptInRange('0', '9') ? (byte)Word : (byte)Number;

    /// <summary>Of all tokens of a text.</summary>
    public static long Of(string text)
    {
        var weight = 0L;
        for (var reader = new TokenReader(text); reader.Next();)
        {
            weight += Of(reader);
        }

        return weight;
    }
}
