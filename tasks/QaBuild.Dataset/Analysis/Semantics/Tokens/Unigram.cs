using System.Text;

namespace QaBuild.Dataset.Analysis.Semantics.Tokens;

/// <summary>SentencePiece's model: of all ways to cut a word, the one whose pieces are the most probable together (Viterbi).</summary>
internal sealed class Unigram : IPieceModel
{
    /// <summary>Characters; longer pieces match nothing, so that a long text takes time in proportion to its length.</summary>
    public const int LongestPiece = 128;

    private const double UnknownPenalty = 10;
    private const int Unknown = -1;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly double[] _scores;
    private readonly byte[] _longestFrom = new byte[char.MaxValue + 1];
    private readonly double _unknownScore;
    private readonly int _unknownId;

    /// <summary>A model.</summary>
    /// <param name="pieces">A piece's place is its id.</param>
    /// <param name="scores">Logarithms of probabilities.</param>
    /// <param name="unknownId">The piece that stands for what no other does; -1 for none.</param>
    public Unigram(string[] pieces, double[] scores, int unknownId)
    {
        var ids = new Dictionary<string, int>(pieces.Length, StringComparer.Ordinal);
        for (var id = 0; id < pieces.Length; id++)
        {
            if (pieces[id].Length is > 0 and <= LongestPiece)
            {
                ids[pieces[id]] = id;
                _longestFrom[pieces[id][0]] = Math.Max(_longestFrom[pieces[id][0]], (byte)pieces[id].Length);
            }
        }

        (_ids, _scores, _unknownId) = (ids.GetAlternateLookup<ReadOnlySpan<char>>(), scores, unknownId);
        _unknownScore = scores.Min() - UnknownPenalty;
    }

    /// <inheritdoc/>
    public int Cut(ReadOnlySpan<char> word, Span<int> tokens, ref int unknown)
    {
        // For each end: the best way there, as its score, its last piece and where that begins.
        var best = new double[word.Length + 1];
        var piece = new int[word.Length + 1];
        var start = new int[word.Length + 1];
        start.AsSpan(1).Fill(-1);
        for (int at = 0, width; at < word.Length; at += width)
        {
            Rune.DecodeFromUtf16(word[at..], out _, out width);
            var single = false;
            for (var length = Math.Min(_longestFrom[word[at]], word.Length - at); length > 0; length--)
            {
                if (_ids.TryGetValue(word.Slice(at, length), out var id))
                {
                    single |= length == width;
                    Reach(at, at + length, id == _unknownId ? Unknown : id, _scores[id]);
                }
            }

            if (!single)
            {
                Reach(at, at + width, Unknown, _unknownScore);
            }
        }

        return Pieces(piece, start, tokens, ref unknown);

        void Reach(int from, int to, int id, double score)
        {
            if (start[to] < 0 || best[from] + score > best[to])
            {
                (best[to], piece[to], start[to]) = (best[from] + score, id, from);
            }
        }
    }

    private static int Pieces(int[] piece, int[] start, Span<int> tokens, ref int unknown)
    {
        var count = 0;
        for (var end = start.Length - 1; end > 0; end = start[end])
        {
            _ = piece[end] == Unknown ? unknown++ : count++;
        }

        var place = count;
        for (var end = start.Length - 1; end > 0; end = start[end])
        {
            if (piece[end] != Unknown && --place < tokens.Length)
            {
                tokens[place] = piece[end];
            }
        }

        return Math.Min(count, tokens.Length);
    }
}
