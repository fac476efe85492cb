using QaBuild.Tests;

namespace QaBuild.Dataset.Tests;

/// <summary>The eight playful pairs that show what training does: no model knows them beforehand.</summary>
public sealed class DemoTests
{
    [Fact]
    public void Six_pairs_are_for_training_and_no_row_stands_in_two_files()
    {
        var demo = Compiled.At(Repository.Path("tests", "kb-demo"));

        Assert.Equal("", demo.Report);
        Assert.Equal([("train.jsonl", 6), ("valid.jsonl", 1), ("test.jsonl", 1)], demo.Emitted!.Files.Select(f => (f.Name, f.Lines.Count)));
        Assert.Equal(8, demo.Rows.Distinct().Count());
        Assert.All(demo.Rows, r => Assert.EndsWith("<|endoftext|>\"}", r, StringComparison.Ordinal));
    }
}
