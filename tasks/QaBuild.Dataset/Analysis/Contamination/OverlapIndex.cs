using System.Numerics;
using System.Runtime.InteropServices;

namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>
/// Finds the runs of tokens that a text shares with the items of other files. The grams of the items (the shortest runs of <see cref="TokenWeight.Gram"/>
/// from each token on) stand in a hash table; a text is read once, and what a hash finds is compared token by token. Of items that share a gram the
/// first stands for all.
/// </summary>
internal sealed class OverlapIndex
{
    private const int FieldEnd = 0;

    // Further back an overlap is not followed, or repetitive texts would take quadratic time.
    private const int LongestBack = 256;

    private readonly Dictionary<string, int> _vocabulary = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly byte[] _weights;
    private readonly List<int> _fieldStarts = [];
    private readonly List<int> _fieldItems = [];
    private readonly int[] _grams;
    private readonly int[] _wholeTable;
    private readonly bool[] _startsWhole;
    private readonly int[] _wholeLengths;
    private readonly int[] _tokens;

    public OverlapIndex(IReadOnlyList<ForeignItem> items, CancellationToken cancellation)
    {
        _lookup = _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var (tokens, weights, wholes) = (new List<int> { FieldEnd }, new List<byte> { 0 }, new List<int>());
        for (var item = 0; item < items.Count; item++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (AddField(items[item].Question, item, tokens, weights) is >= TokenWeight.Whole and < TokenWeight.Gram)
            {
                wholes.Add(_fieldStarts[^1]);
            }

            AddField(items[item].Answer, item, tokens, weights);
        }

        (_tokens, _weights) = ([.. tokens], [.. weights]);
        _grams = new int[TableSize(_tokens.Length)];
        _wholeTable = new int[TableSize(wholes.Count)];
        _startsWhole = new bool[_weights.Length];
        var lengths = new SortedSet<int>();
        foreach (var start in wholes)
        {
            var length = _tokens.AsSpan(start).IndexOf(FieldEnd);
            Insert(_wholeTable, start, length, TokenHash.Of(_tokens.AsSpan(start, length)));
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

        var (tokens, places) = (new List<int>(), new List<(int Start, int End)>());
        for (var reader = new TokenReader(text); reader.Next();)
        {
            tokens.Add(_lookup.TryGetValue(reader.Token, out var id) ? id : GramWindow.Unknown);
            places.Add((reader.Start, reader.End));
        }

        FindGrams(CollectionsMarshal.AsSpan(tokens), places, found);
        FindWholes(CollectionsMarshal.AsSpan(tokens), places, found);
        return found.Count < 2 ? found : Distinct(found);
    }

    /// <returns>The text's weight.</returns>
    private long AddField(string text, int item, List<int> tokens, List<byte> weights)
    {
        var (start, weight) = (tokens.Count, 0L);
        for (var reader = new TokenReader(text); reader.Next();)
        {
            if (!_lookup.TryGetValue(reader.Token, out var id))
            {
                id = weights.Count;
                _vocabulary.Add(reader.Token.ToString(), id);
                weights.Add(TokenWeight.Of(reader));
            }

            weight += weights[id];
            tokens.Add(id);
        }

        if (weight > 0)
        {
            tokens.Add(FieldEnd);
            _fieldStarts.Add(start);
            _fieldItems.Add(item);
        }

        return weight;
    }

    private void IndexGrams(int start, int end)
    {
        var window = new GramWindow(_tokens.AsSpan(0, end), start, _weights);
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

    private void FindGrams(ReadOnlySpan<int> tokens, List<(int Start, int End)> places, List<Overlap> found)
    {
        var covered = 0;
        var window = new GramWindow(tokens, 0, _weights);
        while (window.Grow())
        {
            // What begins within an overlap and ends there says nothing new.
            if (window.End > covered && Lookup(_grams, tokens[window.Start..window.End], window.Hash) is var match and > 0)
            {
                covered = Add(tokens, window.Start, window.End, match, places, found);
            }

            window.Shrink();
        }
    }

    private void FindWholes(ReadOnlySpan<int> tokens, List<(int Start, int End)> places, List<Overlap> found)
    {
        for (var at = 0; at < tokens.Length; at++)
        {
            if (tokens[at] == GramWindow.Unknown || !_startsWhole[tokens[at]])
            {
                continue;
            }

            foreach (var length in _wholeLengths)
            {
                if (at + length > tokens.Length || tokens[at + length - 1] == GramWindow.Unknown)
                {
                    break;
                }

                var whole = tokens.Slice(at, length);
                if (Lookup(_wholeTable, whole, TokenHash.Of(whole)) is var match and > 0 && _tokens[match + length] == FieldEnd)
                {
                    Add(tokens, at, at + length, match, places, found);
                }
            }
        }
    }

    /// <summary>Follows a match to both sides.</summary>
    /// <returns>Where it ends.</returns>
    private int Add(ReadOnlySpan<int> tokens, int start, int end, int match, List<(int Start, int End)> places, List<Overlap> found)
    {
        var matchEnd = match + end - start;
        while (end < tokens.Length && tokens[end] == _tokens[matchEnd])
        {
            end++;
            matchEnd++;
        }

        for (var back = 0; back < LongestBack && start > 0 && tokens[start - 1] == _tokens[match - 1]; back++)
        {
            start--;
            match--;
        }

        var field = _fieldStarts.BinarySearch(match);
        found.Add(new Overlap(_fieldItems[field < 0 ? ~field - 1 : field], places[start].Start, places[end - 1].End, end - start));
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

    private static int SlotOf(int[] table, ulong hash) => (int)(TokenHash.Mixed(hash) >> 32) & (table.Length - 1);
}
