namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class AnswerLanguageTests
{
    private const string English = "An index speeds up reading, because fewer pages of the table have to be looked at.";
    private const string Chinese = "索引能加快读取，因为需要查看的数据页更少。";

    [Theory]
    [InlineData("索引有什么用？", English)]
    [InlineData("`pg_index` 是什么？", English + "\n\n```sql\n-- 查询\nSELECT 1;\n```")]
    [InlineData("What is an index good for?", Chinese)]
    [InlineData("What is an index good for?", Chinese + "\n\n```sql\nSELECT relname FROM pg_class WHERE relkind = 'i';\n```")]
    public void An_answer_in_another_language_is_a_warning_at_the_answer(string question, string answer)
    {
        Assert.Equal(["QA5012(23,1)"], Judged.Answer(answer, question).Found);
    }

    [Theory]
    [InlineData("索引有什么用？", Chinese)]
    [InlineData("What is an index good for?", English)]
    [InlineData("索引有什么用？", "```sql\nselect this from that where one is the other and all of it is so and so;\n```")]
    [InlineData("哪个视图显示会话？", "pg_stat_activity")]
    [InlineData("哪个命令？", "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND wait_event IS NULL GROUP BY datname, usename ORDER BY count DESC;")]
    [InlineData("把这句话翻译成英文：索引能加快读取。", English)]
    [InlineData("用“shimmer”造一个句子。", "As the sun sets, the shimmer of the sea is a memory that one does not forget.")]
    [InlineData("Translate into Chinese: " + English, Chinese)]
    [InlineData("What is an index good for?", "インデックスは読み取りを速くします。表の多くの頁を見る必要がありません。")]
    [InlineData("What is the capital of China?", "北京")]
    [InlineData("for (int i = 0; i < count_rows(a); i++) { sum += a[i]->value; } // the sum of all", Chinese)]
    public void Code_names_short_answers_and_what_was_asked_for_are_none(string question, string answer) => Assert.Empty(Judged.Answer(answer, question).Found);
}
