using System.Numerics;

namespace QaBuild.Dataset.Analysis;

/// <summary>Tells who came first with a key. Open addressing over plain arrays: a dictionary of a type of our own would be compiled anew in each build.</summary>
/// <param name="capacity">Keys at most.</param>
internal sealed class TextKeyIndex(int capacity)
{
    private readonly TextKey[] _keys = new TextKey[BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity * 2, 2))];
    private readonly int[] _owners = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity * 2, 2))]; // plus 1; 0 is nobody

    /// <summary>The owner that came first with <paramref name="key"/>: an earlier one, or <paramref name="owner"/>.</summary>
    public int FirstWith(TextKey key, int owner)
    {
        var mask = (uint)_keys.Length - 1;
        for (var at = (uint)key.Low & mask; ; at = (at + 1) & mask)
        {
            if (_owners[at] == 0)
            {
                (_keys[at], _owners[at]) = (key, owner + 1);
                return owner;
            }

            if (_keys[at].Equals(key))
            {
                return _owners[at] - 1;
            }
        }
    }
}
