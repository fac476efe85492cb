using System.Buffers;
using System.Numerics;

namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>
/// Finds the runs of tokens that a text shares with the items of other files. The grams of the items (the shortest runs of <see cref="TokenWeight.Gram"/>
/// from each token on) stand in a hash table; a text is read once, and what a hash finds is compared token by token. Of items that share a gram the
/// first stands for all.
/// </summary>
internal sealed class OverlapIndex
{
    private const int Unknown = -1;
    private const int FieldEnd = 0;
    private const ulong Base = 0x9E3779B97F4A7C15;

    // A gram of numbers alone has the most tokens.
    private const int LongestGram = 64;

    // Further back an overlap is not followed, or repetitive texts would take quadratic time.
    private const int LongestBack = 256;

    private static readonly ulong[] Powers = PowersOfBase();
    private readonly Dictionary<string, int> _vocabulary = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<byte> _weights = [0];
    private readonly List<int> _ids = [FieldEnd];
    private readonly List<int> _fieldStarts = [];
    private readonly List<int> _fieldItems = [];
    private readonly List<int> _wholes = [];
    private readonly int[] _grams;
    private readonly int[] _wholeTable;
    private readonly bool[] _startsWhole;
    private readonly int[] _wholeLengths;
    private readonly int[] _tokens;

    public OverlapIndex(IReadOnlyList<ForeignItem> items, CancellationToken cancellation)
    {
        _lookup = _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var item = 0; item < items.Count; item++)
        {
            cancellation.ThrowIfCancellationRequested();
            AddField(items[item].Question, item, isQuestion: true);
            AddField(items[item].Answer, item, isQuestion: false);
        }

        _tokens = [.. _ids];
        _grams = new int[TableSize(_tokens.Length)];
        _wholeTable = new int[TableSize(_wholes.Count)];
        _startsWhole = new bool[_weights.Count];
        var lengths = new SortedSet<int>();
        foreach (var start in _wholes)
        {
            var length = _tokens.AsSpan(start).IndexOf(FieldEnd);
            Insert(_wholeTable, start, length, Hash(_tokens.AsSpan(start, length)));
            _startsWhole[_tokens[start]] = true;
            lengths.Add(length);
        }

