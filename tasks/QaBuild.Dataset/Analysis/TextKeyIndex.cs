using System.Numerics;

namespace QaBuild.Dataset.Analysis;

/// <summary>
/// Tells who came first with a key. Open addressing over a plain array: a dictionary of a type of our own would be compiled anew in each build. A slot holds
/// the owner and half of the key, which tells nearly all others apart.
/// </summary>
/// <param name="keys">Of each owner.</param>
internal sealed class TextKeyIndex(TextKey[] keys)
{
    private const ulong OfKey = 0xFFFF_FFFF_0000_0000;
    private readonly ulong[] _slots = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(keys.Length * 2, 2))]; // the owner, plus 1, below; 0 is nobody

    /// <summary>The owner that came first with the key of <paramref name="owner"/>: an earlier one, or itself.</summary>
    public int FirstWith(int owner)
    {
        var key = keys[owner];
        var mask = (uint)_slots.Length - 1;
        for (var at = (uint)key.Low & mask; ; at = (at + 1) & mask)
        {
            var slot = _slots[at];
            if (slot == 0)
            {
                _slots[at] = (key.High & OfKey) | (uint)(owner + 1);
                return owner;
            }

            if ((slot & OfKey) == (key.High & OfKey) && (int)slot - 1 is var first && keys[first].Equals(key))
            {
                return first;
            }
        }
    }
}
