using QaBuild.Dataset.Review.Diff;

namespace QaBuild.Dataset.Tests.Review.Diff;

public sealed class WordDiffTests
{
    [Theory]
    [InlineData("the old row", "the new row", "the [-old-]{+new+} row")]
    [InlineData("a row", "a rows", "a [-row-]{+rows+}")]
    [InlineData("快照是旧的。", "快照是新的。", "快照是[-旧-]{+新+}的。")]
    [InlineData("", "all", "{+all+}")]
    [InlineData("same", "same", "")]
    [InlineData("x 😀 y", "x 😁 y", "x [-😀-]{+😁+} y")]
    [InlineData("max_connections = 100", "max_connections = 200;", "max_connections = [-100-]{+200;+}")]
    [InlineData("one two, and then a good many words more until three", "1 two, and then a good many words more until 3", "[-one-]{+1+} two, and then a good many words more un… | …, and then a good many words more until [-three-]{+3+}")]
    public void Words_and_characters_of_Chinese_are_compared(string old, string now, string shown) =>
        Assert.Equal(shown, string.Join(" | ", WordDiff.Between(old, now).Select(c => c.Before + (c.Removed.Length > 0 ? $"[-{c.Removed}-]" : "") + (c.Added.Length > 0 ? $"{{+{c.Added}+}}" : "") + c.After)));

    [Fact]
    public void Whatever_the_texts_are_the_changes_lead_from_one_to_the_other()
    {
        var random = new Random(7);
        string[] words = ["a", "bc", " ", "\n", "行", "版本", "😀", "```", ", ", "<b>"];
        string Text() => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)]));
        for (var i = 0; i < 500; i++)
        {
            var (old, now) = (Text(), Text());
            var changes = WordDiff.Between(old, now);

            // Contexts of so short texts are whole: each change says where it stands.
            var (text, shift) = (old, 0);
            foreach (var change in changes)
            {
                var at = change.Before.Length + shift;
                Assert.Equal(change.Removed, text.Substring(at, change.Removed.Length));
                text = text.Remove(at, change.Removed.Length).Insert(at, change.Added);
                shift += change.Added.Length - change.Removed.Length;
            }

            Assert.Equal(now, text);
        }
    }

    [Fact]
    public void Texts_too_long_to_compare_are_one_change()
    {
        var change = Assert.Single(WordDiff.Between("begin " + string.Join(' ', Enumerable.Range(0, 5000)), "begin " + string.Join(' ', Enumerable.Range(5000, 5000))));
        Assert.Equal("begin ", change.Before);
    }
}
