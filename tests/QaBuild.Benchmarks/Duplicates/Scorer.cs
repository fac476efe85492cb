using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Benchmarks.Duplicates;

/// <summary>A way to say how alike two texts are.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Score">Higher is more alike.</param>
/// <param name="Error">From where on it is an error; null for a yardstick.</param>
/// <param name="Warn">From where on it is a warning; null for a yardstick.</param>
internal sealed record Scorer(string Name, Func<string, string, double> Score, double? Error = null, double? Warn = null)
{
    /// <summary>The rows of the quality table. A scorer that reads a model adds itself here when its files are there.</summary>
    public static IEnumerable<Scorer> All =>
    [
        new("word 3-grams", (a, b) => Jaccard(WordGrams(a), WordGrams(b))),
        new("character 3-grams", (a, b) => Jaccard(CharacterGrams(a), CharacterGrams(b))),
        new(
            "lexical default", (a, b) => TextSimilarity.Of(TextSignature.OfQuestion(a), TextSignature.OfQuestion(b)),
            TextSimilarity.ErrorThreshold, TextSimilarity.WarnThreshold),
        new("lexical, whole words", (a, b) => TextSimilarity.Of(TextSignature.OfPair(a, ""), TextSignature.OfPair(b, ""))),
    ];

    private static double Jaccard(HashSet<string> a, HashSet<string> b)
    {
        var shared = a.Count(b.Contains);
        return a.Count + b.Count == shared ? 0 : (double)shared / (a.Count + b.Count - shared);
    }

    private static HashSet<string> WordGrams(string text)
    {
        var words = new List<string>();
        var word = "";
        foreach (var c in text.ToLowerInvariant() + " ")
        {
            var han = c is >= '\u3400' and <= '\u9FFF';
            if (char.IsLetterOrDigit(c) && !han)
            {
                word += c;
                continue;
            }

            if (word.Length > 0)
            {
                words.Add(word);
                word = "";
            }

            if (han)
            {
                words.Add(c.ToString());
            }
        }

        return words.Count is > 0 and < 3 ? [string.Join(' ', words)] : [.. Enumerable.Range(0, Math.Max(0, words.Count - 2)).Select(i => string.Join(' ', words.GetRange(i, 3)))];
    }

    private static HashSet<string> CharacterGrams(string text)
    {
        var plain = string.Join(' ', text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return plain.Length is > 0 and < 3 ? [plain] : [.. Enumerable.Range(0, Math.Max(0, plain.Length - 2)).Select(i => plain.Substring(i, 3))];
    }
}
