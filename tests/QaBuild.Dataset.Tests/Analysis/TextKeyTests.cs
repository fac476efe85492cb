using System.Text;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Tests.Analysis;

public sealed class TextKeyTests
{
    [Theory]
    [InlineData("What is VACUUM?", "what is vacuum")]
    [InlineData("What is VACUUM?", "What\n is\tVACUUM ? ")]
    [InlineData("See \"VACUUM\"", "See \"VACUUM")]
    [InlineData("Stop!", "Stop")]
    [InlineData("ＶＡＣＵＵＭ １", "vacuum 1")]
    [InlineData("用 VACUUM 清理。", "用VACUUM清理")]
    [InlineData("first, second", "first second")]
    [InlineData("先，后；完", "先后完")]
    public void Wordings_that_differ_in_case_blanks_and_punctuation_only_share_a_key(string one, string other) =>
        Assert.Equal(TextKey.Of(one), TextKey.Of(other));

    [Theory]
    [InlineData("version 1.5", "version 15")]
    [InlineData("a::text", "a text")]
    [InlineData("to day", "today")]
    [InlineData("a=b", "a b")]
    [InlineData("\uFFFF", "")]
    [InlineData("é", "e")]
    public void Other_wordings_have_other_keys(string one, string other) => Assert.NotEqual(TextKey.Of(one), TextKey.Of(other));

    // ASCII is read by a loop of its own.
    [Fact]
    public void Ascii_has_the_key_of_its_full_width_forms()
    {
        const string Characters = "aB.,;:!?\"=1 \n\t", Words = "aZ19 ~@/0[";
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var from = random.Next(2) == 0 ? Characters : Words + (random.Next(2) == 0 ? "xyzuvwpq" : Characters);
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => from[random.Next(from.Length)]));
            var wide = string.Concat(text.Select(c => c is > ' ' and <= '~' ? (char)(c + 0xFEE0) : c)) + "\u3000";
            Assert.True(TextKey.Of(text) == TextKey.Of(wide), text);
        }
    }

    // What is not copied to be brought into the compatible form must be in it, whatever stands beside it.
    [Fact]
    public void Characters_taken_for_their_own_form_are_their_own_form()
    {
        var own = Enumerable.Range(0, 0x10000).Select(c => (char)c).Where(c => CompatibleForm.IsSurelyOwn([c])).ToArray();
        Assert.Superset(Enumerable.Range(0, 0x80).Select(c => (char)c).Concat("é—“”中。").ToHashSet(), own.ToHashSet());
        Assert.All(own, c => Assert.True(c.ToString().IsNormalized(NormalizationForm.FormKC), $"{(int)c:x4}"));
        var random = new Random(3);
        for (var i = 0; i < 2_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, 50).Select(_ => own[random.Next(random.Next(2) == 0 ? 300 : own.Length)]));
            Assert.Equal(text, text.Normalize(NormalizationForm.FormKC));
        }
    }

    // The vectors of the algorithm's own authors are hashes of hashes; these are those that its ports are checked with.
    [Theory]
    [InlineData("", "00000000000000000000000000000000")]
    [InlineData("hello", "cbd8a7b341bd9b025b1e906a48ae1d19")]
    [InlineData("The quick brown fox jumps over the lazy dog", "e34bbc7bbc071b6c7a433ca9c49a9347")]
    public void The_hash_is_MurmurHash3(string text, string hash)
    {
        var (high, low) = MurmurHash.Of(Encoding.UTF8.GetBytes(text));
        Assert.Equal(hash, $"{high:x16}{low:x16}");
    }
}
