using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Tests.Analysis.Semantics;

public sealed class CosineJoinTests
{
    private static readonly ParallelOptions Parallel = new();

    [Theory]
    [InlineData(1, 3, 0.5)]
    [InlineData(300, 1, 0.9)]
    [InlineData(700, 5, 0.98)]
    [InlineData(1100, 33, 0.7)]
    [InlineData(1030, 128, 0.45)]
    public void The_pairs_are_those_of_comparing_each_with_each_by_any_number_of_threads(int count, int dimensions, double threshold)
    {
        var vectors = Vectors(count, dimensions, seed: count);
        var expected = new List<SimilarPair>();
        for (var j = 0; j < count; j++)
        {
            expected.AddRange(Best(Enumerable.Range(0, j).Select(i => new SimilarPair(i, j, UnitVectors.Cosine(vectors[i], vectors[j]))), threshold));
        }

        var pairs = expected.OrderBy(p => p.First).ThenBy(p => p.Second).ToArray();
        Assert.True(count == 1 || pairs.Length > 50, $"{pairs.Length} pairs are too few to test with");
        Assert.All([1, 2, 7], threads => Assert.Equal(pairs, CosineJoin.Within(vectors, threshold, new ParallelOptions { MaxDegreeOfParallelism = threads })));
    }

    [Theory]
    [InlineData(5, 900)]
    [InlineData(900, 5)]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    public void The_pairs_of_two_sets_are_those_of_comparing_each_with_each(int first, int second)
    {
        UnitVectors one = Vectors(first, 20, seed: 1), other = Vectors(second, 20, seed: 2);
        var expected = Enumerable.Range(0, second).SelectMany(j => Best(Enumerable.Range(0, first).Select(i => new SimilarPair(i, j, UnitVectors.Cosine(one[i], other[j]))), 0.6));

        Assert.Equal(expected.OrderBy(p => p.First).ThenBy(p => p.Second), CosineJoin.Between(one, other, 0.6, Parallel));
    }

    [Fact]
    public void A_thousand_texts_of_one_mould_keep_their_best_pairs_and_no_more()
    {
        var vectors = new UnitVectors(1000, 4);
        for (var i = 0; i < vectors.Count; i++)
        {
            vectors.Set(i, [100, 5 * (i % 7), 0, 0]);
        }

        var pairs = CosineJoin.Within(vectors, 0.9, Parallel);
        Assert.Equal((64 * 936) + (63 * 64 / 2), pairs.Length);
        Assert.All(pairs.Where(p => p.Second >= 700), p => Assert.True(p is { Score: 1 } && p.First % 7 == p.Second % 7 && p.First < 7 * 64));
    }

    [Fact]
    public void A_vector_without_a_direction_is_like_no_other()
    {
        var vectors = new UnitVectors(3, 2);
        vectors.Set(0, [0, 0]);
        vectors.Set(1, [float.MaxValue, float.NaN]);
        vectors.Set(2, [float.MaxValue, float.MaxValue]);

        Assert.Empty(CosineJoin.Within(vectors, 0.01, Parallel));
        Assert.Equal(1, UnitVectors.Cosine(vectors[2], vectors[2]), 1e-4);
    }

    // The join keeps the best pairs of each second vector; of equal ones, the first.
    private static IEnumerable<SimilarPair> Best(IEnumerable<SimilarPair> pairs, double threshold) =>
        pairs.Where(p => p.Score >= threshold).OrderByDescending(p => p.Score).ThenBy(p => p.First).Take(CosineJoin.MostPairs);

    /// <summary>Vectors around some centres, so that many pairs lie on either side of a threshold.</summary>
    private static UnitVectors Vectors(int count, int dimensions, int seed)
    {
        var random = new Random(seed);
        var vectors = new UnitVectors(count, dimensions);
        var centres = Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, dimensions).Select(k => (random.NextSingle() - 0.5f) / (k + 1)).ToArray()).ToArray();
        for (var i = 0; i < count; i++)
        {
            vectors.Set(i, [.. centres[random.Next(40)].Select((c, k) => c + ((random.NextSingle() - 0.5f) * 0.5f / (k + 1)))]);
        }

        return vectors;
    }
}
