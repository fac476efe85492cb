using System.Text;

namespace QaBuild.Model.Inference;

/// <summary>Joins the bytes of tokens to text: a character may lie across several tokens, and is handed on when it is whole.</summary>
internal sealed class PieceText(Action<string> piece)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _text = new();

    /// <summary>Adds what a token stands for.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => Take(bytes, flush: false);

    /// <summary>The whole text; bytes that no character came of are U+FFFD.</summary>
    public string End()
    {
        Take([], flush: true);
        return _text.ToString();
    }

    private void Take(ReadOnlySpan<byte> bytes, bool flush)
    {
        var characters = new char[_decoder.GetCharCount(bytes, flush)];
        var count = _decoder.GetChars(bytes, characters, flush);
        if (count > 0)
        {
            var text = new string(characters, 0, count);
            _text.Append(text);
            piece(text);
        }
    }
}
