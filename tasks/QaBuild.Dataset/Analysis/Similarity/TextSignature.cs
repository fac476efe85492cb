using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>
/// What two texts need be compared by: weighted features, and facts that tell a text from its twin of the same template. It depends on its own text only,
/// so that it can be kept, and so that no other text changes what two texts have in common.
/// </summary>
internal sealed class TextSignature
{
    private const uint LowBits = 15;
    private const int MostBytesOfCount = 5;

    [ThreadStatic]
    private static FeatureScanner? _questions;

    [ThreadStatic]
    private static FeatureScanner? _pairs;

    private readonly uint[] _features;
    private readonly ulong[] _names;
    private readonly uint[] _modifiers;
    private readonly ulong _numbers;
    private readonly FeatureKind _wordKind;

    internal TextSignature(uint[] features, ulong[] names, uint[] modifiers, ulong numbers, Sides ends, Sides directions, bool negated, FeatureKind wordKind)
    {
        (_features, _names, _modifiers, _numbers, Ends, Directions, Negated, _wordKind) = (features, names, modifiers, numbers, ends, directions, negated, wordKind);
        foreach (var feature in features)
        {
            Weight += Feature.Weight(feature);
            ContentHash = (ContentHash ^ feature) * 0x100000001B3;
        }

        foreach (var name in names)
        {
            ContentHash = (ContentHash ^ name) * 0x100000001B3;
        }

        foreach (var modifier in modifiers)
        {
            ContentHash = (ContentHash ^ modifier) * 0x100000001B3;
        }
    }

    /// <summary>Distinct, ascending.</summary>
    public ReadOnlySpan<uint> Features => _features;

    /// <summary>The sum of the features' weights; 0 for a text without words, which is like no other.</summary>
    public int Weight { get; }

    /// <summary>The same in texts with the same numbers that are negated alike.</summary>
    public ulong Facts => Negated ? ~_numbers : _numbers;

    /// <summary>Which ends of which axes; see <see cref="Opposites"/>.</summary>
    public Sides Ends { get; }

    /// <summary>What stands before and what after words such as <c>to</c>: 64 bits of hashes.</summary>
    public Sides Directions { get; }

    /// <summary>Whether the text holds an odd number of negations.</summary>
    public bool Negated { get; }

    /// <summary>Bytes that <see cref="Write"/> needs at most.</summary>
    public int MostBytes => 1 + (5 * sizeof(ulong)) + (3 * MostBytesOfCount) + ((_features.Length + _modifiers.Length) * sizeof(uint)) + (_names.Length * sizeof(ulong));

    internal ulong ContentHash { get; }

    /// <summary>The signature of a question.</summary>
    public static TextSignature OfQuestion(ReadOnlySpan<char> question) => (_questions ??= new FeatureScanner(grams: true)).Scan(question);

    /// <summary>
    /// The signature of a question with its answer. Texts of this length tell themselves apart by whole words, which are a quarter of the features. Not to be
    /// compared with signatures of questions.
    /// </summary>
    public static TextSignature OfPair(ReadOnlySpan<char> question, ReadOnlySpan<char> answer) => (_pairs ??= new FeatureScanner(grams: false)).Scan(question, answer);

