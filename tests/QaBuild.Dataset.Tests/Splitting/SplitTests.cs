using QaBuild.Dataset.Splitting;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Splitting;

public sealed class SplitTests
{
    [Theory]
    [InlineData("80/10/10", 0.8, 0.1, 0.1)]
    [InlineData("8:1:1", 0.8, 0.1, 0.1)]
    [InlineData(" 0.5, 0.25, 0.25 ", 0.5, 0.25, 0.25)]
    [InlineData("1/0/0", 1, 0, 0)]
    [InlineData("0/0/7", 0, 0, 1)]
    [InlineData("70/15/15", 0.7, 0.15, 0.15)]
    public void A_ratio_is_any_three_numbers(string text, double train, double valid, double test) => Assert.Equal(new SplitRatio(train, valid, test), SplitRatio.Parse(text));

    [Theory]
    [InlineData("80/20")]
    [InlineData("80/10/10/0")]
    [InlineData("0/0/0")]
    [InlineData("-1/1/1")]
    [InlineData("a/b/c")]
    [InlineData("80")]
    [InlineData("1e9/1/1")]
    [InlineData("NaN/1/1")]
    [InlineData("9999999999999999999999999999999999/1/1")]
    public void Another_ratio_is_a_bad_option(string text)
    {
        Assert.Null(SplitRatio.Parse(text));
        Assert.Contains($"The property SplitRatio cannot be '{text}'", Compiled.Of(Qa.Text(), ("SplitRatio", text)).Report, StringComparison.Ordinal);
    }

    [Fact]
    public void Linked_units_share_a_split()
    {
        var files = Enumerable.Range(1, 60).ToDictionary(i => Qa.PathOf(i), i => Qa.Text(question: $"Q {i}", related: i % 3 == 1 ? "none" : $"qa_l_{i - 1:D3}"));
        var splits = Compiled.Of(files, ("SplitRatio", "1/1/1")).Splits;
        Assert.All(Enumerable.Range(0, 20), g => Assert.Single(Enumerable.Range((3 * g) + 1, 3).Select(i => splits[Qa.PathOf(i)]).Distinct()));
        Assert.Equal(3, splits.Values.Distinct().Count());
    }

    [Theory]
    [InlineData("What is MVCC?")]
    [InlineData("what  is mvcc")]
    [InlineData("Ｗｈａｔ is\nMVCC？")]
    [InlineData("“What is MVCC?”")]
    public void Same_questions_share_a_split(string question)
    {
        foreach (var seed in Enumerable.Range(0, 12))
        {
            var files = Qa.Files(6);
            files[Qa.PathOf(7)] = Qa.Text(question: "What is MVCC?");
            files[Qa.PathOf(8)] = Qa.Text(question: question, answer: "other");
            files[Qa.PathOf(9)] = Qa.Text(question: "Something else", front: $"paraphrases: [\"{question.Replace("\n", " ", StringComparison.Ordinal)}\"]");
            var splits = Compiled.Of(files, ("SplitRatio", "1/1/1"), ("SplitSeed", $"{seed}")).Splits;
            Assert.Equal((splits[Qa.PathOf(7)], splits[Qa.PathOf(7)]), (splits[Qa.PathOf(8)], splits[Qa.PathOf(9)]));
        }
    }

    [Fact]
    public void Questions_that_differ_by_a_digit_are_groups_of_their_own() => Assert.Equal(40, Compiled.Of(Qa.Files(40)).Emitted!.Files.SelectMany(f => f.Lines).Select(r => r.Group).Distinct().Count());

    [Fact]
    public void The_ratio_holds_in_expectation()
    {
        var splits = Compiled.Of(Qa.Files(2000)).Splits.Values.CountBy(s => s).ToDictionary();
        Assert.InRange(splits["Train"], 1540, 1660);
        Assert.InRange(splits["Valid"], 150, 250);
        Assert.InRange(splits["Test"], 150, 250);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void Three_groups_or_more_leave_no_split_empty(int count)
    {
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var compiled = Compiled.Of(Qa.Files(count), ("SplitSeed", $"{seed}"));
            Assert.All(compiled.Emitted!.Files, f => Assert.NotEmpty(f.Lines));
            Assert.DoesNotContain("QA4003", compiled.Codes);
        }
    }

    [Fact]
    public void The_group_that_was_moved_into_an_empty_split_is_named()
    {
        var compiled = Compiled.Of(Qa.Files(3), ("SplitRatio", "1000000/1/1"));
        Assert.Equal(["QA4002", "QA4002"], compiled.Codes);
        var moved = compiled.In("valid.jsonl").Single();
        Assert.Contains($"No group fell into valid, so the group of '{moved.Id}' was moved there from train", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_that_cannot_be_filled_is_a_warning() => Assert.Equal(["QA4003", "QA4003"], Compiled.Of(Qa.Text()).Codes);

    [Fact]
    public void A_split_without_a_share_stays_empty_without_a_word()
    {
        var compiled = Compiled.Of(Qa.Files(5), ("SplitRatio", "1/0/0"));
        Assert.Empty(compiled.Codes);
        Assert.Equal(5, compiled.In("train.jsonl").Count);
    }

    [Fact]
    public void An_empty_split_is_filled_from_one_that_has_an_unpinned_group()
    {
        var files = Qa.Files(8, front: "split: train");
        files[Qa.PathOf(9)] = Qa.Text(question: "free 1");
        files[Qa.PathOf(10)] = Qa.Text(question: "free 2");
        var compiled = Compiled.Of(files, ("SplitRatio", "0.001/999999/0.001"));
        Assert.Single(compiled.In("valid.jsonl"));
        Assert.Single(compiled.In("test.jsonl"));
    }

    [Fact]
    public void A_pin_wins_for_the_whole_group()
    {
        var files = Qa.Files(30);
        files[Qa.PathOf(31)] = Qa.Text(question: "pinned", front: "split: test");
        files[Qa.PathOf(32)] = Qa.Text(question: "its follow-up", related: "qa_l_031");
        var splits = Compiled.Of(files, ("SplitRatio", "1000000/1/0")).Splits;
        Assert.Equal(("Test", "Test"), (splits[Qa.PathOf(31)], splits[Qa.PathOf(32)]));
        Assert.Equal(2, splits.Values.Count(s => s == "Test"));
    }

    [Fact]
    public void Contradictory_pins_are_an_error_at_the_second()
    {
        var compiled = Compiled.Of(new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(front: "split: train"), [Qa.PathOf(2)] = Qa.Text(question: "other", related: "qa_l_001", front: "tags: [x]\nsplit: valid"),
        }, ("SplitRatio", "1/0/0"));
        Assert.Equal(["QA4001(3,1)"], compiled.Found);
        Assert.StartsWith("job_dba/skill_sql/qa_l_002.md(3,1): error QA4001: This file is pinned to valid, but 'job_dba/skill_sql/qa_l_001' of the same group is pinned to train (line 2)", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_seed_is_another_assignment() =>
        Assert.NotEqual(Compiled.Of(Qa.Files(100)).Splits, Compiled.Of(Qa.Files(100), ("SplitSeed", "2")).Splits);

    [Fact]
    public void A_fraction_depends_on_each_of_its_texts()
    {
        var fractions = new[] { ("a", "", "b"), ("b", "", "b"), ("a", "", "c"), ("a", "test", "b") }.Select(t => Splitter.Fraction(t.Item1, t.Item2, t.Item3)).ToList();
        Assert.Equal(4, fractions.Distinct().Count());
        Assert.All(fractions, f => Assert.InRange(f, 0, 0.9999999999999999));
    }
}
