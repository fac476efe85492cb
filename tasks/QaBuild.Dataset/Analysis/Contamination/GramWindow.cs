namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>The shortest run of <see cref="TokenWeight.Gram"/> that begins at a token, and its hash, as it moves through a text.</summary>
internal ref struct GramWindow(ReadOnlySpan<int> tokens, int start, byte[] weights)
{
    /// <summary>A token that no item has.</summary>
    public const int Unknown = -1;

    private readonly ReadOnlySpan<int> _tokens = tokens;
    private int _weight;

    public int Start { get; private set; } = start;

    public int End { get; private set; } = start;

    public ulong Hash { get; private set; }

    /// <summary>Takes in tokens until they weigh a gram; begins anew after one that no item has.</summary>
    /// <returns>False when the text ends before.</returns>
    public bool Grow()
    {
        while (_weight < TokenWeight.Gram)
        {
            if (End == _tokens.Length)
            {
                return false;
            }

            var token = _tokens[End++];
            if (token == Unknown)
            {
                (Start, Hash, _weight) = (End, 0, 0);
                continue;
            }

            Hash = TokenHash.With(Hash, token);
            _weight += weights[token];
        }

        return true;
    }

    /// <summary>Lets the first token go.</summary>
    public void Shrink()
    {
        Hash = TokenHash.Without(Hash, _tokens[Start], End - Start);
        _weight -= weights[_tokens[Start]];
        Start++;
    }
}
