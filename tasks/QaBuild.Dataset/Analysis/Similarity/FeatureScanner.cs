using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>Collects the features and facts of texts, one after another, in arrays of its own.</summary>
internal sealed class FeatureScanner
{
    // Of a longer text the beginning speaks for all: what is made of a text stays small, whatever comes in a pull request.
    private const int LongestText = 1 << 15;
    private const int LongestWord = 64;
    private const int DirectedWords = 3;

    private readonly char[] _word = new char[LongestWord + 2];
    private readonly FeatureKind _wordKind;
    private uint[] _features = new uint[256];
    private int _count;
    private uint[] _names = new uint[32];
    private NameSign[] _signs = new NameSign[32];
    private int _nameCount;
    private ulong[] _numbers = new ulong[16];
    private int _numberCount;
    private int _latinWords;
    private int _capitalWords;
    private int _hanCharacters;
    private bool _negated;
    private Sides _ends;
    private Sides _directions;
    private ulong _latest;
    private int _targetsLeft;
    private bool _afterOr;
    private ulong _before;
    private bool _beforeSays;
    private bool _sentenceStart;
    private bool _code;

    /// <param name="grams">Whether words are also taken apart, for texts so short that a misspelt or inflected word matters.</param>
    public FeatureScanner(bool grams) => _wordKind = grams ? FeatureKind.Word : FeatureKind.WholeWord;

    private enum NameSign : byte
    {
        None,
        Capital,
        Capitals,
        Identifier,
    }

    /// <summary>The signature of one text, or of several as one.</summary>
    public TextSignature Scan(params ReadOnlySpan<string> texts)
    {
        _count = _nameCount = _numberCount = _latinWords = _capitalWords = _hanCharacters = 0;
        (_ends, _directions, _negated) = (default, default, false);
        foreach (var text in texts)
        {
            var compatible = CompatibleForm.Of(text.Length > LongestText ? text[..LongestText] : text);
            Collect(compatible.AsSpan(0, Math.Min(compatible.Length, LongestText)));
        }

        return new TextSignature(Distinct(_features, _count), Names(), Numbers(), _ends, _directions, _negated, _wordKind);
    }

