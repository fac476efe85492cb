using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Duplicates;

public sealed class DuplicateTests
{
    [Theory]
    [InlineData("What is MVCC?", "what  is mvcc")]
    [InlineData("What is MVCC?", "Ｗｈａｔ is ＭＶＣＣ？")]
    [InlineData("什么是 MVCC？", "什么是“MVCC”")]
    public void The_same_question_is_an_error_at_the_later_file_and_names_the_earlier(string first, string second)
    {
        var compiled = Alike.Compile(Alike.Files(first, "Why is the sky blue?", second));
        Assert.Equal(["QA3001 qa_l_003.md(19)"], compiled.Places());
        Assert.Contains("(19,1): error QA3001: 'job_dba/skill_sql/qa_l_001.md' (line 19) asks the same question", compiled.Report, StringComparison.Ordinal);
        Assert.Null(compiled.Emitted);
    }

    [Theory]
    [InlineData("Many versions of a row.", "many versions of a row", "the answers are the same")]
    [InlineData("Many versions of a row.", "A way to lock.", "the answers differ")]
    public void Same_questions_tell_whether_their_answers_are_the_same(string first, string second, string said)
    {
        var files = new Dictionary<string, string> { [Qa.PathOf(1)] = Qa.Text(answer: first), [Qa.PathOf(2)] = Qa.Text(answer: second) };
        Assert.Contains(said, Alike.Compile(files).Report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("negative: true", 0)]
    public void Answers_that_decline_may_do_so_in_the_same_words(string front, int findings)
    {
        var files = new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(question: "Which index does Oracle choose here?", answer: Alike.LongAnswer, front: front),
            [Qa.PathOf(2)] = Qa.Text(question: "Wie wird das Wetter?", answer: Alike.LongAnswer, front: front),
        };
        Assert.Equal(findings, Alike.Compile(files, ("DuplicateWarnThreshold", "1")).Diagnostics.Count(d => d.Rule == Rule.SameAnswer));
    }

