using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Tests.Analysis;

public class TextSimilarityTests
{
    [Theory]
    [InlineData("How do I create an index without blocking writes?", "how do I create an index, without blocking writes")]
    [InlineData("如何在不阻塞写入的情况下创建索引？", "怎样在不阻塞写入的情况下创建索引")]
    [InlineData("In a composite index, does the order of the columns matter?", "Does the order of the columns matter in a composite index?")]
    [InlineData("您知道备库怎么接管写入吗？", "你知道备库怎么接管写入吗？")]
    [InlineData("把 work_mem 设成 64MB 有什么影响？", "把 ｗｏｒｋ＿ｍｅｍ 设成 ６４ＭＢ 有什么影响？")]
    [InlineData("Why can't I drop three tables at once?", "Why can't I drop 3 tables at once?")]
    [InlineData("What's the largest table in my database cluster?", "What is the largest table in my database cluster?")]
    public void Another_spelling_order_or_form_of_address_is_an_error(string a, string b) => Assert.InRange(Questions(a, b), TextSimilarity.ErrorThreshold, 1);

    [Theory]
    [InlineData("Describe the process of making cheese from fresh milk.", "Describe the method of making cheese from fresh milk.")]
    [InlineData("Describe the process of making cheese from fresh milk.", "Describe the whole process of making cheese from fresh milk.")]
    [InlineData("部分索引在什么情况下比普通索引更合适？", "部分索引在什么场景下比普通索引更合适？")]
    [InlineData("What is the difference between a materialized view and a view?", "What is the diffrence between a materialized view and a view?")]
    public void An_edited_word_is_a_warning(string a, string b) => Assert.InRange(Questions(a, b), TextSimilarity.WarnThreshold, TextSimilarity.ErrorThreshold);

    [Theory]
    [InlineData("Which documents do I need to open a bank account abroad?", "Which papers do I need to open a bank account abroad?")]
    [InlineData("How do I fix a leaking tap?", "How do I repair a leaking tap?")]
    [InlineData("Which kind of shoes should I buy for hiking?", "Which type of shoes should I purchase for hiking?")]
    [InlineData("Why is my picture so dark?", "WHY IS MY PHOTO SO DARK?")]
    public void A_word_of_the_same_meaning_is_a_warning_at_least(string a, string b) => Assert.InRange(Questions(a, b), TextSimilarity.WarnThreshold, 0.95);

    [Theory]
    [InlineData("Which colour do the walls of a small bathroom need?", "Which colours does the wall of a small bathroom need?")]
    [InlineData("What is quantity surveying and who needs it?", "What is Quantity Surveying and who needs it?")]
    public void A_word_that_is_another_of_its_meaning_is_read_in_any_form_and_case(string a, string b) => Assert.InRange(Questions(a, b), TextSimilarity.ErrorThreshold, 1);

    [Theory]
    [InlineData("怎么用 logical replication 把一个大库迁移到新服务器？", "怎么用 logical replicaton 把一个大库迁移到新服务器？")]
    [InlineData("怎么用 partition 把历史数据拆开存放？", "怎么用 parttition 把历史数据拆开存放？")]
    [InlineData("How do I migrate a database from Oracle to PostgreSQL?", "How do I migrate a database from Oracle to PostrgeSQL?")]
    [InlineData(
        "What is the best time of the year to visit the lakes and the mountains of Switzerland with two children and a dog?",
        "What is the best time of the year to visit the lakes and the mountains of Switzeland with two children and a dog?")]
    public void A_slip_in_a_name_is_a_warning_and_never_an_error(string a, string b) => Assert.InRange(Questions(a, b), TextSimilarity.WarnThreshold, TextSimilarity.MostOfMisspelt);

    [Theory]
    [InlineData("怎么用 pg_dump 备份一个大库到新服务器？", "怎么用 pg_dumpall 备份一个大库到新服务器？")]
    [InlineData("把列类型设成 varchar 会有什么影响？", "把列类型设成 nvarchar 会有什么影响？")]
    [InlineData("把主键类型设成 SERIAL 有什么不好？", "把主键类型设成 BIGSERIAL 有什么不好？")]
    [InlineData("函数 lpad 在这条查询里应该怎么用？", "函数 rpad 在这条查询里应该怎么用？")]
    [InlineData("什么时候应该用 json 类型存数据？", "什么时候应该用 jsonb 类型存数据？")]
    [InlineData("What is the population of Slovakia these days?", "What is the population of Slovenia these days?")]
    [InlineData("怎么从 Oracle 经过 Kafka 迁移到 PostgreSQL？", "怎么从 Oracle 经过 Flink 迁移到 PostgresSQL？")]
    [InlineData("What does the command `show` print in this client?", "What does the command `display` print in this client?")]
    public void A_name_that_is_spelt_much_alike_is_another(string a, string b) => AssertTwins(a, b);

