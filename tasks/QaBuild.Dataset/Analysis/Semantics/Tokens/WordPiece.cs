namespace QaBuild.Dataset.Analysis.Semantics.Tokens;

/// <summary>BERT's model: the longest piece that fits, again and again; a word with a rest that no piece fits is unknown as a whole.</summary>
internal sealed class WordPiece : IPieceModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _first;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _following;
    private readonly int _longestPiece;
    private readonly int _longestWord;

    /// <summary>A model.</summary>
    /// <param name="vocabulary">Pieces with their ids.</param>
    /// <param name="unknown">The token for unknown words, which stands for nothing here.</param>
    /// <param name="prefix">What pieces begin with that do not begin a word.</param>
    /// <param name="longestWord">Characters; longer words are unknown.</param>
    public WordPiece(IEnumerable<KeyValuePair<string, int>> vocabulary, string unknown, string prefix, int longestWord)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        var following = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (piece, id) in vocabulary.Where(p => p.Key != unknown && p.Key.Length is > 0 and <= Unigram.LongestPiece))
        {
            first[piece] = id;
            if (piece.StartsWith(prefix, StringComparison.Ordinal))
            {
                following[piece[prefix.Length..]] = id;
            }

            _longestPiece = Math.Max(_longestPiece, piece.Length);
        }

        _longestWord = Math.Clamp(longestWord, 0, Unigram.LongestPiece);
        _first = first.GetAlternateLookup<ReadOnlySpan<char>>();
        _following = following.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <inheritdoc/>
    public int Cut(ReadOnlySpan<char> word, Span<int> tokens, ref int unknown)
    {
        if (word.Length > 2 * _longestWord || Runes(word) > _longestWord)
        {
            unknown++;
            return 0;
        }

        Span<int> pieces = stackalloc int[2 * Unigram.LongestPiece];
        var count = 0;
        for (var at = 0; at < word.Length; count++)
        {
            var pieceLookup = at == 0 ? _first : _following;
            var length = Math.Min(word.Length - at, _longestPiece);
            while (length > 0 && !pieceLookup.TryGetValue(word.Slice(at, length), out pieces[count]))
            {
                length--;
            }

            if (length == 0)
            {
                unknown++;
                return 0;
            }

            at += length;
        }

        count = Math.Min(count, tokens.Length);
        pieces[..count].CopyTo(tokens);
        return count;
    }

    private static int Runes(ReadOnlySpan<char> word)
    {
        var count = 0;
        foreach (var _ in word.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
