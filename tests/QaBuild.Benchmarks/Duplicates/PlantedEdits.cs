using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Benchmarks.Duplicates;

/// <summary>A text, the same with one edit, and what the edit was.</summary>
internal sealed record Edit(string Kind, int Source, string Text);

/// <summary>Edits planted in real questions by a seeded generator.</summary>
internal static partial class PlantedEdits
{
    private const int Seed = 3;
    private static readonly string[] Ordinary = ["replaced", "inserted", "deleted"];

    [GeneratedRegex(@"(?<![\w'\-@/.])[a-z]{2,}(?![\w'\-@/])", RegexOptions.ExplicitCapture)]
    private static partial Regex OrdinaryWord { get; }

    /// <summary>One edit of each of so many questions: an ordinary word replaced, inserted or deleted by turns.</summary>
    public static List<Edit> OrdinaryEdits(string[] questions, int count)
    {
        var random = new Random(Seed);
        var words = Enumerable.Range(0, questions.Length / 10).SelectMany(_ => Words(questions[random.Next(questions.Length)])).Select(w => w.Value).ToArray();
        var edits = new List<Edit>();
        while (edits.Count < count)
        {
            var source = random.Next(questions.Length);
            if (Words(questions[source]) is not { Count: > 1 } all)
            {
                continue;
            }

            var (word, other, text, kind) = (all[random.Next(all.Count)], words[random.Next(words.Length)], questions[source], Ordinary[edits.Count % Ordinary.Length]);
            var (before, after) = (text[..word.Index], text[(word.Index + word.Length)..]);
            edits.Add(new Edit(kind, source, kind switch { "replaced" => before + other + after, "inserted" => $"{before}{other} {word.Value}{after}", _ => before + after.TrimStart(' ') }));
        }

        return edits;
    }

    /// <summary>Twins of the same template: another number, another version, negated, another name.</summary>
    public static List<Edit> Twins(string[] questions, int count)
    {
        var random = new Random(Seed);
        var names = "PostgreSQL MySQL Oracle Paris London Einstein Newton Python Java Windows Linux Berlin Toyota Amazon".Split(' ');
        var edits = new List<Edit>();
        while (edits.Count < count)
        {
            var source = random.Next(questions.Length);
            if (Words(questions[source]) is not { Count: > 3 } all)
            {
                continue;
            }

            var (word, text) = (all[random.Next(1, all.Count)], questions[source]);
            var (before, after) = (text[..word.Index], text[word.Index..]);
            var (one, two) = (random.Next(2, 99), random.Next(100, 200));
            string With(string middle) => before + middle + " " + after;
            var (first, second) = (names[random.Next(7)], names[random.Next(7, names.Length)]);
            foreach (var (kind, a, b) in new[]
                     { ("number", With($"{one}"), With($"{two}")), ("version", With($"PostgreSQL {one % 16}.1"), With($"PostgreSQL {one % 16}.2")), ("negation", text, With("not")), ("name", With(first), With(second)) })
            {
                edits.Add(new Edit(kind, edits.Count, a));
                edits.Add(new Edit(kind, edits.Count - 1, b));
            }
        }

        return edits;
    }

    public static string Of(string[] questions)
    {
        var table = new StringBuilder("| edit | pairs | reported as a warning at least | as an error |\n|---|---|---|---|\n");
        var edits = OrdinaryEdits(questions, 9_000);
        var ordinary = edits.Select(e => (e.Kind, Score: Score(questions[e.Source], e.Text))).ToArray();
        Add(ordinary.Select(s => ("one ordinary word", s.Score)));
        Add(ordinary);
        var twins = Twins(questions, 8_000);
        Add(Enumerable.Range(0, twins.Count / 2).Select(i => (twins[2 * i].Kind + " twin", Score(twins[2 * i].Text, twins[(2 * i) + 1].Text))));
        return table.ToString();

        void Add(IEnumerable<(string Kind, double Score)> scores)
        {
            foreach (var kind in scores.GroupBy(s => s.Kind))
            {
                double Share(double threshold) => (double)kind.Count(s => s.Score >= threshold) / kind.Count();
                table.Append(CultureInfo.InvariantCulture, $"| {kind.Key} | {kind.Count():N0} | {Share(TextSimilarity.WarnThreshold):P1} | {Share(TextSimilarity.ErrorThreshold):P1} |\n");
            }
        }
    }

    private static double Score(string a, string b) => TextSimilarity.Of(TextSignature.OfQuestion(a), TextSignature.OfQuestion(b));

    // Numbers and negations make twins, not edits.
    private static List<Match> Words(string text) =>
        [.. OrdinaryWord.Matches(text).Where(m => EnglishWords.Digits(m.ValueSpan).Length == 0 && EnglishWords.Kind(m.ValueSpan) != FeatureKind.Negation)];
}
