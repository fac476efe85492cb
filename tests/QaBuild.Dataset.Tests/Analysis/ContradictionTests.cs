using QaBuild.Dataset.Analysis.Contradictions;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis;

public sealed class ContradictionTests
{
    public static TheoryData<string, string> Contradicting => Answers("contradiction");

    public static TheoryData<string, string> Agreeing => Answers("agreeing");

    [Theory]
    [MemberData(nameof(Contradicting))]
    public void Answers_that_contradict_are_found_whichever_comes_first(string a, string b)
    {
        Assert.NotNull(AnswerDifference.Between(a, b));
        Assert.NotNull(AnswerDifference.Between(b, a));
    }

    [Theory]
    [MemberData(nameof(Agreeing))]
    public void Answers_that_agree_in_other_words_are_not(string a, string b)
    {
        Assert.Null(AnswerDifference.Between(a, b));
        Assert.Null(AnswerDifference.Between(b, a));
    }

    [Theory]
    [InlineData("默认是 8KB。", "默认是 8 kB。")]
    [InlineData("默认是 8 kB。", "默认是 ８ＫＢ。")]
    [InlineData("The default is 1,000 rows.", "The default is 1000 rows.")]
    [InlineData("超时设为 5 分钟。", "超时设为 5min。")]
    [InlineData("超时设为 300 秒。", "超时设为五分钟。")]
    [InlineData("上限是 2 亿个事务。", "上限是 200000000 个事务。")]
    [InlineData("上限是 1.5万 行。", "上限是一万五千行，也就是 15000 行。")]
    [InlineData("占用约 20% 的空间。", "占用约百分之二十的空间。")]
    [InlineData("Keep it for one week.", "Keep it for 7 days.")]
    [InlineData("It takes 90 minutes.", "It takes 1.5 hours.")]
    [InlineData("煮一个半小时。", "煮 90 分钟。")]
    [InlineData("睡 7-9 小时。", "睡七到九个小时。")]
    [InlineData("每人 500 克。", "每人半公斤，也就是一斤。")]
    [InlineData("Since version 14.", "Since version 14.2.")]
    [InlineData("从 PostgreSQL 12 起支持。", "从 PG12 起支持。")]
    public void The_same_quantity_written_otherwise_is_no_difference(string a, string b)
    {
        Assert.Null(AnswerDifference.Between(a, b));
        Assert.Null(AnswerDifference.Between(b, a));
    }

    [Theory]
    [InlineData("默认是 8 kB。", "默认是 8 MB。", "8 kb", "8 mb")]
    [InlineData("超时默认 5 分钟。", "超时默认五秒。", "5 分钟", "五秒")]
    [InlineData("The default is 100.", "By default it is 1,000, which is plenty.", "100", "1,000")]
    [InlineData("上限是 2 亿个事务。", "上限是 2 万个事务。", "2", "2")]
    [InlineData("占用约 20% 的空间。", "占用约百分之三十的空间。", "20%", "百分之三十")]
    [InlineData("Keep it for one week.", "Keep it for ten days.", "one week", "ten days")]
    [InlineData("一杯卖￥18。", "一杯卖￥28。", "18", "28")]
    [InlineData("８ 分钟。", "水开之后煮 12 分钟。", "8 分钟", "12 分钟")]
    [InlineData("Sleep 7 to 9 hours a night.", "Sleep 5 to 9 hours a night.", "7", "5")]
    [InlineData("The store opens at 9:00.", "The store opens at 10:00.", "9:00", "10:00")]
    [InlineData("把它设成 `64MB`。", "把它设成 `256MB`。", "64mb", "256mb")]
    public void Another_number_at_the_same_place_is_a_difference(string a, string b, string inA, string inB)
    {
        var found = AnswerDifference.Between(a, b);

        Assert.Equal(DifferenceKind.Number, found?.Kind);
        AssertPassages(found!, a, b, inA, inB);
    }

    [Theory]
    [InlineData("从 PostgreSQL 10 开始支持。", "从 PostgreSQL 9.5 开始支持。", "10", "9.5")]
    [InlineData("自 PG15 起支持。", "自 PG16 起支持。", "15", "16")]
    [InlineData("The bug was fixed in version 14.2.", "The bug was fixed in version 14.4.", "14.2", "14.4")]
    [InlineData("Use driver 42.2.18 for this.", "Use driver 42.7.3 for this.", "42.2.18", "42.7.3")]
    [InlineData("这个选项 12 起才有。", "这个选项 14 起才有。", "12", "14")]
    public void Another_version_at_the_same_place_is_a_difference(string a, string b, string inA, string inB)
    {
        var found = AnswerDifference.Between(a, b);

        Assert.Equal(DifferenceKind.Version, found?.Kind);
        AssertPassages(found!, a, b, inA, inB);
    }

