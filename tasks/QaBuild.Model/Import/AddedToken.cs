namespace QaBuild.Model.Import;

/// <summary>A token that was added to a tokenizer after its training.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether it is no text.</param>
internal sealed record AddedToken(int Id, string Content, bool Special)
{
    /// <summary>Some tokenizers do not mark as special what is: the shapes are those that llama.cpp's converter knows.</summary>
    public TokenType Type => Special || LooksSpecial ? TokenType.Control : TokenType.UserDefined;

    /// <summary>As it stands in a text: SentencePiece writes a blank as ▁.</summary>
    public string Text => Type == TokenType.UserDefined ? Content.Replace('▁', ' ') : Content;

    private bool LooksSpecial =>
        Content is "<pad>" or "<mask>" or "<2mass>" or "[@BOS@]"
        || (Content.StartsWith("<|", StringComparison.Ordinal) && Content.EndsWith("|>", StringComparison.Ordinal))
        || (Content.StartsWith("<｜", StringComparison.Ordinal) && Content.EndsWith("｜>", StringComparison.Ordinal))
        || (Content.StartsWith("<unused", StringComparison.Ordinal) && Content.EndsWith('>'));
}