        _wholeLengths = [.. lengths];
        for (var field = 0; field < _fieldStarts.Count; field++)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = _fieldStarts[field];
            IndexGrams(start, start + _tokens.AsSpan(start).IndexOf(FieldEnd));
        }
    }

    /// <summary>The longest overlap with each item, in order of place; what lies within a longer one is left out.</summary>
    public List<Overlap> Find(string text)
    {
        var found = new List<Overlap>();
        if (_vocabulary.Count == 0)
        {
            return found;
        }

        var ids = ArrayPool<int>.Shared.Rent(text.Length + 1);
        var places = ArrayPool<int>.Shared.Rent((text.Length * 2) + 1);
        try
        {
            var count = Read(text, ids, places);
            FindGrams(ids.AsSpan(0, count), places, found);
            FindWholes(ids.AsSpan(0, count), places, found);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(ids);
            ArrayPool<int>.Shared.Return(places);
        }

        return found.Count < 2 ? found : Distinct(found);
    }

    private void AddField(string text, int item, bool isQuestion)
    {
        var (start, weight) = (_ids.Count, 0L);
        var reader = new TokenReader(text);
        while (reader.Next())
        {
            if (!_lookup.TryGetValue(reader.Token, out var id))
            {
                id = _weights.Count;
                _vocabulary.Add(reader.Token.ToString(), id);
                _weights.Add(TokenWeight.Of(reader));
            }

            weight += _weights[id];
            _ids.Add(id);
        }

        if (weight == 0)
        {
            return;
        }

        _ids.Add(FieldEnd);
        _fieldStarts.Add(start);
        _fieldItems.Add(item);
        if (isQuestion && weight is >= TokenWeight.Whole and < TokenWeight.Gram)
        {
            _wholes.Add(start);
        }
    }

    private void IndexGrams(int start, int end)
    {
        var window = new Window(this, _tokens.AsSpan(0, end), start);
        while (window.Grow())
        {
            Insert(_grams, window.Start, window.End - window.Start, window.Hash);
            window.Shrink();
        }
    }

    private void Insert(int[] table, int start, int length, ulong hash)
    {
        var slot = SlotOf(table, hash);
        while (table[slot] != 0)
        {
            if (IsAt(table[slot], _tokens.AsSpan(start, length)))
            {
                return;
            }

            slot = (slot + 1) & (table.Length - 1);
        }

        table[slot] = start;
    }

    private int Lookup(int[] table, ReadOnlySpan<int> gram, ulong hash)
    {
        for (var slot = SlotOf(table, hash); table[slot] != 0; slot = (slot + 1) & (table.Length - 1))
        {
            if (IsAt(table[slot], gram))
            {
                return table[slot];
            }
        }

        return 0;
    }

    private bool IsAt(int start, ReadOnlySpan<int> gram) => _tokens.AsSpan(start).StartsWith(gram);

    private int Read(string text, int[] ids, int[] places)
    {
        var count = 0;
        var reader = new TokenReader(text);
        while (reader.Next())
        {
            ids[count] = _lookup.TryGetValue(reader.Token, out var id) ? id : Unknown;
            (places[count * 2], places[(count * 2) + 1]) = (reader.Start, reader.End);
            count++;
        }

        return count;
    }

    private void FindGrams(ReadOnlySpan<int> ids, int[] places, List<Overlap> found)
    {
        var covered = 0;
        var window = new Window(this, ids, 0);
        while (window.Grow())
        {
            // What begins within an overlap and ends there says nothing new.
            if (window.End > covered && Lookup(_grams, ids[window.Start..window.End], window.Hash) is var match and > 0)
            {
                covered = Add(ids, window.Start, window.End, match, places, found);
            }

            window.Shrink();
        }
    }

    private void FindWholes(ReadOnlySpan<int> ids, int[] places, List<Overlap> found)
    {
        for (var at = 0; at < ids.Length; at++)
        {
            if (ids[at] == Unknown || !_startsWhole[ids[at]])
            {
                continue;
            }

            foreach (var length in _wholeLengths)
            {
                if (at + length > ids.Length || ids[at + length - 1] == Unknown)
                {
                    break;
                }

                var whole = ids.Slice(at, length);
                if (Lookup(_wholeTable, whole, Hash(whole)) is var match and > 0 && _tokens[match + length] == FieldEnd)
                {
                    Add(ids, at, at + length, match, places, found);
                }
            }
        }
    }

    /// <summary>Follows a match to both sides.</summary>
    /// <returns>Where it ends.</returns>
    private int Add(ReadOnlySpan<int> ids, int start, int end, int match, int[] places, List<Overlap> found)
    {
        var matchEnd = match + end - start;
        while (end < ids.Length && ids[end] == _tokens[matchEnd])
        {
            end++;
            matchEnd++;
        }

        for (var back = 0; back < LongestBack && start > 0 && ids[start - 1] == _tokens[match - 1]; back++)
        {
            start--;
            match--;
        }

        var field = _fieldStarts.BinarySearch(match);
        found.Add(new Overlap(_fieldItems[field < 0 ? ~field - 1 : field], places[start * 2], places[((end - 1) * 2) + 1], end - start));
        return end;
    }

    private static List<Overlap> Distinct(List<Overlap> found)
    {
        var longest = new Dictionary<int, int>();
        for (var i = 0; i < found.Count; i++)
        {
            if (!longest.TryGetValue(found[i].Item, out var other) || found[other].Tokens < found[i].Tokens)
            {
                longest[found[i].Item] = i;
            }
        }

        var distinct = new List<Overlap>();
        var end = 0;
        foreach (var overlap in longest.Values.Select(i => found[i]).OrderBy(o => o.Start).ThenByDescending(o => o.End).ThenBy(o => o.Item))
        {
            if (overlap.End > end)
            {
                distinct.Add(overlap);
                end = overlap.End;
            }
        }

        return distinct;
    }

    private static int TableSize(int entries) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(entries * 2, 16));

    private static int SlotOf(int[] table, ulong hash) => (int)((hash * Base) >> 32) & (table.Length - 1);

    private static ulong Hash(ReadOnlySpan<int> tokens)
    {
        var hash = 0UL;
        foreach (var token in tokens)
        {
            hash = (hash * Base) + Mixed(token);
        }

        return hash;
    }

    private static ulong Mixed(int token)
    {
        var mixed = (ulong)token * 0xBF58476D1CE4E5B9;
        return (mixed ^ (mixed >> 31)) * 0x94D049BB133111EB;
    }

    private static ulong[] PowersOfBase()
    {
        var powers = new ulong[LongestGram];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * Base;
        }

        return powers;
    }

    /// <summary>The gram that begins at a token, and its hash, as it moves through a text.</summary>
    private ref struct Window(OverlapIndex index, ReadOnlySpan<int> tokens, int start)
    {
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

                Hash = (Hash * Base) + Mixed(token);
                _weight += index._weights[token];
            }

            return true;
        }

        /// <summary>Lets the first token go.</summary>
        public void Shrink()
        {
            Hash -= Mixed(_tokens[Start]) * Powers[End - Start - 1];
            _weight -= index._weights[_tokens[Start]];
            Start++;
        }
    }
}
