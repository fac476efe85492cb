using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Tests;

public sealed class WarmUpTests
{
    [Theory]
    [InlineData("DatasetFormat", "chat")]
    [InlineData("DuplicateWarnThreshold", "1")]
    [InlineData("BaseModel", "a/model/that/is/not/there")]
    [InlineData("SemanticModel", "a/model/that/is/not/there")]
    public void Its_questions_go_the_usual_way_through_all_stages_and_no_file_is_read(string option, string value)
    {
        var compilation = WarmUp.Compile(new Dictionary<string, string> { [option] = value });
        Assert.Equal(2, compilation.Units.Count(u => u.Cached is not null));
        Assert.Equal(2, compilation.UnitRows.Count);
        Assert.Equal([0], compilation.Graph.Parents[1]);
        Assert.DoesNotContain(compilation.Diagnostics, d => d.Severity == Severity.Error || d.Location.Path.Length > 0);
    }

    // Without the cache, and with units whose text is asked for again: left out, they are listed with their words.
    [Theory]
    [InlineData("ChainTurns", "true")]
    [InlineData("IncludeJob", "none such")]
    public void No_file_is_read_by_the_ways_that_are_less_usual(string option, string value)
    {
        var compilation = WarmUp.Compile(new Dictionary<string, string> { [option] = value, ["DatasetFormat"] = "chat" });
        Assert.Equal(2, compilation.Units.Count);
        Assert.All(compilation.Units, u => Assert.NotEmpty(u.Answer.Text));
        Assert.DoesNotContain(compilation.Diagnostics, d => d.Location.Path.Length > 0);
    }
}
