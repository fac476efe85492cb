using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Tests.Sources;

public sealed class SourceBodyTests
{
    private static readonly string[] Parts =
        ["## Answer", "\\## Answer", "\\\\## 答案", "## Unknown", "##", "\\", "\\#", "  ## Job", "    ## Job", "```", "~~~~", "> ```", " ", "\t", "\n", "\n", "\n", "text", "x  \n", "（l｜m｜h）", "##\tQuestion", "## Question ##", "\u3000", "😀"];

    [Fact]
    public void Writing_and_reading_gives_back_any_normal_text()
    {
        var random = new Random(99);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 16)).Select(_ => Parts[random.Next(Parts.Length)]));
            var normal = SourceBody.Normalize(text);
            Assert.Equal(normal, SourceBody.Read(SourceBody.Write(normal, Vocabulary.Default), Vocabulary.Default, out _));
            Assert.Equal(normal, SourceBody.Normalize(normal));
        }
    }

    [Fact]
    public void What_was_written_never_opens_a_section()
    {
        var random = new Random(100);
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 16)).Select(_ => Parts[random.Next(Parts.Length)]));
            Assert.Empty(SectionScanner.Scan(SourceBody.Write(text, Vocabulary.Default), 0, 1, Vocabulary.Default));
        }
    }

    [Theory]
    [InlineData("a\r\nb\rc", "a\nb\nc")]
    [InlineData("## Answer", "## Answer")]
    [InlineData("\\## Answer", "\\## Answer")]
    [InlineData("\n  a \n\n", "  a")]
    public void Normalizing_keeps_headings_and_mends_line_ends(string text, string normal) => Assert.Equal(normal, SourceBody.Normalize(text));
}
