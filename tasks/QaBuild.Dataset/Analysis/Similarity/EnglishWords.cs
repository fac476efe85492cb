namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>English words that say little, negate or count, and the stem of a word.</summary>
internal static class EnglishWords
{
    private const string Articles =
        "a an the of to in on at by for from with as than that this these those it its so then there here into onto about per via also just very too please such any some "
        + "really only even more most other another own do does did";

    private const string Auxiliaries =
        "is are was were ca wo sha be been being am done have has had having will would shall should can could may might must get gets got getting let lets make if and or but while "
        + "because though although during between";

    private const string Pronouns = "i you he she we they me him her us them my your his our their mine yours myself yourself someone anyone people person";
    private const string Questions = "what which who whom whose when where why how whether";
    private const string Negations = "not non no never without cannot none nothing nor unable neither";
    private const string Numbers =
        "two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 thirteen:13 fourteen:14 fifteen:15 sixteen:16 seventeen:17 eighteen:18 "
        + "nineteen:19 twenty:20 thirty:30 forty:40 fifty:50 sixty:60 seventy:70 eighty:80 ninety:90 hundred:100 thousand:1000 million:1000000 billion:1000000000";

    private static readonly WordTable<FeatureKind> Kinds = ReadKinds();
    private static readonly WordTable<string> Values = ReadValues();
    private static readonly WordTable<int> Ends = ReadEnds();
    private static readonly WordTable<CommonestWord?> Synonyms = ReadSynonyms();

    /// <summary><see cref="FeatureKind.Word"/> for all words but the listed.</summary>
    public static FeatureKind Kind(ReadOnlySpan<char> lower) => Kind(Feature.Hash(lower));

    /// <summary>The same for the hash of a word.</summary>
    public static FeatureKind Kind(ulong hash) => Kinds.Find(hash);

    /// <summary>The digits of a number word; empty for any other word.</summary>
    public static string Digits(ReadOnlySpan<char> lower) => Digits(Feature.Hash(lower));

    /// <summary>The same for the hash of a word.</summary>
    public static string Digits(ulong hash) => Values.Find(hash);

    /// <summary>At which end of which axis a stem stands; see <see cref="Opposites.All"/>.</summary>
    public static int End(ulong stemHash) => Ends.Find(stemHash);

    /// <summary>The word that stands for all of its meaning, for a word of this stem that is another of them; null for any other word.</summary>
    public static CommonestWord? Commonest(ulong stemHash) => Synonyms.Find(stemHash);

    /// <summary>The word without the commonest endings. Writes into the word's own characters.</summary>
    public static ReadOnlySpan<char> Stem(Span<char> word)
    {
        if (word.Length > 4 && word.EndsWith("ies"))
        {
            return word[..^2];
        }

        if (word.Length > 3 && word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i'))
        {
            word = word[..^1];
        }

        if (word.Length > 5 && word.EndsWith("ing"))
        {
            word = word[..^3];
        }
        else if (word.Length > 4 && word.EndsWith("ed"))
        {
            word = word[..^2];
        }

        if (word.Length > 4 && word.EndsWith("ly"))
        {
            word = word[..^2];
        }

        if (word.Length > 3 && word[^1] == 'e')
        {
            word = word[..^1];
        }
        else if (word.Length > 3 && word[^1] == 'y')
        {
            word[^1] = 'i';
        }

        return word.Length > 3 && word[^1] == word[^2] && word[^1] is not ('a' or 'e' or 'i' or 'o' or 'u') ? word[..^1] : word;
    }

    private static WordTable<FeatureKind> ReadKinds()
    {
        const int Most = 256;
        var kinds = new WordTable<FeatureKind>(Most, FeatureKind.Word);
        Add(Articles, FeatureKind.Article);
        Add(Auxiliaries, FeatureKind.Auxiliary);
        Add(Pronouns, FeatureKind.Pronoun);
        Add(Questions, FeatureKind.Question);
        Add(Negations, FeatureKind.Negation);
        return kinds;

        void Add(string words, FeatureKind kind)
        {
            foreach (var word in words.Split(' '))
            {
                kinds.Add(word, kind);
            }
        }
    }

    private static WordTable<string> ReadValues()
    {
        var numbers = Numbers.Split(' ');
        var values = new WordTable<string>(numbers.Length, "");
        foreach (var number in numbers)
        {
            var colon = number.IndexOf(':', StringComparison.Ordinal);
            values.Add(number.AsSpan(0, colon), number[(colon + 1)..]);
        }

        return values;
    }

    private static WordTable<CommonestWord?> ReadSynonyms()
    {
        const int Most = 256;
        var synonyms = new WordTable<CommonestWord?>(Most, absent: null);
        Add(EnglishSynonyms.Meanings, isSpelling: false);
        Add(EnglishSynonyms.Spellings, isSpelling: true);
        return synonyms;

        void Add(string lines, bool isSpelling)
        {
            foreach (var line in lines.Split('\n'))
            {
                var words = line.Split(' ');
                var commonest = new CommonestWord(words[0], Feature.Hash(Stem(words[0].ToCharArray())), isSpelling);
                foreach (var word in words.AsSpan(1))
                {
                    synonyms.Add(Stem(word.ToCharArray()), commonest);
                }
            }
        }
    }

    private static WordTable<int> ReadEnds()
    {
        var ends = new WordTable<int>(Opposites.All.Count, 0);
        foreach (var opposite in Opposites.All)
        {
            if (char.IsAsciiLetter(opposite.Word[0]))
            {
                ends.Add(Stem(opposite.Word.ToCharArray()), opposite.End);
            }
        }

        return ends;
    }
}
