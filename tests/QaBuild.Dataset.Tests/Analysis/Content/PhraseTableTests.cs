using QaBuild.Dataset.Analysis.Content;

namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class PhraseTableTests
{
    private static readonly string[] Secret = ["sk-", "-----BEGIN", "://", "password", "pwd"], Confession = ["as an ai,", "an ai language", "<nooutput>"];

    // Phrases whole and broken off, one within another and right behind it, across the middle of a text and at its ends.
    [Fact]
    public void It_finds_what_a_search_for_each_phrase_finds()
    {
        var table = new PhraseTable((Marks.Secret, Secret), (Marks.Confession, Confession));
        string[] pieces = [.. Secret, .. Confession, .. Secret.Concat(Confession).Select(p => p[1..]), .. Secret.Concat(Confession).Select(p => p[..^1].ToUpperInvariant()), "a", " ", "-", "中", "\n", "PassWord", "AS AN AI,"];
        var random = new Random(13);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => pieces[random.Next(pieces.Length)]));
            bool Holds(string[] phrases) => Array.Exists(phrases, p => text.Contains(p, StringComparison.OrdinalIgnoreCase));
            Assert.Equal((Holds(Secret) ? Marks.Secret : Marks.None) | (Holds(Confession) ? Marks.Confession : Marks.None), table.In(text));
            Assert.Equal(Secret.Concat(Confession).Select(p => text.IndexOf(p, StringComparison.OrdinalIgnoreCase)).Where(at => at >= 0).DefaultIfEmpty(-1).Min(), table.First(text));
        }
    }
}
