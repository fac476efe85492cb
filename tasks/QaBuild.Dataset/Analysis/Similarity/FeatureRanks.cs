namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>Ranks the features of texts by how many texts have them. Those that one text alone has are left out: they are never shared.</summary>
internal sealed class FeatureRanks
{
    // A power of two, and not the number of threads: the ranks must not depend on that.
    private const int ShardBits = 3;
    private const int Shards = 1 << ShardBits;
    private const int Alone = -1;

    private readonly TextSignature[] _signatures;
    private readonly int[] _texts;
    private readonly bool _factsTellApart;
    private readonly int[][] _ids;
    private readonly int[] _rankOf;

    public FeatureRanks(TextSignature[] signatures, int[] texts, bool factsTellApart, ParallelOptions options)
    {
        (_signatures, _texts, _factsTellApart) = (signatures, texts, factsTellApart);
        _ids = Array.ConvertAll(texts, t => new int[signatures[t].Features.Length]);
        var shards = new FeatureTable[Shards];
        Chunks.Each(Shards, options, shard => shards[shard] = Collect((uint)shard));

        // Counting sort by frequency; the order in which features were first seen breaks ties.
        var starts = new int[texts.Length + 2];
        foreach (var shard in shards)
        {
            for (var id = 0; id < shard.Count; id++)
            {
                starts[shard.FrequencyOf(id) + 1]++;
            }
        }

        starts[2] = 0;
        for (var frequency = 3; frequency < starts.Length; frequency++)
        {
            starts[frequency] += starts[frequency - 1];
        }

        _rankOf = new int[Array.ConvertAll(shards, s => s.Count).Max() * Shards];
        Weights = new byte[starts[^1]];
        for (var shard = 0; shard < Shards; shard++)
        {
            for (var id = 0; id < shards[shard].Count; id++)
            {
                var frequency = shards[shard].FrequencyOf(id);
                var rank = frequency == 1 ? Alone : starts[frequency]++;
                _rankOf[(id << ShardBits) | shard] = rank;
                if (rank != Alone)
                {
                    Weights[rank] = (byte)Feature.Weight((uint)shards[shard].KeyOf(id));
                }
            }
        }
    }

    /// <summary>The weight of each rank.</summary>
    public byte[] Weights { get; }

    /// <summary>The ranks of a text's features, ascending.</summary>
    public int[] RanksOf(int text)
    {
        var ids = _ids[text];
        var count = 0;
        foreach (var id in ids)
        {
            if (_rankOf[id] is var rank and not Alone)
            {
                ids[count++] = rank;
            }
        }

        var ranks = ids.AsSpan(0, count).ToArray();
        Array.Sort(ranks);
        return ranks;
    }

    private FeatureTable Collect(uint shard)
    {
        var table = new FeatureTable();
        for (var x = 0; x < _texts.Length; x++)
        {
            var signature = _signatures[_texts[x]];
            var facts = _factsTellApart ? signature.Facts & 0xFFFFFFFF00000000 : 0;
            var features = signature.Features;
            var ids = _ids[x];
            for (var k = 0; k < features.Length; k++)
            {
                if (features[k] >> (32 - ShardBits) == shard)
                {
                    ids[k] = (table.Add(features[k] | facts) << ShardBits) | (int)shard;
                }
            }
        }

        return table;
    }
}