    [Theory]
    [InlineData("Yes, it can.", "No, it cannot.")]
    [InlineData("**Yes**: it commits at once.", "No. It waits.")]
    [InlineData("Yes.", "It does not, since 12.")]
    [InlineData("可以。备库也能查询。", "不可以。备库不能查询。")]
    [InlineData("可以随时手动更新统计信息。", "不能手动更新统计信息。")]
    [InlineData("答：需要，每次都要。", "不需要，系统会自动做。")]
    [InlineData("会阻塞写入。", "不会阻塞写入。")]
    [InlineData("是的，默认开启。", "不是，默认关闭。")]
    [InlineData("Plain VACUUM shrinks the file of a table.", "Plain VACUUM does not shrink the file of a table.")]
    [InlineData("备库上的查询可能被取消。", "备库上的查询不可能被取消。")]
    [InlineData("A view stores no rows of its own.", "A view stores rows of its own.")]
    public void Yes_and_no_are_a_difference(string a, string b)
    {
        Assert.Equal(DifferenceKind.YesNo, AnswerDifference.Between(a, b)?.Kind);
        Assert.Equal(DifferenceKind.YesNo, AnswerDifference.Between(b, a)?.Kind);
    }

    [Theory]
    [InlineData("用 `pg_dump` 备份这张表。", "用 `pg_basebackup` 备份这张表。", "`pg_dump`", "`pg_basebackup`")]
    [InlineData("Set `wal_level` to `logical` first.", "Set `wal_level` to `replica` first.", "`logical`", "`replica`")]
    [InlineData("先执行 VACUUM FULL 再建索引。", "先执行 CLUSTER 再建索引。", "vacuum full", "cluster")]
    [InlineData("Run this as superuser:\n\n```sql\nALTER TABLE t SET LOGGED;\n```", "Run this as superuser:\n\n```sql\nALTER TABLE t SET UNLOGGED;\n```", "```", "```")]
    [InlineData("Read it with `now()` in SQL.", "Read it with `clock_timestamp()` in SQL.", "`now()`", "`clock_timestamp()`")]
    public void Another_command_in_the_same_words_is_a_difference(string a, string b, string inA, string inB)
    {
        var found = AnswerDifference.Between(a, b);

        Assert.Equal(DifferenceKind.Command, found?.Kind);
        AssertPassages(found!, a, b, inA, inB);
    }

    [Theory]
    [InlineData("默认 8 kB。", "默认 8 kB，最大可以编译成 32 kB。")]
    [InlineData("Use `VACUUM`.", "Use `VACUUM`. If that is not enough, use `VACUUM FULL` or `pg_repack`, and wait 10 minutes.")]
    [InlineData("不会阻塞读写。", "不会。它只和 DDL 冲突，一般几秒就完成，超过 30 秒要检查长事务。")]
    [InlineData("默认 16MB，最大 1GB。", "默认 16MB，建议 64MB。")]
    [InlineData("The port is 5432.", "The limit is 100.")]
    [InlineData("可以用 `REINDEX` 重建。", "不要用 VACUUM FULL，用 `REINDEX` 重建。")]
    [InlineData("1. 停库\n2. 改 `max_connections`\n3. 启动", "1) 改 `max_connections`\n2) 重启")]
    [InlineData("十分简单，一般都可以。", "非常简单，一次就好。")]
    [InlineData("第 3 步最重要。", "第 4 步最重要。")]
    [InlineData("不同的表要分开处理。", "各张表要分别处理。")]
    [InlineData("No index is needed for small tables.", "For small tables an index is of little use.")]
    [InlineData("It uses int4 and sha256.", "It uses int8 and md5.")]
    [InlineData("Restart it on 2026-11-01.", "Restart it on 2026-11-23.")]
    [InlineData("会话结束后自动释放。", "不会一直占着，连接断开就释放。")]
    [InlineData("For example:\n\n```sql\nSELECT * FROM orders WHERE id = 42 LIMIT 10;\n```", "For example:\n\n```sql\nSELECT * FROM users WHERE id = 7 LIMIT 20;\n```")]
    [InlineData("The table has 2 columns.", "The table has 3 rows.")]
    [InlineData("`REINDEX CONCURRENTLY` exists since PostgreSQL 12.", "Drop it first. `DROP … FORCE` is there since PostgreSQL 13.")]
    [InlineData("在主库上执行：\n\n```sql\nSELECT count(*) FROM t;\n```", "结果写在 `report.csv` 里。")]
    [InlineData("", "42")]
    [InlineData("Yes.", "")]
    [InlineData("Yes.", "It depends on the isolation level.")]
    public void Detail_on_one_side_and_other_wording_are_no_difference(string a, string b)
    {
        Assert.Null(AnswerDifference.Between(a, b));
        Assert.Null(AnswerDifference.Between(b, a));
    }

