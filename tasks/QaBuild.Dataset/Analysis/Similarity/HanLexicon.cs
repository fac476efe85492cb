namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>What a Han phrase of the lexicon is.</summary>
/// <param name="Phrase">One character or more.</param>
/// <param name="Kind">Of the feature, or of each character's feature.</param>
/// <param name="Meaning">What synonyms share; null when each character stands for itself.</param>
/// <param name="Negates">Whether it turns a sentence around.</param>
/// <param name="End">See <see cref="Opposites.All"/>; 0 for none.</param>
/// <param name="Directs">Whether it leads from what stands before it to what stands after it.</param>
/// <param name="IsNoun">Whether what stands right before it says which one it is.</param>
internal sealed record HanPhrase(string Phrase, FeatureKind Kind, string? Meaning, bool Negates, int End, bool Directs, bool IsNoun);

/// <summary>Chinese phrases that say little, negate or stand at one of two ends. Chinese is written without blanks, so the longest match is taken.</summary>
internal static class HanLexicon
{
    private const char First = '\u3400';
    private const char Last = '\u9FFF';

    private const string Synonyms = """
        how 怎么样 怎样 怎么 怎麽 如何 咋样 咋 怎
        why 为什么 为何 为啥 干嘛 干吗
        when 什么时候 什么时间 何时 啥时候 几时
        where 什么地方 哪里 哪儿 何处 在哪 哪
        many 多少 几个 几
        long 多久 多长时间
        what 是什么 什么 啥 何
        can 可不可以 能不能 可以 能否 可否 能够 能
        is 是不是 是否 是
        have 有没有 有无 有
        you 您 你
        me 我们 咱们 俺 咱 我
        """;

    private const string Particles = "的地得了着过吗呢吧啊呀嘛么啦哦噢哈呗哟之其们";
    private const string Functions = "于与和跟及或而且则就也都还又再才已以所被把给让由从向对等很太挺更最这那此该些个在到去来上下里中后大家他她它自己";
    private const string Modals = "会要想应需请问谢谁";
    private const string Negations = "不没未无非勿别";

    private const string Directions = "成 到 比 给 换为 转为 改为 变为";

    // 不, 无, 别 … in these is no negation.
    private const string NotNegations =
        "不同 不错 不过 不仅 不但 不只 差不多 对不起 不好意思 不断 不管 不论 不如 不久 不得不 无论 非常 未来 除非 无线 没关系 没事 特别 级别 区别 类别 性别 识别 分别 个别 告别 离别 派别 辨别 鉴别 差别 别人 别的 别处 别名 别墅 别扭";

    // 金额列 and 日期列 are two columns, 杭州站 and 苏州站 two stations.
    private const string Nouns =
        "列 表 库 字段 索引 视图 函数 参数 变量 约束 角色 权限 模式 插件 扩展 日志 文件 目录 类型 格式 协议 触发器 分区 语句 命令 锁 键 序列 游标 快照 数据库 表空间 站 市 省 县 银行 机场 医院 色";

    // What stands before such a noun and does not say which one it is.
    private const string DoNotName =
        "每 某 各 本 整 全 整张 每张 某张 哪张 单张 各张 已有 现有 原有 同一 相同 大量 查看 查询 查找 检查 修改 更改 更新 编辑 统计 计算 建立 重建 清理 清空 清除 使用 迁移 复制 选择 指定 设置 "
        + "设定 配置 管理 维护 优化 分析 监控 显示 列出 合并 拆分 扫描 访问 引用 调用 定义 声明 转换 关联 处理 生成 执行 运行 支持 存储 保存";

    private static readonly HanPhrase[]?[] ByFirst = Index();
    private static readonly WordTable<bool> NotModifiers = ReadNotModifiers();

    /// <summary>The longest phrase at the start of a text, or null.</summary>
    public static HanPhrase? Match(ReadOnlySpan<char> text)
    {
        if (text[0] is < First or > Last || ByFirst[text[0] - First] is not { } phrases)
        {
            return null;
        }

        foreach (var phrase in phrases)
        {
            if (text.StartsWith(phrase.Phrase))
            {
                return phrase;
            }
        }

        return null;
    }

    /// <summary>Whether these characters, right before a noun of the lexicon, say which one it is: all that are not listed.</summary>
    public static bool IsModifier(ReadOnlySpan<char> characters) => !NotModifiers.Find(Feature.Hash(characters));

    private static HanPhrase[]?[] Index()
    {
        var phrases = new Dictionary<string, HanPhrase>(StringComparer.Ordinal);
        void Add(string phrase, FeatureKind kind, string? meaning = null, bool negates = false, int end = 0, bool directs = false, bool isNoun = false) =>
            phrases.TryAdd(phrase, new HanPhrase(phrase, kind, meaning, negates, end, directs, isNoun));

        foreach (var line in Synonyms.Split('\n'))
        {
            var words = line.Trim().Split(' ');
            foreach (var word in words.Skip(1))
            {
                Add(word, words[0] is "you" or "me" ? FeatureKind.HanFunction : FeatureKind.HanQuestion, words[0]);
            }
        }

        foreach (var word in NotNegations.Split(' '))
        {
            Add(word, FeatureKind.Han);
        }

        foreach (var word in Directions.Split(' '))
        {
            Add(word, Functions.Contains(word, StringComparison.Ordinal) ? FeatureKind.HanFunction : FeatureKind.Han, directs: true);
        }

        foreach (var opposite in Opposites.All)
        {
            if (opposite.Word[0] >= First)
            {
                Add(opposite.Word, FeatureKind.Han, end: opposite.End);
            }
        }

        foreach (var word in Nouns.Split(' '))
        {
            Add(word, FeatureKind.Han, isNoun: true);
        }

        AddEach(Particles, FeatureKind.HanParticle);
        AddEach(Functions, FeatureKind.HanFunction);
        AddEach(Modals, FeatureKind.HanQuestion);
        AddEach(Negations, FeatureKind.Negation);
        void AddEach(string characters, FeatureKind kind)
        {
            foreach (var c in characters)
            {
                Add(c.ToString(), kind, negates: kind == FeatureKind.Negation);
            }
        }

        var index = new HanPhrase[]?[Last - First + 1];
        foreach (var group in phrases.Values.GroupBy(p => p.Phrase[0]))
        {
            index[group.Key - First] = [.. group.OrderByDescending(p => p.Phrase.Length)];
        }

        return index;
    }

    private static WordTable<bool> ReadNotModifiers()
    {
        var words = DoNotName.Split(' ');
        var table = new WordTable<bool>(words.Length, absent: false);
        foreach (var word in words)
        {
            table.Add(word, true);
        }

        return table;
    }
}
