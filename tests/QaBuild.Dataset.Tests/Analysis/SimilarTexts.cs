namespace QaBuild.Dataset.Tests.Analysis;

/// <summary>Seeded texts of few words, so that many are alike.</summary>
internal static class SimilarTexts
{
    private static readonly string[] English =
        "how do I create an index on a large table without blocking writes Vacuum FULL Paris three 15 9.6 before after replica primary don't reading query slowly paper document Replication Replicaton".Split(' ');

    private static readonly string[] Chinese = "怎么 如何 创建 索引 大表 不 阻塞 写入 主库 从库 什么 是 事务 三个 两 十五 查询 的 吗 为什么 慢 之前 之后 金额列 日期列".Split(' ');

    public static string[] Make(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => (i % 3) switch
        {
            0 => string.Join(' ', Words(random, English)),
            1 => string.Concat(Words(random, Chinese)) + "？",
            _ => string.Concat(Words(random, Chinese)) + " " + string.Join(' ', Words(random, English)),
        })];
    }

    private static IEnumerable<string> Words(Random random, string[] words)
    {
        var start = random.Next(words.Length);
        return Enumerable.Range(0, random.Next(1, 14)).Select(i => random.Next(5) == 0 ? words[random.Next(words.Length)] : words[(start + i) % words.Length]).ToArray();
    }
}
