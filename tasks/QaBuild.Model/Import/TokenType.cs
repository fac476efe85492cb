namespace QaBuild.Model.Import;

/// <summary>The kinds of tokens, with the numbers of SentencePiece and of <c>tokenizer.ggml.token_type</c>.</summary>
public enum TokenType
{
    /// <summary>A piece of text.</summary>
    Normal = 1,

    /// <summary>Stands for what no token stands for.</summary>
    Unknown = 2,

    /// <summary>Has no text: a turn's begin, a text's end.</summary>
    Control = 3,

    /// <summary>Text that is never taken apart.</summary>
    UserDefined = 4,

    /// <summary>A number that stands for nothing.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}
