namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>What speaks for a word to be a name.</summary>
internal enum NameSign : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It begins with a capital, and no sentence begins with it.</summary>
    Capital,

    /// <summary>It stands in code, has an underscore or a capital inside, or consists of operators.</summary>
    Identifier,
}

/// <summary>Collects the features and facts of one text after another in arrays of its own.</summary>
internal sealed class SignatureBuilder(FeatureKind wordKind)
{
    private const int DirectedWords = 3;

    private uint[] _features = new uint[256];
    private int _count;
    private ulong[] _names = new ulong[32];
    private NameSign[] _signs = new NameSign[32];
    private int _nameCount;
    private ulong[] _numbers = new ulong[16];
    private int _numberCount;
    private int _words;
    private int _capitalWords;
    private int _hanCharacters;
    private bool _negated;
    private bool _holdsHan;
    private Sides _ends;
    private Sides _directions;
    private ulong _before;
    private bool _beforeSays;
    private ulong _latest;
    private int _targetsLeft;
    private uint[] _modifiers = new uint[16];
    private int _modifierCount;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _count = _nameCount = _modifierCount = _numberCount = _words = _capitalWords = _hanCharacters = 0;
        (_ends, _directions, _negated, _holdsHan) = (default, default, false, false);
    }

    /// <summary>What comes has nothing to its left.</summary>
    /// <param name="holdsHan">Whether a word of it may be a foreign one in a Chinese text, whatever letters it begins with.</param>
    public void BeginText(bool holdsHan)
    {
        (_before, _latest, _targetsLeft) = (0, 0, 0);
        _holdsHan |= holdsHan;
    }

    /// <summary>What comes is no target of an earlier <see cref="Direct"/>.</summary>
    public void BeginSentence() => _targetsLeft = 0;

    public void Negate() => _negated = !_negated;

    /// <summary>See <see cref="Opposites.All"/>.</summary>
    public void AddEnd(int end) => _ends = _ends.With(end);

    public void AddGram(ReadOnlySpan<char> gram) => Add(Feature.Hash(gram), FeatureKind.Gram);

    /// <summary>A Han character, or a phrase as one.</summary>
    public void AddHan(ReadOnlySpan<char> character, FeatureKind kind)
    {
        _hanCharacters++;
        var hash = Feature.Hash(character);
        var says = kind is FeatureKind.Han or FeatureKind.Negation;
        if (_before != 0 && _beforeSays != says)
        {
            Add((_before * 31) + hash, FeatureKind.HanBridge);
        }

        Add(hash, kind);
        After(hash, says);
    }

    /// <summary>A Han character that says of a noun which one it is; added as a character before.</summary>
    public void AddModifier(ReadOnlySpan<char> character)
    {
        if (_modifierCount == _modifiers.Length)
        {
            Array.Resize(ref _modifiers, _modifierCount * 2);
        }

        _modifiers[_modifierCount++] = Feature.Of(Feature.Hash(character), FeatureKind.Han);
    }

    /// <summary>A word that says little.</summary>
    public void AddFunctionWord(ReadOnlySpan<char> word, FeatureKind kind, bool capital)
    {
        CountWord(capital);
        var hash = Feature.Hash(word);
        Add(hash, kind);
        After(hash, kind == FeatureKind.Negation);
    }

    /// <summary>A word that says something.</summary>
    public void AddWord(ulong stemHash, ReadOnlySpan<char> word, NameSign sign, bool capital)
    {
        CountWord(capital);
        AddName(Add(stemHash, wordKind), word, sign);
        After(stemHash, says: true);
    }

    /// <summary>A word that says something and is not the commonest of its meaning.</summary>
    public void AddSynonym(ulong stemHash, ulong commonestHash, ReadOnlySpan<char> word, NameSign sign, bool capital)
    {
        CountWord(capital);
        Add(commonestHash, wordKind);
        AddName(Add(stemHash, FeatureKind.Synonym), word, sign);
        After(commonestHash, says: true);
    }

    public void AddOperator(ReadOnlySpan<char> characters) => AddName(Add(Feature.Hash(characters), wordKind), characters, NameSign.Identifier);

    public void AddNumber(ReadOnlySpan<char> digits)
    {
        var hash = Feature.Hash(digits);
        Add(hash, FeatureKind.Number);
        After(hash, says: true);
        if (_numberCount == _numbers.Length)
        {
            Array.Resize(ref _numbers, _numberCount * 2);
        }

        _numbers[_numberCount++] = hash;
    }

    /// <summary>What was said before <c>to</c> goes to the one side, what is said after it to the other.</summary>
    public void Direct()
    {
        for (var i = 0; i < DirectedWords; i++)
        {
            _directions = _directions.With((byte)(_latest >> (8 * i)));
        }

        _targetsLeft = DirectedWords;
    }

    public TextSignature Build() => new(Distinct(_features, _count), Names(), Distinct(_modifiers, _modifierCount), Numbers(), _ends, _directions, _negated, wordKind);

    private void CountWord(bool capital)
    {
        _words++;
        _capitalWords += capital ? 1 : 0;
    }

    private uint Add(ulong hash, FeatureKind kind)
    {
        if (_count == _features.Length)
        {
            Array.Resize(ref _features, _count * 2);
        }

        return _features[_count++] = Feature.Of(hash, kind);
    }

    private void AddName(uint feature, ReadOnlySpan<char> word, NameSign sign)
    {
        if (_nameCount == _names.Length)
        {
            Array.Resize(ref _names, _nameCount * 2);
            Array.Resize(ref _signs, _nameCount * 2);
        }

        (_names[_nameCount], _signs[_nameCount++]) = (TextSignature.Name(feature, word.Length, sign != NameSign.None || _holdsHan ? Spelling.Of(word) : 0), sign);
    }

    private void After(ulong hash, bool says)
    {
        (_before, _beforeSays) = (hash, says);
        if (says)
        {
            var bit = 1 + (int)((hash * 0x9E3779B97F4A7C15) >> 58);
            _latest = (_latest << 8) | (uint)bit;
            if (_targetsLeft > 0)
            {
                _targetsLeft--;
                _directions = _directions.With(-bit);
            }
        }
    }

    // Foreign words in a Chinese text are names in any letters; where most words begin with a capital, capitals tell nothing.
    private ulong[] Names()
    {
        var chinese = _hanCharacters > _words;
        var title = _words > 3 && _capitalWords * 5 > _words * 3;
        var count = 0;
        for (var i = 0; i < _nameCount; i++)
        {
            if (chinese || _signs[i] == NameSign.Identifier || (!title && _signs[i] != NameSign.None))
            {
                _names[count++] = _names[i];
            }
        }

        return Distinct(_names, count);
    }

    // The bits of a feature would confuse some numbers of a large set, and nothing else tells twins apart.
    private ulong Numbers()
    {
        Array.Sort(_numbers, 0, _numberCount);
        ulong all = 0;
        for (var i = 0; i < _numberCount; i++)
        {
            if (i == 0 || _numbers[i] != _numbers[i - 1])
            {
                all = (all ^ _numbers[i]) * 0x9E3779B97F4A7C15;
                all ^= all >> 32;
            }
        }

        return all;
    }

    private static T[] Distinct<T>(T[] values, int count)
        where T : struct, IEquatable<T>
    {
        Array.Sort(values, 0, count);
        var distinct = 0;
        for (var i = 0; i < count; i++)
        {
            if (i == 0 || !values[i].Equals(values[i - 1]))
            {
                values[distinct++] = values[i];
            }
        }

        return values.AsSpan(0, distinct).ToArray();
    }
}
