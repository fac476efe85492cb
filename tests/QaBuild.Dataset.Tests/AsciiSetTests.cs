using System.Buffers;

namespace QaBuild.Dataset.Tests;

public sealed class AsciiSetTests
{
    [Fact]
    public void It_finds_what_the_framework_finds()
    {
        const string Members = "aZ09 \n\x7f", Characters = Members + "bY1\t\0\x80éÿ中\uFFFF";
        var (set, values) = (new AsciiSet(Members), SearchValues.Create(Members));
        var random = new Random(11);
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Characters[random.Next(random.Next(2) == 0 ? Members.Length : Characters.Length)]));
            Assert.Equal(text.AsSpan().IndexOfAny(values), set.First(text));
            Assert.Equal(text.AsSpan().IndexOfAnyExcept(values) is >= 0 and var end ? end : text.Length, set.Leading(text));
            Assert.Equal(text.Length - text.AsSpan().LastIndexOfAnyExcept(values) - 1, set.Trailing(text));
            Assert.All(text, c => Assert.Equal(values.Contains(c), set.Contains(c)));
        }
    }
}
