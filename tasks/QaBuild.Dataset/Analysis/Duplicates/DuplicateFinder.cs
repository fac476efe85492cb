using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Duplicates;

/// <summary>Finds the pairs of units that ask or say the same or nearly the same. Wordings of one file are never paired: they are meant to ask the same.</summary>
internal static class DuplicateFinder
{
    /// <summary>All pairs, those of same questions first.</summary>
    /// <param name="units">In the order of their paths.</param>
    /// <param name="wordings">Of all units, in their order.</param>
    /// <param name="analyses">Of each unit.</param>
    /// <param name="threshold">From which similarity texts are paired; 1 pairs equal ones only.</param>
    /// <param name="parallel">Threads and cancellation; they do not change the result.</param>
    /// <exception cref="OperationCanceledException">The parallel options' token was cancelled.</exception>
    public static IReadOnlyList<UnitPair> Find(IReadOnlyList<QaUnit> units, Wording[] wordings, UnitAnalysis[] analyses, double threshold, ParallelOptions parallel)
    {
        List<UnitPair> pairs = [], sameAnswers = [];
        var questions = new Wording[units.Count];
        foreach (var wording in wordings)
        {
            questions[wording.Unit] = wording.IsParaphrase ? questions[wording.Unit] : wording;
        }

        Parallel.Invoke(parallel, () => AddSameQuestions(wordings, pairs), () => AddSameAnswers(questions, analyses, sameAnswers));
        if (threshold < 1)
        {
            foreach (var asked in ByContext(wordings))
            {
                AddSimilar(DuplicateKind.Question, asked, w => w.Signature, threshold, parallel, pairs);
            }

            foreach (var asked in ByContext(questions))
            {
                AddSimilar(DuplicateKind.Pair, asked, w => analyses[w.Unit].PairSignature!, threshold, parallel, pairs);
            }
        }

        pairs.AddRange(sameAnswers);
        return pairs;
    }

    private static void AddSameQuestions(Wording[] wordings, List<UnitPair> pairs)
    {
        var keys = new TextKey[wordings.Length];
        var index = new TextKeyIndex(keys);
        TextKey passage = default;
        for (var i = 0; i < wordings.Length; i++)
        {
            // The same words about another passage ask something else.
            if (!wordings[i].IsParaphrase)
            {
                passage = wordings[i].Source.FrontMatter.Context is { } context ? TextKey.Of(context.Text) : default;
            }

            keys[i] = wordings[i].Key.About(passage);
            var first = wordings[index.FirstWith(i)];
            if (first.Unit != wordings[i].Unit)
            {
                pairs.Add(UnitPair.Of(DuplicateKind.SameQuestion, first, wordings[i], 1));
            }
        }
    }

    // Apart before they are compared: of texts that come in masses not every pair is found, and a stock question of each passage is such a text.
    private static IEnumerable<Wording[]> ByContext(Wording[] wordings) =>
        Array.TrueForAll(wordings, w => w.Source.FrontMatter.Context is null)
            ? [wordings]
            : wordings.GroupBy(w => w.Source.FrontMatter.Context?.Text, StringComparer.Ordinal).Select(g => g.ToArray()).Where(g => g[0].Unit != g[^1].Unit);

    private static void AddSimilar(DuplicateKind kind, Wording[] wordings, Func<Wording, TextSignature> signatureOf, double threshold, ParallelOptions parallel, List<UnitPair> pairs)
    {
        var signatures = new TextSignature[wordings.Length];
        Chunks.For(signatures.Length, parallel, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                signatures[i] = signatureOf(wordings[i]);
            }
        });
        foreach (var pair in SimilarityJoin.Find(signatures, threshold, parallel))
        {
            var (first, second) = (wordings[pair.First], wordings[pair.Second]);
            if (first.Unit != second.Unit)
            {
                pairs.Add(UnitPair.Of(kind, first, second, pair.Score));
            }
        }
    }

    private static void AddSameAnswers(Wording[] questions, UnitAnalysis[] analyses, List<UnitPair> pairs)
    {
        var keys = new TextKey[questions.Length];
        var index = new TextKeyIndex(keys);
        for (var i = 0; i < questions.Length; i++)
        {
            // That they decline in the same words is no fault of negatives.
            if (questions[i].Source.FrontMatter.Negative || analyses[i].Answer is not { } key)
            {
                continue;
            }

            keys[i] = key;
            if (index.FirstWith(i) is var first && first != i)
            {
                pairs.Add(UnitPair.Of(DuplicateKind.SameAnswer, questions[first], questions[i], 1));
            }
        }
    }
}
