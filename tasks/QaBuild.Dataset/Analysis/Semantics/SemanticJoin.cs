using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>Two texts of one meaning in different words.</summary>
/// <param name="First">The index of the one.</param>
/// <param name="Second">The index of the other, which is the larger.</param>
/// <param name="Score">Of both; see <see cref="SemanticSimilarity"/>.</param>
/// <param name="Meaning">The cosine.</param>
/// <param name="Wording">The lexical similarity.</param>
internal sealed record SemanticPair(int First, int Second, double Score, double Meaning, double Wording);

/// <summary>
/// Finds all pairs of texts that are alike in meaning and not already so in their wording, which the lexical join finds. As wording counts for half and is below
/// the lexical threshold, meaning must reach a certain cosine: the pairs that do are found exactly, and looked at one by one.
/// </summary>
internal static class SemanticJoin
{
    /// <summary>The pairs, in ascending order of their indices. Texts of equal key count once, as the first of them.</summary>
    /// <param name="keys">What the texts say.</param>
    /// <param name="text">A text by its index; asked for only where it is needed, from any thread.</param>
    /// <param name="embedder">Of the meaning.</param>
    /// <param name="threshold">Above 0, at most 1.</param>
    /// <param name="lexicalThreshold">From here on a pair is one of the lexical join.</param>
    /// <param name="cacheFile">Where embeddings are kept for the next compile, whatever becomes of this one; null for nowhere.</param>
    /// <param name="options">Threads and cancellation; they do not change the result.</param>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public static IReadOnlyList<SemanticPair> Find(
        TextKey[] keys, Func<int, string> text, IEmbedder embedder, double threshold, double lexicalThreshold, string? cacheFile, ParallelOptions options)
    {
        var (texts, distinct) = Distinct(keys);
        var vectors = Embed(texts, distinct, text, embedder, cacheFile, options);
        var near = CosineJoin.Within(vectors, Math.Max(SemanticSimilarity.LeastMeaning(threshold, lexicalThreshold), double.Epsilon), options);
        var signatures = new TextSignature?[texts.Length];
        var found = new SemanticPair?[near.Length];
        Chunks.For(near.Length, options, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var (first, second, meaning) = near[i];
                var one = signatures[first] ??= TextSignature.OfQuestion(text(texts[first]));
                var other = signatures[second] ??= TextSignature.OfQuestion(text(texts[second]));
                var wording = TextSimilarity.Of(one, other);
                var score = SemanticSimilarity.Of(meaning, wording);
                if (score >= threshold && wording < lexicalThreshold && !SemanticSimilarity.AreTwins(one, other))
                {
                    found[i] = new SemanticPair(texts[first], texts[second], score, meaning, wording);
                }
            }
        });
        return [.. found.OfType<SemanticPair>()];
    }

    private static (int[] Texts, TextKey[] Keys) Distinct(TextKey[] keys)
    {
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(order, (a, b) => keys[a].High != keys[b].High ? keys[a].High.CompareTo(keys[b].High) : keys[a].Low != keys[b].Low ? keys[a].Low.CompareTo(keys[b].Low) : a.CompareTo(b));
        var texts = Array.FindAll(Enumerable.Range(0, order.Length).ToArray(), i => i == 0 || keys[order[i]] != keys[order[i - 1]]);
        texts = Array.ConvertAll(texts, i => order[i]);
        Array.Sort(texts);
        return (texts, Array.ConvertAll(texts, t => keys[t]));
    }

    private static UnitVectors Embed(int[] texts, TextKey[] keys, Func<int, string> text, IEmbedder embedder, string? cacheFile, ParallelOptions options)
    {
        var cache = EmbeddingCache.Read(cacheFile, embedder);
        var vectors = new UnitVectors(texts.Length, embedder.Dimensions);
        var fresh = 0;
        Chunks.For(texts.Length, options, (from, to) =>
        {
            var vector = new float[embedder.Dimensions];
            for (var i = from; i < to; i++)
            {
                if (!cache.TryGet(keys[i], vectors[i]))
                {
                    embedder.Embed(text(texts[i]), vector);
                    vectors.Set(i, vector);
                    Interlocked.Increment(ref fresh);
                }
            }
        });
        if (fresh > 0 && cacheFile is not null)
        {
            cache.Write(cacheFile, keys, vectors);
        }

        return vectors;
    }
}
