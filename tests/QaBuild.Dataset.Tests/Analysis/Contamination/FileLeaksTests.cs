using System.Globalization;
using System.Text.Json;
using QaBuild.Dataset.Analysis.Contamination;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Contamination;

public sealed class FileLeaksTests
{
    private const string Lock = "How do I find out which session holds a lock on my table?";
    private const string Passage = "one two three four five six seven eight nine ten eleven twelve thirteen";

    [Fact]
    public void Each_leak_names_both_places_and_what_is_shared_or_differs()
    {
        var report = Compare(
            [Alpaca("Nobody asks this.", "No."), Alpaca(Lock, "A."), Alpaca("How do I find out which session holds the lock on my table?", "B."), Alpaca("C?", $"Whoever counts on a rainy evening will perhaps say: {Passage}."), Alpaca("D?", "All the versions of a row are kept in the table.")],
            [Chat("Others ask that.", "No."), Chat(Lock.ToUpperInvariant(), "X."), Chat("Y?", $"And {Passage} too."), Chat("Z?", "All the versions of a row, are kept: in the table")]);

        Assert.Equal(
        [
            $"a.jsonl(2,1): error QA4008: This record is also at b.jsonl:2: the question is the same, '{Lock}'.",
            "a.jsonl(3,1): error QA4008: This record is also at b.jsonl:2: the questions are alike (0.99); only here: 'the', only there: 'A'.",
            $"a.jsonl(4,1): error QA4008: This record is also at b.jsonl:3: 13 words or characters in a row are the same, '{Passage}'.",
            "a.jsonl(5,1): error QA4008: This record is also at b.jsonl:4: the answer is the same, 'All the versions of a row are kept in the table.'.",
        ], Lines(report).Select(l => l.Replace(" What a model has learned it cannot be tested by: remove one of the two.", "", StringComparison.Ordinal)));
        Assert.Equal("Of the 5 records of a.jsonl, 4 are, or nearly are, among the 4 of b.jsonl.", report.Summary(CultureInfo.InvariantCulture).Replace(Path.GetDirectoryName(report.First)! + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }

    [Fact]
    public void Chinese_leaks_are_found_too()
    {
        var report = Compare(
            [Alpaca("怎样查看当前有哪些锁？", "甲"), Alpaca("怎样查看哪个会话持有我的表上的锁？", "乙"), Alpaca("丙", "查询这个视图，就能看到每个会话持有和等待的锁，以及锁的模式。")],
            [Chat("怎样查看,当前有哪些锁?", "丁"), Chat("如何查看哪个会话持有我的表上的锁？", "戊"), Chat("己", "先查询这个视图，就能看到每个会话持有和等待的锁，以及它们的事务。")]);

        Assert.Equal(["LeakSameQuestion", "LeakLikeQuestion", "LeakLikePair"], report.Diagnostics.Select(d => ((Phrase)d.Arguments[1]).Name));
        Assert.Equal([1, 2, 3], report.Diagnostics.Select(d => d.Location.Line));
    }

    [Fact]
    public void Questions_that_differ_in_what_they_ask_and_short_answers_are_no_leaks()
    {
        var report = Compare(
            [Alpaca("How many columns may a table have in PostgreSQL 12?", "1600"), Alpaca("Is it allowed to drop a column of a view?", "Yes.")],
            [Chat("How many columns may a table have in PostgreSQL 16?", "1600"), Chat("Is it not allowed to drop a column of a view?", "Yes."), Chat("Does water boil?", "Yes.")]);

        Assert.Empty(Lines(report));
        Assert.Equal((2, 3, 0, true), (report.FirstRecords, report.SecondRecords, report.Leaks, report.Compared));
    }

    [Fact]
    public void Records_that_are_the_same_within_a_file_are_each_reported() =>
        Assert.Equal(3, Compare([.. Enumerable.Repeat(Alpaca("How do I find out which session holds the lock on my table?", "B."), 3)], [Chat(Lock, "C."), Chat(Lock, "D.")]).Leaks);

    [Fact]
    public void The_threshold_says_how_alike_questions_are()
    {
        string[] Leaks(double threshold) => [.. Lines(Compare([Alpaca("How do I find out which session holds the lock on my table?", "B.")], [Chat(Lock, "C.")], threshold))];

        Assert.Single(Leaks(0.9));
        Assert.Empty(Leaks(1));
    }

    [Fact]
    public void A_line_that_cannot_be_read_is_a_warning_and_a_file_that_cannot_leaves_nothing_to_compare()
    {
        Assert.Equal(["QA4006"], Compare(["{", Alpaca("A?", "B.")], [Chat("C?", "D.")]).Diagnostics.Select(d => d.Code));
        var report = FileLeaks.Find(Path.Combine(Path.GetTempPath(), "no such file.jsonl"), Path.Combine(Path.GetTempPath(), "none either.jsonl"), 0.8);
        Assert.Equal(["QA1016", "QA1016"], report.Diagnostics.Select(d => d.Code));
        Assert.False(report.Compared);
    }

    [Fact]
    public void The_number_of_threads_and_the_run_do_not_matter()
    {
        string[] records = [.. Enumerable.Range(0, 300).Select(i => Alpaca($"Question {i % 7} about {(char)('a' + (i % 26))}{i} and its {i % 3} locks?", $"Answer {i % 11} {Passage}."))];
        var first = Lines(Compare(records, records[100..]));

        Assert.Equal(300, first.Count());
        Assert.Equal(first, Lines(Compare(records, records[100..])));
    }

    private static string Alpaca(string question, string answer) => JsonSerializer.Serialize(new { instruction = question, input = "", output = answer });

    private static string Chat(string question, string answer) =>
        JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = question }, new { role = "assistant", content = answer } } });

    private static LeakReport Compare(string[] first, string[] second, double threshold = FileLeaks.DefaultThreshold)
    {
        using var folder = new TemporaryFolder();
        return FileLeaks.Find(folder.Write("a.jsonl", string.Join('\n', first)), folder.Write("b.jsonl", string.Join('\n', second)), threshold);
    }

    private static IEnumerable<string> Lines(LeakReport report)
    {
        var folder = Path.GetDirectoryName(report.First)! + Path.DirectorySeparatorChar;
        return report.Diagnostics.Select(d => d.ToString(CultureInfo.InvariantCulture).Replace(folder, "", StringComparison.Ordinal));
    }
}
