using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Diagnostics;

public sealed class OneFaultTests
{
    [Theory]
    [InlineData("Job")]
    [InlineData("Skill")]
    [InlineData("Difficulty")]
    [InlineData("Question")]
    [InlineData("Answer")]
    public void An_empty_section_is_one_finding(string section)
    {
        var text = Qa.Text();
        var body = text.IndexOf($"## {section}\n\n", StringComparison.Ordinal) + section.Length + 5;
        var empty = text.Remove(body, text.IndexOf('\n', body) - body);

        Assert.Equal(["QA1006"], Compiled.Of(empty, ("SplitRatio", "1/0/0")).Codes);
    }

    [Fact]
    public void Front_matter_that_is_not_closed_is_one_finding() =>
        Assert.Equal(["QA1019"], Compiled.Of("---\ntags: [mvcc]\n" + Qa.Text(), ("SplitRatio", "1/0/0")).Codes);
}