    private void Collect(ReadOnlySpan<char> text)
    {
        (_sentenceStart, _code, _afterOr, _before, _latest, _targetsLeft) = (true, false, false, 0, 0, 0);
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (IsHan(c))
            {
                at += Han(text, at);
            }
            else if (char.IsHighSurrogate(c) && at + 1 < text.Length)
            {
                Han(text.Slice(at, 2), FeatureKind.Han);
                at += 2;
            }
            else if (IsOfWord(c))
            {
                at += Word(text, at);
            }
            else if (IsOfOperator(c))
            {
                at += Operator(text[at..]);
            }
            else
            {
                _code ^= c == '`';
                if (c is '.' or '?' or '!' or ':' or ';' or '。' or '？' or '！' or '"' or '“' or '(' or '\n')
                {
                    (_sentenceStart, _targetsLeft) = (true, 0);
                }

                at++;
            }
        }
    }

    private int Han(ReadOnlySpan<char> text, int at)
    {
        var rest = text[at..];
        var length = HanNumber.Read(rest, at > 0 && text[at - 1] == '第', out var number);
        if (length > 0)
        {
            Span<char> digits = stackalloc char[20];
            _hanCharacters += length;
            number.TryFormat(digits, out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
            AddNumber(digits[..written]);
            return length;
        }

        if (HanLexicon.Match(rest) is not { } phrase)
        {
            Han(rest[..1], FeatureKind.Han);
            return 1;
        }

        length = phrase.Phrase.Length;
        if (phrase.Negates && !(at > 0 && length < rest.Length && text[at - 1] == rest[length]))
        {
            _negated = !_negated;
        }

        End(phrase.End);
        if (phrase.Directs)
        {
            Direct();
        }

        if (phrase.Meaning is not null)
        {
            Han(phrase.Meaning, phrase.Kind);
            return length;
        }

        for (var i = 0; i < length; i++)
        {
            Han(rest.Slice(i, 1), phrase.Kind);
        }

        return length;
    }

    private void Han(ReadOnlySpan<char> character, FeatureKind kind)
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

    private int Word(ReadOnlySpan<char> text, int at)
    {
        var (end, length) = (at, 1);
        int digits = 0, capitals = 0;
        _word[0] = ' ';
        while (end < text.Length && length <= LongestWord && (IsOfWord(text[end]) || IsInNumber(text, end, at)))
        {
            var c = text[end++];
            if (c != ',')
            {
                _word[length++] = char.ToLowerInvariant(c);
                digits += char.IsDigit(c) ? 1 : 0;
                capitals += char.IsUpper(c) ? 1 : 0;
            }
        }

        var first = char.IsUpper(text[at]);
        var rest = text[end..];
        if (digits == 0 && (rest.StartsWith("#") || rest.StartsWith("++")))
        {
            var marks = rest[0] == '#' ? 1 : 2;
            rest[..marks].CopyTo(_word.AsSpan(length));
            (length, end) = (Math.Min(length + marks, LongestWord + 1), end + marks);
        }

        var word = _word.AsSpan(1, length - 1);
        if (digits > 0)
        {
            AddNumber(word);
            return end - at;
        }

        var suffix = Suffix(rest);
        var negation = suffix == 2 && rest[1] is 't' or 'T' && word[^1] == 'n';
        if (negation)
        {
            _negated = !_negated;
            Add(Feature.Hash("not"), FeatureKind.Negation);
            word = word.Length > 1 ? word[..^1] : word;
        }

        var sign = _code || (at > 0 && text[at - 1] == '_') || (end < text.Length && text[end] == '_') || (capitals > 0 && !first) || (capitals > 1 && capitals < length - 1)
            ? NameSign.Identifier
            : capitals > 1 ? NameSign.Capitals : first && !_sentenceStart ? NameSign.Capital : NameSign.None;
        AddWord(word, sign, first);
        _sentenceStart = false;
        return end + suffix - at;
    }

    private void AddNumber(ReadOnlySpan<char> digits)
    {
        var hash = Feature.Hash(digits);
        Add(hash, FeatureKind.Number);
        After(hash, says: true);
        _sentenceStart = false;
        if (_numberCount == _numbers.Length)
        {
            Array.Resize(ref _numbers, _numberCount * 2);
        }

        _numbers[_numberCount++] = hash;
    }

    private void AddWord(Span<char> word, NameSign sign, bool capital)
    {
        if (EnglishWords.Digits(word) is { Length: > 0 } digits)
        {
            AddNumber(digits);
            return;
        }

        _latinWords++;
        _capitalWords += capital ? 1 : 0;
        var kind = EnglishWords.Kind(word);
        if (kind != FeatureKind.Word)
        {
            // "…, or not?" asks the same as without.
            _negated ^= kind == FeatureKind.Negation && !_afterOr;
            _afterOr = word is "or";
            if (word is "to" or "into" or "than")
            {
                Direct();
            }

            var function = Feature.Hash(word);
            Add(function, kind);
            After(function, kind == FeatureKind.Negation);
            return;
        }

        if (_wordKind == FeatureKind.Word)
        {
            // The blanks around the word are its ends.
            _word[word.Length + 1] = ' ';
            for (var i = 0; i < word.Length; i++)
            {
                Add(Feature.Hash(_word.AsSpan(i, 3)), FeatureKind.Gram);
            }
        }

        _afterOr = false;
        var length = word.Length;
        var hash = Feature.Hash(EnglishWords.Stem(word));
        End(EnglishWords.End(hash));
        AddName(Add(hash, _wordKind), length, sign);
        After(hash, says: true);
    }

    private int Operator(ReadOnlySpan<char> text)
    {
        var length = 1;
        while (length < text.Length && length < LongestWord && IsOfOperator(text[length]))
        {
            length++;
        }

        AddName(Add(Feature.Hash(text[..length]), _wordKind), length, NameSign.Identifier);
        return length;
    }

    private uint Add(ulong hash, FeatureKind kind)
    {
        if (_count == _features.Length)
        {
            Array.Resize(ref _features, _count * 2);
        }

        return _features[_count++] = Feature.Of(hash, kind);
    }

    private void AddName(uint feature, int length, NameSign sign)
    {
        if (_nameCount == _names.Length)
        {
            Array.Resize(ref _names, _nameCount * 2);
            Array.Resize(ref _signs, _nameCount * 2);
        }

        (_names[_nameCount], _signs[_nameCount++]) = (TextSignature.Name(feature, length), sign);
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

    // What is said before 'to' goes to the one side, what is said after it to the other.
    private void Direct()
    {
        for (var i = 0; i < DirectedWords; i++)
        {
            _directions = _directions.With((byte)(_latest >> (8 * i)));
        }

        _targetsLeft = DirectedWords;
    }

    private void End(int end) => _ends = _ends.With(end);

    // Foreign words in a Chinese text are names in any letters; where most words begin with a capital, capitals tell nothing.
    private uint[] Names()
    {
        var chinese = _hanCharacters > _latinWords;
        var title = _latinWords > 3 && _capitalWords * 5 > _latinWords * 3;
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

    private static uint[] Distinct(uint[] values, int count)
    {
        Array.Sort(values, 0, count);
        var distinct = 0;
        for (var i = 0; i < count; i++)
        {
            if (i == 0 || values[i] != values[i - 1])
            {
                values[distinct++] = values[i];
            }
        }

        return values.AsSpan(0, distinct).ToArray();
    }

    internal static bool IsHan(char c) => c is >= '\u3400' and <= '\u9FFF' or >= '\uF900' and <= '\uFAFF';

    private static bool IsOfWord(char c) => char.IsAsciiLetterOrDigit(c) || (c >= '\u0080' && char.IsLetterOrDigit(c) && !IsHan(c));

    private static bool IsOfOperator(char c) => c is '<' or '>' or '=' or '~' or '@' or '^' or '|' or '%' or '+';

    private static bool IsInNumber(ReadOnlySpan<char> text, int at, int start) =>
        at > start && char.IsAsciiDigit(text[at - 1]) && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])
        && (text[at] == '.' || (text[at] == ',' && at + 3 < text.Length && char.IsAsciiDigit(text[at + 2]) && char.IsAsciiDigit(text[at + 3])));

    // The length of 's, n't, 're …
    private static int Suffix(ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] is not ('\'' or '’'))
        {
            return 0;
        }

        var end = 1;
        while (end < rest.Length && end < 4 && char.IsAsciiLetter(rest[end]))
        {
            end++;
        }

        return end is 2 or 3 ? end : 0;
    }
}