    [Fact]
    public void An_excerpt_shows_the_clause_and_no_more_than_a_line()
    {
        var filler = string.Concat(Enumerable.Repeat("这里是很长的一段背景说明", 40));
        var found = AnswerDifference.Between("页的大小，默认值是 8 kB（见手册）。", "先看配置，页的默认值是 16 kB。")!;
        var inLongClause = AnswerDifference.Between($"{filler}默认值是 8 kB", $"先看配置。{filler}默认值是 16 kB{filler}")!;

        Assert.Equal("默认值是 8 kB", found.A.Excerpt);
        Assert.Equal("页的默认值是 16 kB", found.B.Excerpt);
        Assert.EndsWith("默认值是 8 kB", inLongClause.A.Excerpt, StringComparison.Ordinal);
        Assert.Contains("默认值是 16 kB", inLongClause.B.Excerpt, StringComparison.Ordinal);
        Assert.All([inLongClause.A, inLongClause.B], p => Assert.InRange(p.Excerpt.Length, 60, 80));
    }

    [Fact]
    public void A_finding_stands_at_the_second_answer_and_shows_both()
    {
        var files = new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(question: "How large is a page?", answer: "By default a page has 8 kB."),
            [Qa.PathOf(2)] = Qa.Text(question: "How big is a page?", answer: "It is fixed at build time.\n\nBy default a page has 16 kB, as large as a memory page."),
        };
        var compiled = Compiled.Of(files, ("SplitRatio", "1/0/0"));
        var bag = new DiagnosticBag();
        Contradiction.Check(compiled.Units[0], compiled.Units[1], 0.8765, bag);
        var found = Assert.Single(bag.Sorted());

        Assert.Equal(Rule.Contradiction, found.Rule);
        Assert.EndsWith("qa_l_002.md", found.Location.Path, StringComparison.Ordinal);
        Assert.Equal((25, 23, 28), (found.Location.Line, found.Location.Column, found.Location.EndColumn));
        Assert.Equal(
            ["job_dba/skill_sql/qa_l_001.md", 23, "0.88", "a number differs", "By default a page has 16 kB", "By default a page has 8 kB"],
            found.Arguments.Select(a => a is Phrase phrase ? Catalogue.Default.Format(phrase, System.Globalization.CultureInfo.InvariantCulture) : a));
    }

    [Fact]
    public void Answers_without_a_difference_are_no_finding()
    {
        var compiled = Compiled.Of(Qa.Files(2), ("SplitRatio", "1/0/0"));
        var bag = new DiagnosticBag();
        Contradiction.Check(compiled.Units[0], compiled.Units[0], 1, bag);

        Assert.Empty(bag.Sorted());
    }

    [Theory]
    [InlineData("`")]
    [InlineData("```\n")]
    [InlineData("1-")]
    [InlineData("1到")]
    [InlineData("一")]
    [InlineData("1,111")]
    [InlineData("1.")]
    [InlineData("1:")]
    [InlineData("不")]
    [InlineData("a_b ")]
    [InlineData("VACUUM ")]
    [InlineData("` `` ``` ```` ")]
    [InlineData("\ud83d")]
    [InlineData("x1 ")]
    [InlineData("8 kB, ")]
    public void Texts_of_one_repeated_piece_are_read_in_linear_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));

        Assert.Null(AnswerDifference.Between(text, text + " "));
        AnswerDifference.Between(text, "不。9 kB `z` a_c");
    }

    [Fact]
    public void Any_text_can_be_compared()
    {
        string[] parts =
        [
            "1", "8 kB", "9,", ".", "-", "到", "五", "分钟", "个", "半", "版本 ", "v", "`", "```", "\n", "不", "是", "yes", "no", "n't",
            " ", "，", "\ud83d", "\ude00", "ｗ", "百分之", "$", "第", "VACUUM", "a_b", "(", "|", "万",
        ];
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            string Text() => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));
            var (a, b) = (Text(), Text());
            var found = AnswerDifference.Between(a, b);
            Assert.Null(AnswerDifference.Between(a, a));
            Assert.True(found is null || (found.A.Start + found.A.Length <= a.Length && found.B.Start + found.B.Length <= b.Length));
        }
    }

    private static void AssertPassages(AnswerDifference found, string a, string b, string inA, string inB)
    {
        Assert.StartsWith(inA, new AnswerText(a).Text[found.A.Start..(found.A.Start + found.A.Length)], StringComparison.Ordinal);
        Assert.StartsWith(inB, new AnswerText(b).Text[found.B.Start..(found.B.Start + found.B.Length)], StringComparison.Ordinal);
    }

    private static TheoryData<string, string> Answers(string verdict)
    {
        var data = new TheoryData<string, string>();
        foreach (var pair in HandMadePairs.With(verdict))
        {
            data.Add(pair.AnswerA!, pair.AnswerB!);
        }

        return data;
    }
}
