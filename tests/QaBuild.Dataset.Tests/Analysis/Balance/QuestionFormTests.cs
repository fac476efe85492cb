using QaBuild.Dataset.Analysis.Balance;

namespace QaBuild.Dataset.Tests.Analysis.Balance;

public sealed class QuestionFormTests
{
    [Theory]
    [InlineData("Where is the SQL query optimizer?", "where")]
    [InlineData("What is a query plan?", "what")]
    [InlineData("What is the difference between WHERE and HAVING clauses?", "difference")]
    [InlineData("How do rank() and dense_rank() differ?", "difference")]
    [InlineData("Why is indexing important for query performance?", "why")]
    [InlineData("How to identify slow queries in a database system", "how")]
    [InlineData("When is it safe to drop a slot?", "when")]
    [InlineData("Who holds the lock?", "who")]
    [InlineData("By which rules does add_path() keep a path?", "which")]
    [InlineData("For how long is a row locked?", "howMany")]
    [InlineData("HOW MANY connections are enough?", "howMany")]
    [InlineData("Does PostgreSQL have hints?", "whether")]
    [InlineData("Is it okay to kill a backend?", "whether")]
    [InlineData("Isn't that slow?", "whether")]
    [InlineData("Rewrite the sentence in the passive voice.", "other")]
    [InlineData("", "other")]
    public void A_question_is_told_by_the_word_that_it_asks_with(string question, string form) => Assert.Equal(form, QuestionForms.Of(question).Name());

    [Theory]
    [InlineData("什么是快照？", "what")]
    [InlineData("查询优化器的代码在哪里？", "where")]
    [InlineData("`timestamp` 和 `timestamptz` 有什么区别？", "difference")]
    [InlineData("表文件为什么没有变小？", "why")]
    [InlineData("怎样不停业务地建索引？", "how")]
    [InlineData("如何识别慢查询", "how")]
    [InlineData("autovacuum 在什么情况下会执行 VACUUM？", "when")]
    [InlineData("两者该在什么时候用？", "when")]
    [InlineData("是谁拖住了清理边界？", "who")]
    [InlineData("打开哪个参数，备库会升为主库？", "which")]
    [InlineData("应该建索引还是调参数？", "which")]
    [InlineData("一张表最多有多少列？", "howMany")]
    [InlineData("备库真的落后了吗？", "whether")]
    [InlineData("直接建索引会不会阻塞写入？", "whether")]
    [InlineData("写一首关于秋天的诗。", "other")]
    public void A_chinese_question_asks_anywhere_in_its_sentence(string question, string form) => Assert.Equal(form, QuestionForms.Of(question).Name());

    [Theory]
    [InlineData("My code locks a row. When it commits, all is well. Why is the other one lost?", "why")]
    [InlineData("After an `INSERT` with a generated id, how does my application learn it?", "how")]
    [InlineData("备库上跑长报表时会报错。这两个参数该怎么取舍？", "how")]
    [InlineData("Really? Where does it say so?", "where")]
    [InlineData("给 `WHERE a = ? AND b = ?` 建索引，列的顺序怎么排？", "how")]
    [InlineData("```sql\nSELECT why FROM how WHERE a = ?\n```\nWhat is slow here?", "what")]
    [InlineData("It costs 1.5 seconds. Where do they go?", "where")]
    public void The_sentence_that_asks_counts_and_not_the_story_before_it(string question, string form) => Assert.Equal(form, QuestionForms.Of(question).Name());

    [Fact]
    public void A_question_of_megabytes_is_judged_by_its_beginning() =>
        Assert.Equal(("why", "other"), (QuestionForms.Of("Why? " + new string('`', 1 << 22)).Name(), QuestionForms.Of(new string('x', 1 << 22) + ". Why?").Name()));
}
