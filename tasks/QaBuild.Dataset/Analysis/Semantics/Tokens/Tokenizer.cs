namespace QaBuild.Dataset.Analysis.Semantics.Tokens;

/// <summary>Cuts a text into the tokens of a model, in the steps of a <c>tokenizer.json</c>: normalise, split into words, cut words into pieces.</summary>
/// <param name="normalizers">In their order.</param>
/// <param name="splitters">In their order.</param>
/// <param name="model">Cuts words.</param>
internal sealed class Tokenizer(IReadOnlyList<Func<string, string>> normalizers, IReadOnlyList<Func<string, IEnumerable<string>>> splitters, IPieceModel model)
{
    // What an answer of several megabytes is about, its beginning says.
    private const int MostCharacters = 8192;

    /// <summary>Fills <paramref name="tokens"/> with ids until it is full or the text ends; what the model does not know is left out.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="tokens">As many as are wanted at most.</param>
    /// <param name="unknown">Words or pieces left out.</param>
    /// <returns>How many.</returns>
    public int Tokenize(string text, Span<int> tokens, out int unknown)
    {
        unknown = 0;
        text = Beginning(text);
        foreach (var normalize in normalizers)
        {
            text = Beginning(normalize(text));
        }

        IEnumerable<string> words = [text];
        foreach (var split in splitters)
        {
            words = words.SelectMany(split);
        }

        var count = 0;
        foreach (var word in words)
        {
            count += model.Cut(word, tokens[count..], ref unknown);
            if (count == tokens.Length)
            {
                break;
            }
        }

        return count;
    }

    // A normaliser may make a text longer, each time.
    private static string Beginning(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters];
}

/// <summary>The vocabulary of a tokenizer and the way it is applied to a word.</summary>
internal interface IPieceModel
{
    /// <summary>Fills <paramref name="tokens"/> with the ids of a word's pieces until it is full, and counts what is unknown.</summary>
    /// <returns>How many.</returns>
    int Cut(ReadOnlySpan<char> word, Span<int> tokens, ref int unknown);
}
