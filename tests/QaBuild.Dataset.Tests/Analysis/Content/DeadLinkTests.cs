using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class DeadLinkTests
{
    [Theory]
    [InlineData("See [the manual](../docs/manual.md) for it.", 18, "../docs/manual.md")]
    [InlineData("See ![a plan](plan.png) there.", 15, "plan.png")]
    [InlineData("见[手册](手册/恢复.md#第二步)。", 7, "手册/恢复.md")]
    [InlineData("See [it](<a b/c.md>) there.", 10, "a b/c.md")]
    [InlineData("See [it](a%20b.md \"Title\") there.", 10, "a b.md")]
    [InlineData("See [it](../../../../etc/passwd) there.", 10, "../../../../etc/passwd")]
    [InlineData("See [it](%00/a.md) there.", 10, "a.md")]
    public void A_link_to_no_file_is_a_warning_at_its_target(string answer, int column, string shown)
    {
        var compiled = Judged.Answer(answer, question: "MVCC 是什么 and why?");

        Assert.Equal([$"QA5011(23,{column})"], compiled.Found);
        Assert.Contains(shown, compiled.Report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("See [it](https://example.com/a.md).")]
    [InlineData("See [it](mailto:a@example.com).")]
    [InlineData("See [it](#below.md).")]
    [InlineData("See [it](/docs/a.md).")]
    [InlineData("See [it](url).")]
    [InlineData("See `[it](a.md)` there.")]
    [InlineData("See ``[it](`a.md)`` there.")]
    [InlineData("```\n[it](a.md)\n```")]
    [InlineData("It calls handlers[event](self.data) then.")]
    [InlineData("It calls f()[0](self.data) then.")]
    public void Other_links_and_code_are_not_looked_at(string answer) => Assert.Empty(Judged.Answer(answer).Found);

    [Fact]
    public void A_link_to_a_file_of_the_KB_is_right_wherever_it_stands()
    {
        var compiled = Compiled.Of(
            new Dictionary<string, string>
            {
                [Qa.PathOf(1)] = Qa.Text(answer: "See [one](qa_l_002.md), [two](../../docs/a%20b.md#x), [three](./../../docs/plan.png?raw)."),
                [Qa.PathOf(2)] = Qa.Text(question: "Another [question](qa_l_001.md)?"),
                ["docs/a b.md"] = "# A\n\nText.\n",
                ["docs/plan.png"] = "-",
            },
            ("SplitRatio", "1/0/0"));

        Assert.Empty(compiled.Found);
    }

    [Fact]
    public void A_file_outside_the_KB_is_none_of_it()
    {
        using var folder = new TemporaryFolder();
        folder.Write("outside.md", "x");
        folder.Write("kb/" + Qa.Path, Qa.Text(answer: "See [it](../../../outside.md) there."));

        Assert.Equal(["QA5011(23,10)"], Compiled.At(Path.Combine(folder.Path, "kb"), ("SplitRatio", "1/0/0")).Found);
    }

    [Fact]
    public void A_secret_in_a_path_is_masked()
    {
        var key = Fake.Keys["GitLab"];
        Assert.DoesNotContain(key, Judged.Answer($"See [it](a/{key}/b.md) there.").Messages(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_judged_again_when_its_file_is_gone()
    {
        using var folder = new TemporaryFolder();
        using var cache = new TemporaryFolder();
        for (var i = 1; i <= 60; i++)
        {
            folder.Write(Qa.PathOf(i), Qa.Text(question: $"Question {i}?", answer: i == 1 ? "See [it](qa_l_002.md) there." : $"Answer {i}."));
        }

        Assert.DoesNotContain("QA5011", Codes());
        File.Delete(Path.Combine(folder.Path, Qa.PathOf(2)));
        Assert.Contains("QA5011", Codes());

        string[] Codes()
        {
            var compilation = new Compilation(QaBuild.Dataset.Sources.SourceList.Find(folder.Path), new Dictionary<string, string>(), Path.Combine(cache.Path, "units.cache"));
            compilation.Run();
            compilation.KeepUnits().Wait();
            return [.. compilation.Diagnostics.Select(d => d.Code)];
        }
    }
}
