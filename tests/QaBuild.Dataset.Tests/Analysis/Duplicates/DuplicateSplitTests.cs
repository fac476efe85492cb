using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Duplicates;

public sealed class DuplicateSplitTests
{
    private static readonly (string, string) Thirds = ("SplitRatio", "1/1/1");
    private static readonly (string, string) TrainAndTest = ("SplitRatio", "1/0/1");

    [Fact]
    public void Alike_units_share_a_split_whatever_the_seed()
    {
        var files = Alike.Files(Alike.Vacuum, Alike.VacuumSimilar, Alike.Cleaning, Alike.CleaningNearly, Alike.LongAnswer, "Why is it slow?");
        files[Qa.PathOf(7)] = Qa.Text("Who watches over disk space at night?", Alike.LongAnswer);
        files[Qa.PathOf(8)] = Qa.Text("What is WAL?", Alike.LongAnswer);
        var seen = new HashSet<string>();
        for (var seed = 0; seed < 30; seed++)
        {
            var splits = Compiled.Of(files, Thirds, Alike.Warn, ("SplitSeed", $"{seed}")).Splits;
            Assert.Single(Enumerable.Range(1, 4).Select(i => splits[Qa.PathOf(i)]).Distinct());
            Assert.Equal(splits[Qa.PathOf(7)], splits[Qa.PathOf(8)]);
            seen.Add(splits[Qa.PathOf(1)]);
        }

        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public void Similar_units_that_are_pinned_apart_are_an_error_at_the_later_pin_that_names_both_places()
    {
        var files = Pinned((Alike.Vacuum, "train"), ("Why is it slow?", "valid"), (Alike.VacuumSimilar, "test"));
        var compiled = Compiled.Of(files, Thirds, Alike.Warn);
        Assert.Equal(["QA4004 qa_l_003.md(2)", "QA3004 qa_l_003.md(22)"], compiled.Places());
        Assert.Contains(
            "qa_l_003.md(2,1): error QA4004: This pin to test and that of 'job_dba/skill_sql/qa_l_001.md' (line 2) to train put duplicates in two splits: 'job_dba/skill_sql/qa_l_003.md' (line 22) and 'job_dba/skill_sql/qa_l_001.md' (line 22), score 0.85",
            compiled.Report, StringComparison.Ordinal);
        Assert.Null(compiled.Emitted);
    }

    [Theory]
    [InlineData("train", null)]
    [InlineData(null, "test")]
    [InlineData("valid", "valid")]
    [InlineData(null, null)]
    public void Similar_units_that_one_pin_allows_together_stand_in_its_split(string? first, string? second)
    {
        var compiled = Compiled.Of(Pinned((Alike.Vacuum, first), (Alike.VacuumSimilar, second), ("Why is it slow?", "train"), ("What is a lock?", "valid"), ("Who may log in?", "test")), Thirds, Alike.Warn);
        Assert.Equal(["QA3004"], compiled.Codes);
        var split = compiled.Splits[Qa.PathOf(1)];
        Assert.Equal(split, compiled.Splits[Qa.PathOf(2)]);
        Assert.Equal(first ?? second ?? split, split, ignoreCase: true);
    }

    [Fact]
    public void The_ends_of_a_chain_of_similar_units_cannot_be_pinned_apart()
    {
        var compiled = Compiled.Of(Pinned((Alike.Vacuum, "train"), (Alike.VacuumSimilar, null), (Alike.Cleaning, "test")), Thirds, Alike.Warn);
        var leak = Assert.Single(compiled.Report.Split('\n'), l => l.Contains("QA4004", StringComparison.Ordinal));
        Assert.Contains("qa_l_003.md(2,1)", leak, StringComparison.Ordinal);
        Assert.Contains("'job_dba/skill_sql/qa_l_003.md' (line 22) and 'job_dba/skill_sql/qa_l_002.md' (line 23)", leak, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pin_of_a_linked_file_counts_and_the_later_of_both_is_reported()
    {
        var files = Pinned((Alike.Vacuum, null), (Alike.VacuumSimilar, "test"));
        files[Qa.PathOf(3)] = Qa.Text("And then?", "Then wait.", related: "qa_l_001", front: "split: train");
        Assert.Equal(["QA3004 qa_l_002.md(22)", "QA4004 qa_l_003.md(2)"], Compiled.Of(files, TrainAndTest, Alike.Warn).Places());
    }

    [Fact]
    public void The_same_question_pinned_apart_is_one_leak_though_its_answer_is_the_same_too()
    {
        var files = new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(answer: Alike.LongAnswer, front: "split: train"), [Qa.PathOf(2)] = Qa.Text(answer: Alike.LongAnswer, front: "split: test"),
        };
        Assert.Equal(["QA4004 qa_l_002.md(2)", "QA3001 qa_l_002.md(22)"], Compiled.Of(files, TrainAndTest, Alike.Warn).Places());
    }

    [Fact]
    public void What_is_left_out_holds_nothing_in_place()
    {
        // The first stays; the pin of the second, which is left out, neither leaks nor moves it.
        var files = Pinned((Alike.Cleaning, "train"), (Alike.CleaningNearly, "test"), ("Why is it slow?", "valid"), ("What is a lock?", "test"));
        var compiled = Compiled.Of(files, Thirds, Alike.Drop);
        Assert.Equal(["QA3003"], compiled.Codes);
        Assert.Equal("Train", compiled.Splits[Qa.PathOf(1)]);
        Assert.Equal(3, compiled.Rows.Length);
    }

    [Fact]
    public void A_stock_question_of_many_passages_does_not_tie_them_together()
    {
        var files = Enumerable.Range(1, 40).ToDictionary(i => Qa.PathOf(i), i => Qa.Text("What does it say?", Alike.Answer(i), front: $"context: {{ text: Passage {i}. }}"));
        var compiled = Compiled.Of(files, Thirds, Alike.Warn);
        Assert.Empty(compiled.Codes);
        Assert.Equal(40, compiled.Emitted!.Files.SelectMany(f => f.Lines).Select(r => r.Group).Distinct().Count());
    }

    [Fact]
    public void No_alike_pair_stands_in_two_splits_and_neither_threads_nor_order_nor_a_new_file_move_anything()
    {
        var questions = Planted(seed: 7, bases: 60);
        using var folder = new TemporaryFolder();
        for (var i = 0; i < questions.Length; i++)
        {
            folder.Write(Qa.PathOf(i), Qa.Text(questions[i], Alike.Answer(i)));
        }

        var all = KnowledgeBase.Find(folder.Path).Sources.ToArray();
        (string, string)[] options = [Thirds, Alike.Warn];
        var compiled = Compiled.With(folder.Path, all, options: options, threads: 1);
        var splits = compiled.Splits;
        var signatures = Array.ConvertAll(questions, q => TextSignature.OfQuestion(q));
        var (alike, apart) = (0, 0);
        for (var i = 0; i < questions.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var isAlike = TextSimilarity.Of(signatures[i], signatures[j]) >= TextSimilarity.WarnThreshold;
                var isApart = splits[Qa.PathOf(i)] != splits[Qa.PathOf(j)];
                Assert.False(isAlike && isApart, $"{questions[i]} | {questions[j]}");
                alike += isAlike ? 1 : 0;
                apart += isApart ? 1 : 0;
            }
        }

        Assert.True(alike > 100 && apart > 1000, $"{alike} alike, {apart} apart");
        var other = Compiled.With(folder.Path, [.. all.Reverse()], options: options, threads: 4);
        Assert.Equal(compiled.Outputs, other.Outputs);
        Assert.Equal(compiled.Report, other.Report);

        folder.Write(Qa.PathOf(900), Qa.Text("Who may read the log of the archiver?", "Nobody."));
        var grown = Compiled.At(folder.Path, options).Splits;
        Assert.All(splits, s => Assert.Equal(s.Value, grown[s.Key]));
    }

    [Fact]
    public void Of_questions_in_masses_no_alike_pair_stands_in_two_splits_though_most_are_left_out()
    {
        // More partners than are all kept, of which many are left out: what holds a cluster together must not go with them.
        var questions = Planted(seed: 5, bases: 3, copies: 120);
        var files = Enumerable.Range(0, questions.Length).ToDictionary(i => Qa.PathOf(i), i => Qa.Text(questions[i], Alike.Answer(i)));
        for (var seed = 0; seed < 5; seed++)
        {
            var splits = Compiled.Of(files, Thirds, Alike.Drop, ("SplitSeed", $"{seed}"), ("NoWarn", "QA4002;QA4003")).Splits;
            var kept = Enumerable.Range(0, questions.Length).Where(i => splits.ContainsKey(Qa.PathOf(i))).Select(i => (Split: splits[Qa.PathOf(i)], Signature: TextSignature.OfQuestion(questions[i]))).ToArray();
            Assert.InRange(kept.Length, 2, questions.Length - 20);
            Assert.All(kept, a => Assert.All(kept, b => Assert.False(a.Split != b.Split && TextSimilarity.Of(a.Signature, b.Signature) >= TextSimilarity.WarnThreshold)));
        }
    }

    private static Dictionary<string, string> Pinned(params (string Question, string? Split)[] units) =>
        units.Select((u, i) => (u, i)).ToDictionary(p => Qa.PathOf(p.i + 1), p => Qa.Text(p.u.Question, Alike.Answer(p.i), front: p.u.Split is null ? "tags: [t]\nlicense: MIT" : $"split: {p.u.Split}"));

    // Questions, and copies of them with a word or more exchanged.
    private static string[] Planted(int seed, int bases, int copies = 4)
    {
        string[] words = [.. "table index query backup vacuum worker reader writer column row page log plan cache replica lock session memory disk archive shared private slow quick heavy simple nightly weekly broken spare common hidden keep drop watch change restore measure compare merge shrink move copy write".Split(' ')];
        var random = new Random(seed);
        string Word() => words[random.Next(words.Length)];
        var questions = new List<string>();
        for (var i = 0; i < bases; i++)
        {
            var text = Enumerable.Range(0, 12).Select(_ => Word()).ToArray();
            for (var copy = 0; copy < copies; copy++)
            {
                var changed = text.ToArray();
                for (var edits = copy == 0 ? 0 : random.Next(1, 4); edits > 0; edits--)
                {
                    changed[random.Next(changed.Length)] = Word();
                }

                questions.Add($"how does one {string.Join(' ', changed)}?");
            }
        }

        return [.. questions.OrderBy(_ => random.Next())];
    }
}