    [Theory]
    [InlineData("怎么给 orders 表的金额列加上非空约束？", "怎么给 orders 表的日期列加上非空约束？")]
    [InlineData("为什么唯一约束不能加在这张表上？", "为什么外键约束不能加在这张表上？")]
    [InlineData("从杭州站坐地铁到西湖要多久？", "从苏州站坐地铁到西湖要多久？")]
    [InlineData("办理招商银行的信用卡需要什么材料？", "办理工商银行的信用卡需要什么材料？")]
    public void What_stands_before_a_noun_names_it(string a, string b) => AssertTwins(a, b);

    [Theory]
    [InlineData("怎么给 orders 表的金额列加上非空约束？", "怎么给 orders 表的列加上非空约束？")]
    [InlineData("怎样修改表的名字而不影响视图？", "怎样更改表的名字而不影响视图？")]
    [InlineData("在线上加一列会不会锁住整张表？", "在线上加一列会不会锁住每张表？")]
    [InlineData("怎样给订单，也就是表，加上注释？", "怎样给商品订单，也就是表，加上注释？")]
    public void A_verb_or_a_measure_before_a_noun_does_not_name_it(string a, string b) => Assert.InRange(Questions(a, b), TextSimilarity.WarnThreshold, 1);

    [Theory]
    [InlineData("How much memory do I give shared_buffers on a server with 16 GB?", "How much memory do I give shared_buffers on a server with 64 GB?")]
    [InlineData("What is new in PostgreSQL 16.1 for logical replication users?", "What is new in PostgreSQL 16.2 for logical replication users?")]
    [InlineData("怎么查出最近七天没有登录过的用户？", "怎么查出最近三十天没有登录过的用户？")]
    [InlineData("What costs a room for two nights in the old town?", "What costs a room for five nights in the old town?")]
    [InlineData("从 PostgreSQL 怎么连接到 utf8 数据库？", "从 PostgreSQL 怎么连接到 utf16 数据库？")]
    public void Texts_that_differ_in_a_number_are_twins(string a, string b) => AssertTwins(a, b);

    [Theory]
    [InlineData("Which plants in my garden are safe for cats?", "Which plants in my garden are not safe for cats?")]
    [InlineData("Why does the planner use my index on created_at?", "Why doesn't the planner use my index on created_at?")]
    [InlineData("Can I take the night train to Venice with a reservation?", "Can I take the night train to Venice without a reservation?")]
    [InlineData("哪些 DDL 语句能在事务里执行？", "哪些 DDL 语句不能在事务里执行？")]
    [InlineData("Which extensions can be installed by a superuser only?", "Which extensions can be installed by a non-superuser only?")]
    public void Texts_of_which_one_is_negated_are_twins(string a, string b) => AssertTwins(a, b);

    [Theory]
    [InlineData("When should I use a GIN index on a large text column?", "When should I use a BRIN index on a large text column?")]
    [InlineData("Does VACUUM lock the table while it is running?", "Does VACUUM FULL lock the table while it is running?")]
    [InlineData("怎样把 MySQL 的数据迁移过来？", "怎样把 Oracle 的数据迁移过来？")]
    [InlineData("What does the operator `->` return for a json column?", "What does the operator `->>` return for a json column?")]
    [InlineData("What does the setting work_mem do for a large sort?", "What does the setting sort_mem do for a large sort?")]
    [InlineData("How do I read a large file line by line in C# code?", "How do I read a large file line by line in C++ code?")]
    public void Texts_that_differ_in_a_name_are_twins(string a, string b) => AssertTwins(a, b);

    [Theory]
    [InlineData("主库宕机以后怎样恢复写入服务？", "从库宕机以后怎样恢复写入服务？")]
    [InlineData("What happens to open transactions when I enable synchronous commit?", "What happens to open transactions when I disable synchronous commit?")]
    [InlineData("调大 random_page_cost 对执行计划有什么影响？", "调小 random_page_cost 对执行计划有什么影响？")]
    [InlineData("How do I convert a timestamp to a Unix epoch?", "How do I convert a Unix epoch to a timestamp?")]
    [InlineData("怎样把人民币换成日元最划算？", "怎样把日元换成人民币最划算？")]
    public void Texts_that_say_the_opposite_are_twins(string a, string b) => AssertTwins(a, b);