    /// <summary>Writes the signature.</summary>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> bytes)
    {
        bytes[0] = (byte)((Negated ? 1 : 0) | (_wordKind == FeatureKind.Word ? 2 : 0) | (Ends != default ? 4 : 0) | (Directions != default ? 8 : 0) | (_numbers != 0 ? 16 : 0)
                           | (_names.Length > 0 ? 32 : 0) | (_modifiers.Length > 0 ? 64 : 0));
        var at = 1;
        if (_numbers != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], _numbers);
            at += sizeof(ulong);
        }

        at += WriteSides(bytes[at..], Ends);
        at += WriteSides(bytes[at..], Directions);
        at += WriteAll(bytes[at..], _features);
        at += _names.Length > 0 ? WriteAll(bytes[at..], MemoryMarshal.Cast<ulong, uint>(_names)) : 0;
        return at + (_modifiers.Length > 0 ? WriteAll(bytes[at..], _modifiers) : 0);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="bytes">Begins with a signature.</param>
    /// <param name="length">The bytes read.</param>
    /// <exception cref="ArgumentException">The bytes are no signature.</exception>
    public static TextSignature Read(ReadOnlySpan<byte> bytes, out int length)
    {
        if (bytes.IsEmpty)
        {
            throw new ArgumentException("A signature has at least one byte.", nameof(bytes));
        }

        var flags = bytes[0];
        length = 1;
        var numbers = (flags & 16) != 0 ? ReadNumber(bytes, ref length) : 0;
        var ends = (flags & 4) != 0 ? ReadSides(bytes, ref length) : default;
        var directions = (flags & 8) != 0 ? ReadSides(bytes, ref length) : default;
        var features = ReadAll(bytes, ref length);
        var names = (flags & 32) != 0 ? ReadAll(bytes, ref length) : [];
        var modifiers = (flags & 64) != 0 ? ReadAll(bytes, ref length) : [];
        return new TextSignature(features, Joined(names), modifiers, numbers, ends, directions, (flags & 1) != 0, (flags & 2) != 0 ? FeatureKind.Word : FeatureKind.WholeWord);
    }

    /// <summary>The hash of a feature, four bits of the word's length, and its <see cref="Spelling"/>.</summary>
    internal static ulong Name(uint feature, int length, uint spelling) => ((ulong)((feature & ~LowBits) | (uint)Math.Min(length, (int)LowBits)) << 32) | spelling;

    /// <summary>Whether the other signature is the same in all that is compared.</summary>
    internal bool HasContentOf(TextSignature other) =>
        ContentHash == other.ContentHash && Facts == other.Facts && Ends == other.Ends && Directions == other.Directions
        && _features.AsSpan().SequenceEqual(other._features) && _names.AsSpan().SequenceEqual(other._names)
        && _modifiers.AsSpan().SequenceEqual(other._modifiers);

    /// <summary>What the names of this text that the other has not weigh.</summary>
    internal int WeightOfNamesMissingIn(TextSignature other)
    {
        var weight = 0;
        foreach (var name in _names)
        {
            if (other.Misses(name))
            {
                weight += NameWeight(Length(name));
            }
        }

        return weight;
    }

    /// <summary>What the Han characters weigh that stand before a noun in this text and nowhere in the other.</summary>
    internal int WeightOfModifiersMissingIn(TextSignature other)
    {
        var weight = 0;
        foreach (var modifier in _modifiers)
        {
            weight += Array.BinarySearch(other._features, modifier) < 0 ? Feature.Weight(modifier) + Feature.Weight((uint)FeatureKind.HanBridge) : 0;
        }

        return weight;
    }

    /// <summary>Whether each name of this text that the other has not is, but for a slip, a name of the other that this text has not.</summary>
    internal bool HasOnlySlipsOf(TextSignature other)
    {
        foreach (var name in _names)
        {
            if (other.Misses(name) && !Array.Exists(other._names, n => Spelling.IsSlip((uint)name, Length(name), (uint)n, Length(n)) && Misses(n)))
            {
                return false;
            }
        }

        return true;
    }

    private static int Length(ulong name) => (int)(name >> 32) & (int)LowBits;

    private bool Misses(ulong name)
    {
        var hash = (uint)(name >> 32) & ~LowBits;
        return Array.BinarySearch(_features, hash | (uint)_wordKind) < 0 && Array.BinarySearch(_features, hash | (uint)FeatureKind.Synonym) < 0;
    }

    // With its grams, as the word counts in the sum.
    private int NameWeight(int length) =>
        Feature.Weight((uint)_wordKind) + (_wordKind == FeatureKind.Word ? length * Feature.Weight((uint)FeatureKind.Gram) : 0);

    private static int WriteAll(Span<byte> bytes, ReadOnlySpan<uint> values)
    {
        var at = 0;
        for (var rest = (uint)values.Length; ; rest >>= 7)
        {
            bytes[at++] = (byte)(rest < 0x80 ? rest : rest | 0x80);
            if (rest < 0x80)
            {
                break;
            }
        }

        foreach (var value in values)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);
            at += sizeof(uint);
        }

        return at;
    }

    private static uint[] ReadAll(ReadOnlySpan<byte> bytes, ref int at)
    {
        uint count = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[at..(at + 1)][0];
            at++;
            count |= (uint)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                break;
            }

            ArgumentOutOfRangeException.ThrowIfGreaterThan(shift, 21);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, (uint)((bytes.Length - at) / sizeof(uint)));
        var length = (int)count * sizeof(uint);
        var values = new uint[count];
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Cast<byte, uint>(bytes.Slice(at, length)).CopyTo(values);
        }
        else
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + (i * sizeof(uint)))..]);
            }
        }

        at += length;
        return values;
    }

    private static ulong[] Joined(uint[] halves) =>
        halves.Length % 2 == 0 ? MemoryMarshal.Cast<uint, ulong>(halves).ToArray() : throw new ArgumentException("A name has two halves.", nameof(halves));

    private static int WriteSides(Span<byte> bytes, Sides sides)
    {
        if (sides == default)
        {
            return 0;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, sides.One);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[sizeof(ulong)..], sides.Other);
        return 2 * sizeof(ulong);
    }

    private static Sides ReadSides(ReadOnlySpan<byte> bytes, ref int at) => new(ReadNumber(bytes, ref at), ReadNumber(bytes, ref at));

    private static ulong ReadNumber(ReadOnlySpan<byte> bytes, ref int at)
    {
        var number = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
        at += sizeof(ulong);
        return number;
    }
}
