namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>Counts keys and numbers them as they come.</summary>
internal sealed class FeatureTable
{
    private int[] _slots = new int[1 << 12];
    private ulong[] _keys = new ulong[1 << 11];
    private int[] _frequencies = new int[1 << 11];

    /// <summary>The distinct keys.</summary>
    public int Count { get; private set; }

    public ulong KeyOf(int id) => _keys[id];

    public int FrequencyOf(int id) => _frequencies[id];

    /// <summary>Counts a key.</summary>
    /// <returns>Its number.</returns>
    public int Add(ulong key)
    {
        var at = Slot(key);
        if (_slots[at] == 0)
        {
            if (Count == _keys.Length)
            {
                Grow();
                at = Slot(key);
            }

            _keys[Count++] = key;
            _slots[at] = Count;
        }

        var id = _slots[at] - 1;
        _frequencies[id]++;
        return id;
    }

    private int Slot(ulong key)
    {
        var hash = key * 0x9E3779B97F4A7C15;
        var at = (int)(hash >> 32) & (_slots.Length - 1);
        while (_slots[at] != 0 && _keys[_slots[at] - 1] != key)
        {
            at = (at + 1) & (_slots.Length - 1);
        }

        return at;
    }

    private void Grow()
    {
        Array.Resize(ref _keys, _keys.Length * 2);
        Array.Resize(ref _frequencies, _frequencies.Length * 2);
        _slots = new int[_slots.Length * 2];
        for (var id = 0; id < Count; id++)
        {
            _slots[Slot(_keys[id])] = id + 1;
        }
    }
}