    [Theory]
    [InlineData("是不是要先停库？", "是否要先停库？")]
    [InlineData("Can dogs eat grapes?", "Can dogs eat grapes or not?")]
    [InlineData("这两种隔离级别有什么不同的地方呢？", "这两种隔离级别有什么不同的地方？")]
    public void A_question_for_yes_or_no_is_no_negation(string a, string b) => Assert.InRange(Questions(a, b), TextSimilarity.WarnThreshold, 1);

    [Theory]
    [InlineData("什么是索引？", "什么是视图？")]
    [InlineData("怎么建表？", "怎么删表？")]
    [InlineData("What is a view?", "What is a role?")]
    [InlineData("WAL 是什么？", "MVCC 是什么？")]
    [InlineData("Joins", "Views")]
    [InlineData("谁？", "吗？")]
    [InlineData("😀", "😡")]
    [InlineData("->", "->>")]
    [InlineData("the", "of")]
    public void Short_texts_do_not_collapse_into_one(string a, string b) => Assert.InRange(Questions(a, b), 0, TextSimilarity.MostOfTwins);

    [Theory]
    [InlineData("两个事务互相等对方释放锁怎么办？", "发生死锁时应该怎样处理？")]
    [InlineData("How do I see which queries are running right now?", "Is there a way to list the statements that the server is executing?")]
    public void Another_wording_is_no_error(string a, string b) => Assert.InRange(Questions(a, b), 0, TextSimilarity.ErrorThreshold - 0.01);

    [Fact]
    public void The_similarity_of_two_texts_does_not_depend_on_which_comes_first()
    {
        var signatures = Array.ConvertAll(SimilarTexts.Make(8, 300), t => TextSignature.OfQuestion(t));
        for (var i = 1; i < signatures.Length; i++)
        {
            Assert.Equal(TextSimilarity.Of(signatures[i], signatures[i - 1]), TextSimilarity.Of(signatures[i - 1], signatures[i]));
        }
    }

    [Fact]
    public void Pairs_with_another_answer_are_told_apart_and_pairs_with_an_edited_one_are_not()
    {
        const string Question = "How do I find the largest tables of a database?";
        var pair = TextSignature.OfPair(Question, "Query the catalog with the size functions, order the rows by size and read the first of them.");
        var edited = TextSignature.OfPair(Question, "Query the catalog with the size functions, sort the rows by size and read the first of them.");
        var other = TextSignature.OfPair(Question, "Look into the data folder of the server and list its files with their dates and owners.");
        Assert.InRange(TextSimilarity.Of(pair, edited), TextSimilarity.WarnThreshold, 1);
        Assert.InRange(TextSimilarity.Of(pair, other), 0, TextSimilarity.WarnThreshold);
    }

    [Fact]
    public void No_axis_of_opposites_shares_its_bit_with_another() => Assert.InRange(Opposites.All.Max(o => Math.Abs(o.End)), 1, 64);

    [Fact]
    public void A_word_has_one_meaning_and_says_something()
    {
        var groups = $"{EnglishSynonyms.Meanings}\n{EnglishSynonyms.Spellings}".Split('\n').Select(l => l.Split(' ')).ToArray();
        var words = groups.SelectMany(g => g).ToArray();
        var stems = words.Select(w => EnglishWords.Stem(w.ToCharArray()).ToString()).ToArray();
        Assert.Equal(stems.Length, stems.Distinct().Count());
        Assert.All(groups, g => Assert.InRange(g.Length, 2, 5));
        Assert.All(words, w => Assert.Equal((FeatureKind.Word, ""), (EnglishWords.Kind(w), EnglishWords.Digits(w))));
        Assert.All(groups, g => Assert.False(Ends(g).Any(e => e > 0) && Ends(g).Any(e => e < 0), g[0]));

        static IEnumerable<int> Ends(string[] group) => group.Select(w => EnglishWords.End(Feature.Hash(EnglishWords.Stem(w.ToCharArray()))));
    }

    private static double Questions(string a, string b) => TextSimilarity.Of(TextSignature.OfQuestion(a), TextSignature.OfQuestion(b));

    private static void AssertTwins(string a, string b)
    {
        Assert.InRange(Questions(a, b), 0, TextSimilarity.MostOfTwins + 0.05);
        Assert.InRange(Questions(a, a), 1, 1);
    }
}