    [Fact]
    public void A_paraphrase_of_another_file_counts_as_its_question_does()
    {
        var files = Alike.Files("What is MVCC?", "How are rows kept?");
        files[Qa.PathOf(2)] = Qa.Text(question: "How are rows kept?", answer: "In pages.", front: "paraphrases:\n  - Where do rows live?\n  - what is MVCC");
        var compiled = Alike.Compile(files);
        Assert.Equal(["QA3001 qa_l_002.md(4)"], compiled.Places());
        files[Qa.PathOf(0)] = files[Qa.PathOf(2)];
        files.Remove(Qa.PathOf(2));
        compiled = Alike.Compile(files);
        Assert.Equal(["QA3001 qa_l_001.md(19)"], compiled.Places());
        Assert.Contains("qa_l_000.md' (line 4) asks the same", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_is_reported_once_and_names_the_others()
    {
        var compiled = Alike.Compile(Alike.Files("Why?", "why", "WHY", "Why!", "“Why”"));
        Assert.Equal(["QA3001 qa_l_002.md(19)"], compiled.Places());
        Assert.Contains("job_dba/skill_sql/qa_l_003.md, job_dba/skill_sql/qa_l_004.md, job_dba/skill_sql/qa_l_005.md", compiled.Report, StringComparison.Ordinal);
        Assert.DoesNotContain("…", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_more_than_five_others_the_first_five_are_named()
    {
        var report = Alike.Compile(Alike.Files([.. Enumerable.Repeat("Why?", 8)])).Report;
        Assert.Contains("6 ", report, StringComparison.Ordinal);
        Assert.Contains("qa_l_007.md, …", report, StringComparison.Ordinal);
        Assert.DoesNotContain("qa_l_008", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_nearly_same_question_is_an_error_with_its_score_and_what_differs()
    {
        var compiled = Alike.Compile(Alike.Files(Alike.Cleaning, Alike.CleaningNearly));
        Assert.Equal(["QA3003 qa_l_002.md(19)"], compiled.Places());
        Assert.Equal(Severity.Error, compiled.Diagnostics[0].Severity);
        Assert.Contains("'job_dba/skill_sql/qa_l_001.md' (line 19): score 0.8", compiled.Report, StringComparison.Ordinal);
        Assert.Contains("larger / bigger", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_similar_question_is_a_warning_and_does_not_stop_the_build()
    {
        var compiled = Alike.Compile(Alike.Files(Alike.Vacuum, Alike.VacuumSimilar));
        Assert.Equal(["QA3004 qa_l_002.md(19)"], compiled.Places());
        Assert.Equal(2, compiled.Rows.Length);
    }

    [Theory]
    [InlineData("", "QA3008")]
    [InlineData(" Then look at how often each is written to.", "QA3009")]
    public void Questions_with_their_answers_are_compared_as_wholes(string more, string code)
    {
        const string Answer = "Ask the catalogue for the share of dead rows of each table, sort by it, and begin at the top of the list. Leave tables alone that are read only, and those whose rows never change. Look again after a day, and note what grew in the meantime, so that the next round comes to the right one. Tables of a queue, where rows come and go by the minute, want settings of their own: a lower share, a shorter pause, and a worker that is never kept waiting by the others. Write down why, or whoever comes after you will undo it.";
        var files = new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(question: "Where is a vacuum due?", answer: Answer),
            [Qa.PathOf(2)] = Qa.Text(question: "What needs cleaning?", answer: Answer.Replace("begin at", "start at", StringComparison.Ordinal) + more),
        };
        Assert.Equal([$"{code} qa_l_002.md(19)"], Alike.Compile(files).Places());
    }

    [Fact]
    public void A_long_answer_to_two_questions_is_a_warning_at_the_later_answer_and_a_short_one_is_not()
    {
        Dictionary<string, string> Files(string answer) => new() { [Qa.PathOf(1)] = Qa.Text("Why is it slow?", answer), [Qa.PathOf(2)] = Qa.Text("Who watches over disk space at night?", answer) };
        Assert.Equal(["QA3002 qa_l_002.md(23)"], Alike.Compile(Files(Alike.LongAnswer), Alike.Error, ("DuplicateWarnThreshold", "1")).Places());
        Assert.Empty(Alike.Compile(Files("It depends on the load.")).Places());
    }

    [Theory]
    [InlineData("How long may a transaction run before it is cancelled after 30 seconds?", "How long may a transaction run before it is cancelled after 60 seconds?")]
    [InlineData("What changed about the checkpointer in PostgreSQL 9.6 for write heavy loads?", "What changed about the checkpointer in PostgreSQL 15 for write heavy loads?")]
    [InlineData("Should I run a vacuum on a table that is only read by reports at night?", "Should I not run a vacuum on a table that is only read by reports at night?")]
    [InlineData("How do I see what `shared_buffers` is set to on a server that is running?", "How do I see what `work_mem` is set to on a server that is running?")]
    public void Twins_that_differ_in_a_fact_are_questions_of_their_own(string first, string second) => Assert.Empty(Alike.Compile(Alike.Files(first, second)).Places());

    [Fact]
    public void The_same_words_about_another_passage_ask_something_else()
    {
        Dictionary<string, string> Files(string one, string other) => new()
        {
            [Qa.PathOf(1)] = Qa.Text(answer: "a", front: $"context: {{ text: {one} }}"), [Qa.PathOf(2)] = Qa.Text(answer: "b", front: $"context: {{ text: {other} }}"),
        };
        Assert.Empty(Alike.Compile(Files("A passage on locks.", "A passage on vacuum.")).Places());

        // Nor is a question about a passage that passage, asked about the question.
        var turned = new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text("One.", "a", front: "context: { text: Another. }"), [Qa.PathOf(2)] = Qa.Text("Another.", "b", front: "context: { text: One. }"),
        };
        Assert.Empty(Alike.Compile(turned).Places());
        Assert.Equal(["QA3001 qa_l_002.md(22)"], Alike.Compile(Files("A passage on locks.", "A passage on locks.")).Places());
    }

    [Fact]
    public void Alike_questions_of_one_passage_are_found_however_often_others_ask_the_same_of_theirs()
    {
        static string Front(string passage) => $"context: {{ text: A passage on {passage}. }}";
        var files = Enumerable.Range(1, 40).ToDictionary(i => Qa.PathOf(i), i => Qa.Text(Alike.Cleaning, Alike.Answer(i), front: Front($"matter {i}")));
        files[Qa.PathOf(41)] = Qa.Text(Alike.CleaningNearly, "zz", front: Front("matter 40"));
        var compiled = Alike.Compile(files);
        Assert.Equal(["QA3003 qa_l_041.md(22)"], compiled.Places());
        Assert.Contains("qa_l_040.md", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void Paraphrases_of_one_file_are_compared_with_each_other_only_where_they_are_nearly_identical()
    {
        Compiled Compile(params string[] paraphrases) => Alike.Compile(new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(Alike.Vacuum, "a", front: "paraphrases:\n" + string.Join('\n', paraphrases.Select(p => $"  - \"{p}\""))),
        });
        Assert.Empty(Compile(Alike.VacuumSimilar, Alike.Cleaning, Alike.CleaningNearly).Places());
        var compiled = Compile(Alike.Cleaning, Alike.Vacuum.ToUpperInvariant());
        Assert.Equal(["QA3006 qa_l_001.md(4)"], compiled.Places());
        Assert.Equal(Severity.Warning, compiled.Diagnostics[0].Severity);
    }

    [Fact]
    public void Units_joined_by_an_error_are_not_reported_again_as_similar()
    {
        // The third is similar to both of the first two, and they are nearly the same.
        var compiled = Alike.Compile(Alike.Files(Alike.Cleaning, Alike.CleaningNearly, Alike.VacuumSimilar), Alike.Warn);
        Assert.Equal(["QA3003 qa_l_002.md(19)", "QA3004 qa_l_003.md(19)"], compiled.Places());
        Assert.Contains("qa_l_002.md", compiled.Report.Split('\n').Single(l => l.Contains("QA3004", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_clusters_of_errors_that_are_similar_give_one_warning()
    {
        var compiled = Alike.Compile(Alike.Files(Alike.VacuumSimilar, Alike.Cleaning, Alike.CleaningNearly, Alike.VacuumSimilar.ToLowerInvariant()), Alike.Warn);
        Assert.Equal(["QA3004 qa_l_002.md(19)", "QA3003 qa_l_003.md(19)", "QA3001 qa_l_004.md(19)"], compiled.Places());
    }

    [Fact]
    public void Contradictory_answers_are_found_between_alike_questions_only_and_once_a_unit()
    {
        static string Kept(int days) => $"Backups are kept for {days} days.";
        Dictionary<string, string> Files(params (string Question, int Days)[] units) => units.Select((u, i) => (u, i)).ToDictionary(p => Qa.PathOf(p.i + 1), p => Qa.Text(p.u.Question, Kept(p.u.Days)));
        string[] Contradictions(Dictionary<string, string> files, (string, string) action) => [.. Alike.Compile(files, action).Places().Where(p => p.StartsWith("QA3005", StringComparison.Ordinal))];

        Assert.Equal(["QA3005 qa_l_002.md(23)"], Contradictions(Files((Alike.Vacuum, 7), (Alike.VacuumSimilar, 14)), Alike.Warn));
        Assert.Empty(Contradictions(Files((Alike.Vacuum, 7), (Alike.VacuumSimilar, 7)), Alike.Warn));
        Assert.Empty(Contradictions(Files((Alike.Vacuum, 7), ("Who looks after the archive?", 14)), Alike.Warn));
        Assert.Equal(["QA3005 qa_l_002.md(23)", "QA3005 qa_l_003.md(23)"], Contradictions(Files((Alike.Vacuum, 7), (Alike.VacuumNearly, 14), (Alike.VacuumSimilar, 30)), Alike.Warn));

        // What is left out contradicts nothing, and what stays is compared with what stays.
        Assert.Empty(Contradictions(Files((Alike.Vacuum, 7), (Alike.Vacuum, 14)), Alike.Drop));
        Assert.Equal(["QA3005 qa_l_003.md(23)"], Contradictions(Files((Alike.Cleaning, 7), (Alike.CleaningNearly, 30), (Alike.CleaningSimilar, 30)), Alike.Drop));
    }
}
