namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>A small table by the hash of a word; generic dictionaries over spans are not precompiled.</summary>
internal sealed class WordTable<T>
{
    private readonly ulong[] _hashes;
    private readonly T[] _values;
    private readonly T _absent;

    public WordTable(IReadOnlyList<(string Word, T Value)> words, T absent)
    {
        var size = 4;
        while (size < words.Count * 4)
        {
            size *= 2;
        }

        (_hashes, _values, _absent) = (new ulong[size], new T[size], absent);
        foreach (var (word, value) in words)
        {
            var hash = Feature.Hash(word);
            var at = Slot(hash);
            (_hashes[at], _values[at]) = (hash, value);
        }
    }

    public T Find(ulong hash)
    {
        var at = Slot(hash);
        return _hashes[at] == hash ? _values[at] : _absent;
    }

    private int Slot(ulong hash)
    {
        var at = (int)(hash ^ (hash >> 32)) & (_hashes.Length - 1);
        while (_hashes[at] != 0 && _hashes[at] != hash)
        {
            at = (at + 1) & (_hashes.Length - 1);
        }

        return at;
    }
}
