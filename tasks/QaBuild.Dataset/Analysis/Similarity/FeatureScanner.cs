using System.Globalization;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>Reads texts, one after another, as Han characters, words, numbers and operators.</summary>
internal sealed class FeatureScanner
{
    // Of a longer text the beginning speaks for all: what is made of a text stays small, whatever comes in a pull request.
    private const int LongestText = 1 << 15;
    private const int LongestWord = 64;

    // As many grams weigh as much as the feature that tells a word from its synonyms: with it a word weighs what another of its length weighs.
    private const int LettersOfSynonym = 3;

    // 用户信息表: what tells it from 商品信息表 stands further away, but there verbs stand as well.
    private const int LongestModifier = 2;

    // A blank, a word and a blank: the blanks are the word's ends.
    private readonly char[] _word = new char[LongestWord + 2];
    private readonly bool _grams;
    private readonly SignatureBuilder _signature;
    private bool _afterOr;
    private bool _sentenceStart;
    private bool _code;

    // Han characters that no phrase of the lexicon covers, up to here.
    private int _unlisted;

    /// <param name="grams">Whether words are also taken apart, for texts so short that a misspelt or inflected word matters.</param>
    public FeatureScanner(bool grams) => (_grams, _signature) = (grams, new SignatureBuilder(grams ? FeatureKind.Word : FeatureKind.WholeWord));

    /// <summary>The signature of one text.</summary>
    public TextSignature Scan(ReadOnlySpan<char> text)
    {
        _signature.Clear();
        Add(text);
        return _signature.Build();
    }

    /// <summary>The signature of two texts as one.</summary>
    public TextSignature Scan(ReadOnlySpan<char> text, ReadOnlySpan<char> more)
    {
        _signature.Clear();
        Add(text);
        Add(more);
        return _signature.Build();
    }

    private void Add(ReadOnlySpan<char> text)
    {
        var compatible = CompatibleForm.Of(text[..Math.Min(text.Length, LongestText)]);
        Collect(compatible[..Math.Min(compatible.Length, LongestText)]);
    }

    private void Collect(ReadOnlySpan<char> text)
    {
        (_sentenceStart, _code, _afterOr, _unlisted) = (true, false, false, 0);
        _signature.BeginText(text.ContainsAnyInRange('\u3400', '\uFAFF'));
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (IsHan(c))
            {
                at += Han(text, at);
                continue;
            }

            _unlisted = 0;
            if (char.IsHighSurrogate(c) && at + 1 < text.Length)
            {
                _signature.AddHan(text.Slice(at, 2), FeatureKind.Han);
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
                    _sentenceStart = true;
                    _signature.BeginSentence();
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
            number.TryFormat(digits, out var written, provider: CultureInfo.InvariantCulture);
            _unlisted = 0;
            _signature.AddNumber(digits[..written]);
            return length;
        }

        if (HanLexicon.Match(rest) is not { } phrase)
        {
            _signature.AddHan(rest[..1], FeatureKind.Han);
            _unlisted++;
            return 1;
        }

        length = phrase.Phrase.Length;
        if (phrase.Negates && !(at > 0 && length < rest.Length && text[at - 1] == rest[length]))
        {
            _signature.Negate();
        }

        _signature.AddEnd(phrase.End);
        if (phrase.IsNoun)
        {
            Modifiers(text[(at - Math.Min(_unlisted, LongestModifier))..at]);
        }

        // 外键约束: what is a noun itself may say which one the next is.
        _unlisted = phrase.IsNoun ? _unlisted + length : 0;
        if (phrase.Directs)
        {
            _signature.Direct();
        }

        if (phrase.Meaning is not null)
        {
            _signature.AddHan(phrase.Meaning, phrase.Kind);
            return length;
        }

        for (var i = 0; i < length; i++)
        {
            _signature.AddHan(rest.Slice(i, 1), phrase.Kind);
        }

        return length;
    }

    private void Modifiers(ReadOnlySpan<char> characters)
    {
        if (HanLexicon.IsModifier(characters))
        {
            foreach (ref readonly var character in characters)
            {
                _signature.AddModifier(new ReadOnlySpan<char>(in character));
            }
        }
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
        if (digits == 0 && length < LongestWord && (rest.StartsWith("#") || rest.StartsWith("++")))
        {
            var marks = rest[0] == '#' ? 1 : 2;
            rest[..marks].CopyTo(_word.AsSpan(length));
            (length, end) = (length + marks, end + marks);
        }

        var word = _word.AsSpan(1, length - 1);
        if (digits > 0)
        {
            _signature.AddNumber(word);
            _sentenceStart = false;
            return end - at;
        }

        var suffix = Suffix(rest);
        var negation = suffix == 2 && rest[1] is 't' or 'T' && word[^1] == 'n';
        if (negation)
        {
            _signature.Negate();
            _signature.AddFunctionWord("not", FeatureKind.Negation, capital: false);
            word = word.Length > 1 ? word[..^1] : word;
        }

        var sign = _code || (at > 0 && text[at - 1] == '_') || (end < text.Length && text[end] == '_') || (capitals > 0 && !first) || (capitals > 1 && capitals < length - 1)
            ? NameSign.Identifier
            : capitals > 1 || (first && !_sentenceStart) ? NameSign.Capital : NameSign.None;
        AddWord(word, sign, first);
        _sentenceStart = false;
        return end + suffix - at;
    }

    private void AddWord(Span<char> word, NameSign sign, bool capital)
    {
        var hash = Feature.Hash(word);
        if (EnglishWords.Digits(hash) is { Length: > 0 } digits)
        {
            _signature.AddNumber(digits);
            return;
        }

        var kind = EnglishWords.Kind(hash);
        if (kind != FeatureKind.Word)
        {
            // "…, or not?" asks the same as without.
            if (kind == FeatureKind.Negation && !_afterOr)
            {
                _signature.Negate();
            }

            if (word is "to" or "into" or "than")
            {
                _signature.Direct();
            }

            _afterOr = word is "or";
            _signature.AddFunctionWord(word, kind, capital);
            return;
        }

        _afterOr = false;
        var last = word[^1];
        hash = Feature.Hash(EnglishWords.Stem(word));
        word[^1] = last;
        _signature.AddEnd(EnglishWords.End(hash));
        var commonest = _grams ? EnglishWords.Commonest(hash) : null;
        if (commonest is { IsSpelling: false })
        {
            _signature.AddSynonym(hash, commonest.StemHash, word, sign, capital);
            AddGrams(commonest.Word, Math.Clamp(word.Length - LettersOfSynonym, 0, commonest.Word.Length));
            return;
        }

        if (commonest is not null)
        {
            commonest.Word.CopyTo(_word.AsSpan(1));
            word = _word.AsSpan(1, commonest.Word.Length);
            hash = commonest.StemHash;
        }

        _signature.AddWord(hash, word, sign, capital);
        if (_grams)
        {
            AddGrams(word, word.Length);
        }
    }

    private void AddGrams(ReadOnlySpan<char> word, int count)
    {
        word.CopyTo(_word.AsSpan(1));
        _word[word.Length + 1] = ' ';
        for (var i = 0; i < count; i++)
        {
            _signature.AddGram(_word.AsSpan(i, 3));
        }
    }

    private int Operator(ReadOnlySpan<char> text)
    {
        var length = 1;
        while (length < text.Length && length < LongestWord && IsOfOperator(text[length]))
        {
            length++;
        }

        _signature.AddOperator(text[..length]);
        return length;
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
