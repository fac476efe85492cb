using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class AcrossSourcesTests
{
    private static readonly string[] Nouns = ["row", "table", "index", "view", "page", "tuple", "lock", "schema", "role", "query", "plan", "cursor", "trigger", "sequence", "domain"];

    [Theory]
    [InlineData("I hope this helps you!", "i hope this helps you.")]
    [InlineData("希望这对你有帮助。", "希望这对你有帮助！")]
    public void A_sentence_that_closes_many_answers_is_reported_once_at_the_first(string sentence, string again)
    {
        var compiled = Compile(12, i => $"It is about {Nouns[i]} and\nlines. " + (i % 2 == 0 ? sentence : again));

        var found = Assert.Single(compiled.Diagnostics, d => d.Rule == Rule.Boilerplate);
        Assert.Equal((Severity.Warning, 24, 8, 8 + sentence.Length), (found.Severity, found.Location.Line, found.Location.Column, found.Location.EndColumn));
        Assert.EndsWith(Qa.PathOf(1), found.Location.Path.Replace('\\', '/'), StringComparison.Ordinal);
        var message = found.Message(CultureInfo.GetCultureInfo("en"));
        Assert.Contains($"'{sentence}' closes 12 answers (here, {Qa.PathOf(2)}, {Qa.PathOf(3)}, {Qa.PathOf(4)}, …)", message, StringComparison.Ordinal);
        Assert.Contains("结尾", found.Message(CultureInfo.GetCultureInfo("zh-CN")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sentence_that_opens_many_answers_is_reported_too()
    {
        var compiled = Compile(10, i => $"That is a very good question! It is about {Nouns[i]}.");

        Assert.Equal(["QA5013(23,1)"], compiled.Found);
        Assert.Contains("opens 10 answers", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_than_the_limit_are_no_boilerplate()
    {
        Assert.Empty(Compile(9, i => $"That is a very good question! It is about {Nouns[i]}.").Found);
        Assert.Equal(["QA5013"], Compile(9, i => $"That is a very good question! It is about {Nouns[i]}.", ("BoilerplateLimit", "9")).Codes);
        Assert.Empty(Compile(12, i => $"That is a very good question! It is about {Nouns[i]}.", ("BoilerplateLimit", "13")).Found);
    }

    [Fact]
    public void Code_short_words_and_whole_answers_are_no_boilerplate()
    {
        Assert.Empty(Compile(12, i => $"import numpy as np\nuse({Nouns[i]})").Found);
        Assert.Empty(Compile(12, i => $"for (auto x = 1;;) {{ }}! {Nouns[i]}.").Found);
        Assert.Empty(Compile(12, i => $"Yes. It is a {Nouns[i]}.").Found);
        Assert.Empty(Compile(12, _ => "It is a question without an answer.").Found);
    }

    [Fact]
    public void A_secret_in_a_repeated_sentence_is_masked()
    {
        var key = Fake.Keys["GitLab"];
        var compiled = Compile(10, i => $"It is a {Nouns[i]}. The key of all is {key} here!");

        Assert.Contains("QA5013", compiled.Codes);
        Assert.DoesNotContain(key, compiled.Messages(), StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_from_the_cache_count_as_well()
    {
        using var folder = new TemporaryFolder();
        using var cache = new TemporaryFolder();
        for (var i = 0; i < 60; i++)
        {
            folder.Write(Qa.PathOf(i + 1), Qa.Text(question: $"Question {i}?", answer: $"Answer {i}. " + (i is >= 10 and < 20 ? "I hope this helps you!" : "Done.")));
        }

        var first = Run();
        folder.Write(Qa.PathOf(1), Qa.Text(question: "Question 0?", answer: "Answer 0. I hope this helps you!"));
        var second = Run();

        Assert.Contains(first, r => r.Contains("closes 10 answers", StringComparison.Ordinal));
        Assert.Contains(second, r => r.Contains("closes 11 answers", StringComparison.Ordinal));

        string[] Run()
        {
            var compilation = new Compilation(QaBuild.Dataset.Sources.SourceList.Find(folder.Path), new Dictionary<string, string>(), Path.Combine(cache.Path, "units.cache"));
            compilation.Run();
            compilation.KeepUnits().Wait();
            return [.. compilation.Diagnostics.Select(d => d.Message(CultureInfo.InvariantCulture))];
        }
    }

    [Theory]
    [InlineData("No.")]
    [InlineData("long")]
    public void An_answer_far_shorter_or_longer_than_its_peers_is_a_warning(string odd)
    {
        var answer = odd == "long" ? string.Concat(Enumerable.Repeat("It goes on and on. ", 300)) : odd;
        var compiled = Compile(40, i => i == 17 ? answer : $"It is a {Nouns[i % Nouns.Length]} " + new string('x', 60 + (7 * (i % 9))));

        var found = Assert.Single(compiled.Diagnostics, d => d.Rule == Rule.AnswerLength);
        Assert.Equal((Severity.Warning, 23, 1), (found.Severity, found.Location.Line, found.Location.Column));
        Assert.Contains(Qa.PathOf(18), found.Location.Path.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Contains("of the 40 answers", found.Message(CultureInfo.GetCultureInfo("en")), StringComparison.Ordinal);
    }

    [Fact]
    public void Few_peers_and_a_wide_spread_are_silent()
    {
        Assert.Empty(Compile(25, i => i == 17 ? "No." : "It is one " + new string('x', 90)).Found);
        Assert.Empty(Compile(60, i => "It is " + new string('x', 1 << (i % 11))).Found);
    }

    [Fact]
    public void Each_level_and_language_has_its_own_peers()
    {
        var files = Enumerable.Range(1, 80).ToDictionary(
            i => Qa.PathOf(i, i % 2 == 0 ? "l" : "h"),
            i => Qa.Text(question: $"Question {i}?", level: i % 2 == 0 ? "l" : "h", answer: i % 2 == 0 ? $"Yes, it is {i}." : string.Concat(Enumerable.Repeat($"Word {i} ", 400))));
        Assert.Empty(Compiled.Of(files, ("SplitRatio", "1/0/0")).Found);
    }

    [Fact]
    public void The_limit_of_lengths_is_a_property_and_0_is_none()
    {
        string Answer(int i) => i == 17 ? "No." : $"It is a {Nouns[i % Nouns.Length]} " + new string('x', 60 + (7 * (i % 9)));
        Assert.Empty(Compile(40, Answer, ("AnswerLengthLimit", "0")).Found);
        Assert.Empty(Compile(40, Answer, ("AnswerLengthLimit", "60")).Found);
    }

    [Fact]
    public void A_row_longer_than_the_limit_is_an_error_that_says_how_much()
    {
        var compiled = Judged.Answer(new string('x', 90), "What?", "system: Be brief.", ("MaxSequenceLength", "100"));

        var found = Assert.Single(compiled.Diagnostics);
        Assert.Equal((Rule.TooLong, Severity.Error, 26), (found.Rule, found.Severity, found.Location.Line));
        Assert.Contains("have 104 characters: 4 over MaxSequenceLength (100)", compiled.Report, StringComparison.Ordinal);
        Assert.Empty(Judged.Answer(new string('x', 90), "What?", "system: Be brief.", ("MaxSequenceLength", "104")).Found);
        Assert.Empty(Judged.Answer(new string('x', 100_000), "What?").Found);
    }

    [Fact]
    public void The_longest_paraphrase_the_context_and_the_default_system_prompt_count()
    {
        Assert.Equal(["QA5015"], Judged.Answer("Yes.", "What?", $"paraphrases:\n  - {new string('x', 100)}", ("MaxSequenceLength", "103")).Codes);
        Assert.Equal(["QA5015"], Judged.Answer("Yes.", "What?", $"context:\n  text: {new string('x', 100)}", ("MaxSequenceLength", "108")).Codes);
        Assert.Equal(["QA5015"], Judged.Answer("Yes.", "What?", "", ("MaxSequenceLength", "108"), ("SystemPrompt", new string('x', 100))).Codes);
    }

    private static Compiled Compile(int count, Func<int, string> answer, params (string Name, string Value)[] options) => Compiled.Of(
        Enumerable.Range(0, count).ToDictionary(i => Qa.PathOf(i + 1), i => Qa.Text(question: $"Question {i}?", answer: answer(i))), [("SplitRatio", "1/0/0"), .. options]);
}
