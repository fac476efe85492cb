using System.Text.Json;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Contamination;

public sealed class BenchmarkTests
{
    private const string Thirteen = "one two three four five six seven eight nine ten eleven twelve thirteen";
    private const string Twenty = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉";

    [Fact]
    public void An_answer_that_holds_a_passage_of_a_test_set_is_an_error_at_its_place()
    {
        var compiled = Against("test.jsonl", $$"""{"question":"Q?","answer":"Before {{Thirteen}} after."}""", "It begins:\n\nand then " + Thirteen + " others.");

        Assert.Equal(
            $"kb/job_dba/skill_sql/qa_l_001.md(25,10): error QA4005: This passage is in the benchmark too, at test.jsonl:1, 13 words or characters in a row: '{Thirteen}'. "
            + "What a model has learned it cannot be tested by: delete or reword the passage, or leave the file out.",
            compiled.Report.Replace(compiled.Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Thirteen, 1)]
    [InlineData("ONE, two; three – “four” five (six) seven: eight\nnine **ten** eleven/twelve... thirteen!", 1)]
    [InlineData("ｏｎｅ ｔｗｏ three four five six seven eight nine ten eleven twelve thirteen", 1)]
    [InlineData("one two three four five six seven eight nine ten eleven twelve", 0)]
    [InlineData("one two three four five six and seven eight nine ten eleven twelve thirteen", 0)]
    [InlineData("two one three four five six seven eight nine ten eleven twelve thirteen", 0)]
    public void Thirteen_words_in_a_row_are_a_passage_whatever_stands_between_them(string answer, int findings) =>
        Assert.Equal(findings, Against("test.txt", $"Zero {Thirteen} fourteen", answer).Codes.Count(c => c == "QA4005"));

    [Theory]
    [InlineData(Twenty, 1)]
    [InlineData("甲乙丙丁戊己，庚辛壬癸子丑。寅卯辰巳“午未”申酉", 1)]
    [InlineData("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申", 0)]
    [InlineData("甲乙丙丁戊己庚辛壬癸的子丑寅卯辰巳午未申酉", 0)]
    public void Twenty_characters_in_a_row_are_a_passage_in_Chinese(string answer, int findings) =>
        Assert.Equal(findings, Against("test.txt", $"天干地支{Twenty}戌亥", answer).Codes.Count(c => c == "QA4005"));

    [Fact]
    public void Words_and_characters_count_together_in_mixed_text()
    {
        var mixed = "用 VACUUM FULL 命令重写 orders 表并收回空间给 operating system 使用";
        Assert.Contains("QA4005", Against("test.txt", $"请问：{mixed}吗", mixed).Codes);
        Assert.DoesNotContain("QA4005", Against("test.txt", $"请问：{mixed}吗", "用 VACUUM FULL 命令重写 orders 表").Codes);
    }

    [Theory]
    [InlineData("What is the capital of the old kingdom?", "what is the CAPITAL of the old kingdom", 1)]
    [InlineData("What is the capital of the old kingdom?", "They ask: what is the capital of the old kingdom, and why?", 1)]
    [InlineData("What is the capital of the old kingdom?", "What is the capital of the new kingdom?", 0)]
    [InlineData("What is the capital of it?", "What is the capital of it?", 0)]
    [InlineData("怎样才能查看流复制的延迟？", "怎样才能查看流复制的延迟", 1)]
    [InlineData("怎样查看流复制的延迟？", "怎样查看流复制的延迟", 0)]
    public void A_shorter_question_counts_as_a_whole_when_it_has_eight_words_or_twelve_characters(string item, string answer, int findings) =>
        Assert.Equal(findings, Against("test.jsonl", JsonSerializer.Serialize(new { question = item }), answer).Codes.Count(c => c == "QA4005"));

    [Fact]
    public void A_short_answer_of_a_test_set_says_nothing() =>
        Assert.DoesNotContain("QA4005", Against("test.jsonl", """{"question":"Q?","answer":"All of the answers given above are correct."}""", "All of the answers given above are correct.").Codes);

    [Fact]
    public void Counting_is_nobodys_text()
    {
        var numbers = string.Join(", ", Enumerable.Range(1, 30));
        Assert.DoesNotContain("QA4005", Against("test.txt", "Count: " + numbers, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15").Codes);
        Assert.Contains("QA4005", Against("test.txt", "Count: " + string.Join(", ", Enumerable.Range(1, 60)), string.Join(", ", Enumerable.Range(1, 60))).Codes);
    }

    [Fact]
    public void Of_each_item_the_longest_passage_is_reported_once()
    {
        var longer = Thirteen.Replace(" ", "s ", StringComparison.Ordinal) + " fourteens fifteens";
        var compiled = Against("test.txt", $"{Thirteen} between {longer}\nAnother item with {Thirteen} {Thirteen}", $"{Thirteen} x {longer} y {Thirteen}");

        var finding = Assert.Single(compiled.Diagnostics, d => d.Code == "QA4005" && ((string)d.Arguments[0]).EndsWith(":1", StringComparison.Ordinal));
        Assert.Equal((15, longer), ((int)finding.Arguments[1], (string)finding.Arguments[2]));
    }

    [Fact]
    public void What_the_items_share_is_reported_for_the_first_and_what_is_their_own_for_each()
    {
        string Own(string letter) => string.Join(' ', Enumerable.Range(10, 15).Select(i => letter + i));
        var compiled = Against("test.txt", $"{Thirteen} {Own("a")}\n{Thirteen} {Own("b")}\n{Thirteen} {Own("c")}", $"{Thirteen} {Own("b")}");

        Assert.Equal(["2"], Assert.Single(compiled.Diagnostics, d => d.Code == "QA4005").Arguments.Take(1).Select(a => ((string)a).Split(':')[^1]));
    }

    [Fact]
    public void Questions_paraphrases_contexts_and_documents_are_read_too()
    {
        var compiled = Compiled.Against("test.txt", Thirteen, new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(question: Thirteen + "?"),
            [Qa.PathOf(2)] = Qa.Text(front: $"paraphrases:\n  - {Thirteen}?"),
            [Qa.PathOf(3)] = Qa.Text(front: $"context:\n  text: {Thirteen}."),
            ["docs/guide.md"] = $"# Guide\n\nIt says:\n{Thirteen}.",
        });

        Assert.Equal(["guide.md(4,1)", "qa_l_001.md(19,1)", "qa_l_002.md(3,1)", "qa_l_003.md(3,1)"], compiled.Diagnostics.Where(d => d.Code == "QA4005").Select(d => $"{Path.GetFileName(d.Location.Path)}({d.Location.Line},{d.Location.Column})"));
    }

    [Fact]
    public void A_question_that_is_nearly_that_of_a_test_set_is_a_warning_that_shows_the_difference()
    {
        var compiled = Compiled.Against("test.jsonl", """{"question":"x"}""" + "\n" + """{"question":"How do I find out which session holds a lock on my table?"}""" + "\n", new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(question: "How do I find out which session holds the lock on my table?"),
            [Qa.PathOf(2)] = Qa.Text(question: "What holds it?", front: "paraphrases:\n  - How do I find out what session holds a lock on my table?"),
            [Qa.PathOf(3)] = Qa.Text(question: "How do I find out which session holds no lock on my table?"),
            [Qa.PathOf(4)] = Qa.Text(question: "How do I write a table?"),
        });

        Assert.Equal(["qa_l_001.md(19,1) QA4007", "qa_l_002.md(3,1) QA4007"], compiled.Diagnostics.Select(d => $"{Path.GetFileName(d.Location.Path)}({d.Location.Line},{d.Location.Column}) {d.Code}"));
        Assert.Matches(@"at \S*test\.jsonl:2 \(similarity 0\.\d\d\); only here: 'the', only there: 'a'\.", compiled.Report);
    }

    [Fact]
    public void A_question_that_is_the_same_is_one_finding()
    {
        Assert.Equal(["QA4005"], AgainstQuestion("How do I find out which session holds a lock?"));
        Assert.Equal(["QA4007"], AgainstQuestion("Who holds a lock?"));
        Assert.Equal(["QA4007"], AgainstQuestion("谁持有锁？"));

        static IEnumerable<string> AgainstQuestion(string question) =>
            Compiled.Against("test.txt", question, new Dictionary<string, string> { [Qa.Path] = Qa.Text(question: question) }).Codes;
    }

    [Fact]
    public void What_is_left_out_of_the_dataset_is_not_compared()
    {
        var kb = new Dictionary<string, string> { [Qa.PathOf(1)] = Qa.Text(answer: Thirteen), [Qa.PathOf(2)] = Qa.Text(question: "Who holds a lock?"), [Qa.PathOf(1, "m")] = Qa.Text(question: "Why?", level: "m") };
        var benchmark = Thirteen + "\nWho holds a lock?";

        Assert.Equal(["QA4005", "QA4007"], Compiled.Against("test.txt", benchmark, kb).Codes);
        Assert.Empty(Compiled.Against("test.txt", benchmark, kb, ("ExcludeLevel", "l")).Codes);
    }

    [Fact]
    public void Only_the_units_that_a_change_could_touch_are_read_again()
    {
        using var folder = new TemporaryFolder();
        var yesterday = DateTime.UtcNow.AddDays(-1);
        foreach (var (path, text) in Qa.Files(60))
        {
            File.SetLastWriteTimeUtc(folder.Write("kb/" + path, text), yesterday);
        }

        var benchmark = folder.Write("test.txt", Thirteen);
        Assert.Empty(Run());
        File.WriteAllText(folder.Write("kb/" + Qa.PathOf(7), ""), Qa.Text(answer: Thirteen));
        Assert.Equal(["QA4005 qa_l_007.md"], Run());
        File.WriteAllText(benchmark, "Another test set.\nWhat is asked here is question 3? Answer 3. It is so.");
        Assert.Empty(Run());

        // Units that come from the cache were compared with another test set.
        File.WriteAllText(folder.Write("kb/" + Qa.PathOf(9), ""), Qa.Text(question: "A question of at least eight words is this?"));
        Assert.Empty(Run());
        File.WriteAllText(benchmark, "a question of at least eight words is this");
        Assert.Equal(["QA4005 qa_l_009.md"], Run());
        File.WriteAllText(benchmark, "And is this a question of at least eight words?");
        Assert.Equal(["QA4007 qa_l_009.md"], Run());
        Assert.Equal(["QA4007 qa_l_009.md"], Run());

        string[] Run()
        {
            var compilation = new Compilation(
                SourceList.Find(Path.Combine(folder.Path, "kb")), new Dictionary<string, string> { ["SplitRatio"] = "1/0/0" }, Path.Combine(folder.Path, "units.cache"), [benchmark]);
            compilation.Run()?.WriteTo(Path.Combine(folder.Path, "out"));
            return [.. compilation.Diagnostics.Select(d => $"{d.Code} {Path.GetFileName(d.Location.Path)}")];
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1 ")]
    [InlineData("one two three four five six seven eight nine ten eleven twelve thirteen ")]
    [InlineData("甲乙丙")]
    [InlineData("\u0301a")]
    [InlineData("\u3316")]
    [InlineData("\ufdfa")]
    [InlineData("\ud840\udc00\ud800")]
    public void Repetition_without_end_takes_no_longer_than_other_text(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length));
        var compiled = Against("test.txt", text[..500_000], text);

        Assert.InRange(compiled.Codes.Count(c => c == "QA4005"), 0, 10);
    }

    private static Compiled Against(string name, string benchmark, string answer) =>
        Compiled.Against(name, benchmark, new Dictionary<string, string> { [Qa.Path] = Qa.Text(answer: answer) });
}
